"""Words that a PDF breaks at the ends of its lines: tells the hyphens of the words from those of the typesetter."""

from __future__ import annotations

import re
from collections.abc import Sequence

# PDFium writes U+FFFE for a hyphen at the end of a line, whether the word had one or not.
MARK = "\ufffe"
_BROKEN = re.compile(rf"([^\s{MARK}]+){MARK}[ \t]*(?:\r?\n|\r)?(?=([^\s{MARK}]+))")
_PUNCTUATION = '.,;:!?()[]"“”—'
_EDGES = f"{_PUNCTUATION}'‘’"
_TO_SPACES = str.maketrans(_PUNCTUATION, " " * len(_PUNCTUATION))


def mended(pages: Sequence[str]) -> list[str]:
    """The pages with their broken words joined, each with or without its hyphen.

    The text itself is asked: a word that stands elsewhere in it, unbroken, is spelled as there. Of the others, a
    second half in upper case or a digit tells that the hyphen is the word's own; what is left goes with the majority
    of those that could be told, and without any, the hyphen goes: typesetters break more words than hyphens join.
    """
    broken = [match for page in pages for match in _BROKEN.finditer(page)]
    if not broken:
        return [page.replace(MARK, "-") for page in pages]
    spelled = [_spellings(match) for match in broken]
    wanted = {word for both in spelled for word in both}
    known: set[str] = set()
    for page in pages:
        known |= wanted.intersection(page.lower().translate(_TO_SPACES).split())
    votes = sum((whole in known) - (joined in known) for whole, joined in spelled)

    def join(match: re.Match[str]) -> str:
        whole, joined = (word in known for word in _spellings(match))
        own = whole if whole != joined else _not_typesetters(match) or votes > 0
        return match[1] + ("-" if own else "")

    return [_BROKEN.sub(join, page).replace(MARK, "-") for page in pages]


def _spellings(match: re.Match[str]) -> tuple[str, str]:
    """The word with its hyphen and without it, in lower case."""
    first, second = match[1].lower().lstrip(_EDGES), match[2].lower().rstrip(_EDGES)
    return f"{first}-{second}", first + second


def _not_typesetters(match: re.Match[str]) -> bool:
    """Whether no typesetter would have broken here: before a digit, or before a capital after a small letter."""
    return match[2][0].isdigit() or (match[2][0].isupper() and match[1][-1].islower())
