"""Which text of a book belongs to a chapter, to some pages or to what was read so far: cut into sections. Pure.

The rule works on positions alone (`spans`), so that whoever knows only the sizes of the pages finds the same sections
as whoever cuts the text (`cut`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Literal

from textkit import sentences

Scope = Literal["book"] | Mapping[str, Any]  # "book", {"chapter": n}, {"pages": [first, last]} or {"before": page}
OPENING = "Before the first chapter"
LEAST_OPENING = 4_000  # characters: a shorter one is a title page or a table of contents
ENDS = (".", "!", "?", "…", ":", '"', "'", "”", "’", "»", "*", "_")


class NotInBook(LookupError):
    """The book has no such chapter or page. The text says which it has, for the person who asked."""


@dataclass(frozen=True)
class Chapter:
    """A chapter begins `first_offset` characters into its first page and ends where the next one begins."""

    title: str
    first_page: int
    last_page: int
    first_offset: int = 0


@dataclass(frozen=True)
class Span:
    """A chapter, by its number from 1, and its place in the text of all pages: characters `begin` up to `end`."""

    number: int
    title: str
    begin: int
    end: int


@dataclass(frozen=True)
class Section:
    """The text of a chapter, or of the part of it that is wanted, and the pages it is on.

    `starts[i]` is the position in `text` at which the page `pages[i]` begins.
    """

    number: int
    title: str
    text: str
    starts: tuple[int, ...]
    pages: tuple[int, ...]

    @property
    def first_page(self) -> int:
        """The page its first word is on."""
        return self.pages[0]

    @property
    def last_page(self) -> int:
        """The page its last word is on."""
        return self.pages[-1]

    def pages_of(self, start: int, end: int) -> list[int]:
        """The numbers of the pages that `text[start:end]` lies on."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, max(start, end - 1)) - 1)
        return list(self.pages[first : last + 1])


def sized(sizes: Sequence[int], chapters: Sequence[Chapter], scope: Scope = "book") -> list[Span]:
    """The spans of a scope in a book whose pages have these sizes in characters. Raises as `spans` does."""
    return spans([0, *accumulate(sizes)], chapters, scope)


def cut(pages: Sequence[str], chapters: Sequence[Chapter], scope: Scope = "book") -> list[Section]:
    """The sections of a scope, without blank ones. Raises as `spans` does.

    Where a scope ends before the book does, the sentence that is broken off at its end is left out.
    """
    text, starts = _joined(pages)
    found = [_section(span, text, starts) for span in spans([*starts, len(text)], chapters, scope)]
    kept = [section for section in found if section is not None]
    _, last = _pages_of(scope, len(pages))
    return [*kept[:-1], whole_sentences(kept[-1])] if kept and last < len(pages) else kept


def spans(starts: Sequence[int], chapters: Sequence[Chapter], scope: Scope) -> list[Span]:
    """The chapters of a book, or what of them is in the scope; empty ones are left out.

    What comes before the first chapter is a span of its own, number 0, unless it is shorter than `LEAST_OPENING`. A
    book without chapters is one span, number 1.

    Args:
        starts: where in the text each page begins, then where the text ends.

    Raises:
        NotInBook: the scope names a chapter or page that the book does not have.
    """
    count = len(starts) - 1
    first, last = _pages_of(scope, count)
    low, high = starts[first - 1], starts[last]
    inside = [one for one in chapters if one.first_page <= count]
    inside.sort(key=lambda one: (one.first_page, one.first_offset))
    begins = [starts[one.first_page - 1] + one.first_offset for one in inside]
    ends = [*begins[1:], *(starts[min(one.last_page, count)] for one in inside[-1:])]
    found = [
        Span(number, one.title, max(begin, low), min(end, high))
        for number, (one, begin, end) in enumerate(zip(inside, begins, ends, strict=True), start=1)
    ]
    found = [span for span in found if span.begin < span.end]
    opening = Span(0, OPENING, low, min([high, *begins]))
    if opening.end - opening.begin >= LEAST_OPENING or (not found and opening.begin < opening.end):
        found.insert(0, opening if inside else replace(opening, number=1, title=""))
    if isinstance(scope, Mapping) and "chapter" in scope:
        found = [span for span in found if span.number == scope["chapter"]]
        if not found:
            raise NotInBook(f"The book has no chapter {scope['chapter']}: its chapters are 1 to {max(len(inside), 1)}.")
    return found


def _pages_of(scope: Scope, count: int) -> tuple[int, int]:
    """The first and the last page of a scope in a book of `count` pages."""
    if not isinstance(scope, Mapping) or "chapter" in scope:
        return 1, count
    first, last = scope.get("pages") or (1, scope["before"] - 1)
    if max(first, last) > count:
        raise NotInBook(f"The book has no page {scope.get('before') or max(first, last)}: its pages are 1 to {count}.")
    return first, last


def _joined(pages: Sequence[str]) -> tuple[str, list[int]]:
    """The text of all pages and where each begins; between two lies a paragraph's end if the first ends a sentence."""
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    for page in pages:
        ends = bool(pieces) and pieces[-1].rstrip().endswith(ENDS)
        joint = ("\n\n" if ends else "\n") if pieces else ""
        starts.append(length + len(joint))
        pieces += [joint, page]
        length += len(joint) + len(page)
    return "".join(pieces), starts


def _section(span: Span, text: str, starts: Sequence[int]) -> Section | None:
    """The span's text without its heading, and the pages it is on with it; None if it is blank."""
    begin = span.begin
    piece = text[begin : span.end]
    if not piece.strip():
        return None
    body = piece[_heading_end(span.title, piece) :]
    first = bisect_right(starts, begin + len(piece) - len(piece.lstrip())) - 1
    begin += len(piece) - len(body.lstrip())
    end = begin + len(body.strip())
    on = range(first, bisect_left(starts, end))
    return Section(
        span.number,
        span.title,
        text[begin:end],
        tuple(max(0, starts[index] - begin) for index in on),
        tuple(index + 1 for index in on),
    )


def _heading_end(title: str, text: str) -> int:
    """How much of the text is the heading it begins with: a title is not a sentence."""
    pattern = heading(title)
    found = pattern.match(text) if pattern else None
    return found.end() if found and text[found.end() :].strip() else 0


def heading(title: str) -> re.Pattern[str] | None:
    """What a chapter's title looks like where it stands in the text; None for a title without words."""
    words = re.findall(r"\w+", title)[:20]
    if not words:
        return None
    between = r"[\W_]+"
    return re.compile(rf"[\W_]*{between.join(map(re.escape, words))}(?![^\W_])[^\w\n]*", re.IGNORECASE)


def whole_sentences(section: Section) -> Section:
    """The section without the sentence that is broken off at its end."""
    found = sentences.split(section.text)
    if len(found) < 2 or found[-1].text.endswith(ENDS):
        return section
    text = section.text[: found[-2].end]
    kept = bisect_right(section.starts, len(text) - 1)
    return replace(section, text=text, starts=section.starts[:kept], pages=section.pages[:kept])
