"""Joins words that a PDF breaks at the ends of its lines: keeps hyphens of the words, drops those of the typesetter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

# PDFium writes U+FFFE for a hyphen at the end of a line, whether the word had one or not.
MARK = "\ufffe"
# It begins with the mark, which is quickly found; what stands before it is looked up where there is one.
_BREAK = re.compile(rf"{MARK}[ \t]*(?:\r?\n|\r)?(?=([^\s{MARK}]+))")
_FIRST_HALF = re.compile(rf"[^\s{MARK}]+\Z")
_MOST_CHARS = 200
_PUNCTUATION = '.,;:!?()[]"“”—'
_EDGES = f"{_PUNCTUATION}'‘’"


def join_broken(pages: Sequence[str]) -> list[str]:
    """The pages with their broken words joined, each with or without its hyphen.

    A word that occurs elsewhere in the text, unbroken, is spelled as there. Of the others, one whose second half
    begins with a capital or a digit keeps its hyphen. The rest follow the majority of the words found elsewhere, and
    without any, the hyphen is dropped: typesetters break more words than hyphens join.
    """
    broken = [list(_breaks(page)) for page in pages]
    spelled = [_spellings(one) for found in broken for one in found]
    wanted = {word for both in spelled for word in both}
    known: set[str] = set()
    for page in pages if wanted else ():
        known |= wanted.intersection(_words(page))
    votes = sum((whole in known) - (joined in known) for whole, joined in spelled)

    def is_own(one: _Break) -> bool:
        whole, joined = (word in known for word in _spellings(one))
        return whole if whole != joined else _not_typesetters(one) or votes > 0

    return [_joined(page, found, is_own).replace(MARK, "-") for page, found in zip(pages, broken, strict=True)]


class _Break(NamedTuple):
    """A word broken in two halves, and where in the page the mark and the line end between them stand."""

    first: str
    second: str
    start: int
    end: int


def _breaks(page: str) -> Iterator[_Break]:
    for match in _BREAK.finditer(page):
        if half := _FIRST_HALF.search(page, max(0, match.start() - _MOST_CHARS), match.start()):
            yield _Break(half[0], match[1], match.start(), match.end())


def _joined(page: str, broken: Sequence[_Break], is_own: Callable[[_Break], bool]) -> str:
    pieces, at = [], 0
    for one in broken:
        pieces += [page[at : one.start], "-" if is_own(one) else ""]
        at = one.end
    return "".join([*pieces, page[at:]])


def _words(page: str) -> list[str]:
    text = page.lower()
    for mark in _PUNCTUATION:  # several times as fast as a table of translations
        text = text.replace(mark, " ")
    return text.split()


def _spellings(one: _Break) -> tuple[str, str]:
    """The word with its hyphen and without it, in lower case."""
    first, second = one.first.lower().lstrip(_EDGES), one.second.lower().rstrip(_EDGES)
    return f"{first}-{second}", first + second


def _not_typesetters(one: _Break) -> bool:
    """Whether no typesetter would have broken here: before a digit, or before a capital after a small letter."""
    return one.second[0].isdigit() or (one.second[0].isupper() and one.first[-1].islower())
