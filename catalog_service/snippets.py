"""Cuts the part of a page around the words that were searched for, and marks them. HTML; the same on every database."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from textkit.folding import fold_with_places, unspaced, words_alone

WIDTH = 240
_MOST_CHARS = 200_000


@dataclass(frozen=True)
class Snippet:
    """Part of a page as HTML, and where the first match in it stands in the page's text (characters)."""

    html: str
    start: int
    end: int


def snippet(text: str, phrases: Sequence[Sequence[str]]) -> Snippet:
    """About WIDTH characters of `text` where most of the phrases (folded words) are, with each in `<mark>`."""
    text = text[:_MOST_CHARS]
    pattern = re.compile("|".join(sorted({_pattern(words) for words in phrases if words}, reverse=True)))
    folded, places = fold_with_places(text)
    folded = words_alone(folded)
    found = [(places[match.start()], places[match.end() - 1] + 1) for match in pattern.finditer(folded)]
    start, end = _window(text, found)
    parts, at = ["..." if start else ""], start
    for low, high in found:
        if start <= low and high <= end:
            parts += [
                html.escape(text[at:low], quote=False),
                "<mark>",
                html.escape(text[low:high], quote=False),
                "</mark>",
            ]
            at = high
    parts += [html.escape(text[at:end], quote=False), "..." if end < len(text) else ""]
    first = next(((low, high) for low, high in found if low >= start), (start, start))
    return Snippet(" ".join("".join(parts).split()), *first)


def _pattern(words: Sequence[str]) -> str:
    """A phrase in folded text. Between words there is something, unless one of them is of a script without spaces."""
    pieces = [re.escape(words[0])]
    for before, word in pairwise(words):
        between = " *" if unspaced(before[0]) or unspaced(word[0]) else " +"
        pieces += [between, re.escape(word)]
    begin = "" if unspaced(words[0][0]) else "(?<![^ ])"
    end = "" if unspaced(words[-1][0]) else "(?![^ ])"
    return begin + "".join(pieces) + end


def _window(text: str, found: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The stretch, cut at white space, that begins a little before the match that has most others close behind it."""
    best, most, last = 0, 0, 0
    for first, (low, _) in enumerate(found[:500]):
        last = max(last, first)
        while last < len(found) and found[last][1] <= low + WIDTH * 3 // 4:
            last += 1
        if last - first > most:
            best, most = low, last - first
    start = max(0, best - WIDTH // 4)
    end = min(len(text), start + WIDTH)
    if start and (space := re.compile(r"\s").search(text, start, best)):
        start = space.end()
    if end < len(text) and (back := text.rfind(" ", best + 1, end)) > 0:
        end = max(back, *(high for low, high in found if low == best), best)
    return start, end
