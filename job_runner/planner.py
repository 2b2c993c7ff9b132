"""Cuts a book into sections and parts, and says what each part is called. Pure: the same book gives the same plan."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from textkit import chunks
from textkit import sentences as sentence_ends

Kind = Literal["summary", "points", "speech"]
OPENING = "Before the first chapter"
LEAST_OPENING = 4_000
SMALL_TAIL = 0.25  # a last part smaller than this share of a part is added to the one before
_ENDS = (".", "!", "?", "…", ":", '"', "'", "”", "’", "»", "*", "_")


@dataclass(frozen=True)
class Page:
    """A page as the catalog has it."""

    number: int
    text: str


@dataclass(frozen=True)
class Chapter:
    """A chapter begins `first_offset` characters into its first page and ends where the next one begins."""

    title: str
    first_page: int
    last_page: int
    first_offset: int = 0


@dataclass(frozen=True)
class Section:
    """A chapter, or what of it is wanted: `number` counts the book's chapters from 1, `text` is its own."""

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


@dataclass(frozen=True)
class Task:
    """One call of an engine: a text and how it is wanted (a length, or a number of points; a model's options)."""

    kind: Kind
    text: str
    setting: str | int
    options: Mapping[str, Any] = field(default_factory=dict)

    def key(self, made_by: str) -> str:
        """The SHA-256 of all that the answer depends on: equal parts of any two jobs share it."""
        wanted = {"kind": self.kind, "setting": self.setting, "options": dict(self.options), "text": self.text}
        return digest({**wanted, "made_by": made_by})


def to_json(value: Any) -> bytes:
    """Compact JSON in UTF-8, whose members stand in the order of their names."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """SHA-256 of a JSON value, 64 hexadecimal digits."""
    return hashlib.sha256(to_json(value)).hexdigest()


def sections(
    pages: Sequence[Page], chapters: Sequence[Chapter], first: int = 1, last: int | None = None
) -> list[Section]:
    """The chapters of a book, or what of them lies on the pages from `first` to `last`; without blank ones.

    What comes before the first chapter is a section of its own, number 0, unless it is as short as a title page or a
    table of contents. A book without chapters is one section.
    """
    if not pages:
        return []
    text, starts = _joined(pages)
    numbers = [page.number for page in pages]
    low = starts[min(bisect_left(numbers, first), len(pages) - 1)]
    after = [*starts, len(text)]
    high = after[bisect_right(numbers, pages[-1].number if last is None else last)]
    begins = [starts[bisect_left(numbers, one.first_page)] + one.first_offset for one in chapters]
    ends = [*begins[1:], after[bisect_right(numbers, chapters[-1].last_page)]] if chapters else []
    found = [
        _section(number, one.title, text, starts, numbers, max(begin, low), min(end, high))
        for number, (one, begin, end) in enumerate(zip(chapters, begins, ends, strict=True), start=1)
    ]
    kept = [section for section in found if section is not None]
    opening = _section(0, OPENING, text, starts, numbers, low, min([high, *begins]))
    if opening and (len(opening.text) >= LEAST_OPENING or not kept):
        whole = opening if chapters else replace(opening, number=1, title="")
        kept.insert(0, whole)
    return kept


def _joined(pages: Sequence[Page]) -> tuple[str, list[int]]:
    """The text of all pages and where each begins; between two lies a paragraph's end if the first ends a sentence."""
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    for page in pages:
        ends = bool(pieces) and pieces[-1].rstrip().endswith(_ENDS)
        joint = ("\n\n" if ends else "\n") if pieces else ""
        starts.append(length + len(joint))
        pieces += [joint, page.text]
        length += len(joint) + len(page.text)
    return "".join(pieces), starts


def _section(
    number: int, title: str, text: str, starts: Sequence[int], numbers: Sequence[int], begin: int, end: int
) -> Section | None:
    """`text[begin:end]` without its heading, and which pages it is on with it; None if nothing is left."""
    piece = text[begin:end]
    if not piece.strip():
        return None
    body = piece[_heading_end(title, piece) :]
    first = bisect_right(starts, begin + len(piece) - len(piece.lstrip())) - 1
    begin += len(piece) - len(body.lstrip())
    end = begin + len(body.strip())
    on = range(first, bisect_left(starts, end))
    return Section(
        number,
        title,
        text[begin:end],
        tuple(max(0, starts[index] - begin) for index in on),
        tuple(numbers[index] for index in on),
    )


def heading(title: str) -> re.Pattern[str] | None:
    """What a chapter's title looks like where it stands in the text; None for a title without words."""
    words = re.findall(r"\w+", title)[:20]
    if not words:
        return None
    between = r"[\W_]+"
    return re.compile(rf"[\W_]*{between.join(map(re.escape, words))}(?![^\W_])[^\w\n]*", re.IGNORECASE)


def _heading_end(title: str, text: str) -> int:
    """How much of the text is the heading it begins with: a title is no sentence."""
    pattern = heading(title)
    found = pattern.match(text) if pattern else None
    return found.end() if found and text[found.end() :].strip() else 0


def whole_sentences(section: Section) -> Section:
    """The section without the sentence that is broken off at its end, where its last page is not the chapter's last."""
    found = sentence_ends.split(section.text)
    if len(found) < 2 or found[-1].text.endswith(_ENDS):
        return section
    text = section.text[: found[-2].end]
    kept = bisect_right(section.starts, len(text) - 1)
    return Section(section.number, section.title, text, section.starts[:kept], section.pages[:kept])


def parts(text: str, size: int) -> list[str]:
    """Cut a text at sentence ends into parts of at most `size` characters (the last one up to a quarter longer).

    The parts before the last two do not depend on what comes after them, so that a book read further shares them.
    """
    packed = chunks.pack(text, len, size, overlap=0.0)
    if len(packed) > 1 and packed[-1].end - packed[-1].start < size * SMALL_TAIL:
        return [*(chunk.text for chunk in packed[:-2]), text[packed[-2].start : packed[-1].end]]
    return [chunk.text for chunk in packed]


def groups(texts: Sequence[str], size: int) -> list[list[str]]:
    """Consecutive texts together, each group of at most `size` characters (more only if a single text is)."""
    found: list[list[str]] = []
    filled = size
    for text in texts:
        if filled + len(text) > size or not found:
            found.append([])
            filled = 0
        found[-1].append(text)
        filled += len(text) + 2
    return found


def counted(sections_parts: Sequence[Sequence[str]], *, points: bool, audio: bool) -> int:
    """How many parts a job has, as far as the plan tells; further levels of a very long book come on top."""
    leaves = sum(len(found) for found in sections_parts)
    joined = sum(len(found) > 1 for found in sections_parts)
    several = len(sections_parts) > 1
    return leaves + joined + several + points + (audio and 1 + several * len(sections_parts))
