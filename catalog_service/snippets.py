"""Cuts the part of a page about the words that were looked for, and marks them. HTML; the same on every database."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

WIDTH = 240
_MOST_CHARS = 200_000


def fold(text: str) -> str:
    """Lower case without accents, character for character, so that places stay the same."""
    return "".join(_FOLDED.get(one) or _fold_one(one) for one in text) if not text.isascii() else text.lower()


def _fold_one(one: str) -> str:
    base = unicodedata.normalize("NFD", one)[0].lower()
    return base if len(base) == 1 else one


_FOLDED = {chr(code): _fold_one(chr(code)) for code in range(0x20, 0x250)}


def snippet(text: str, phrases: Sequence[Sequence[str]]) -> str:
    """About WIDTH characters of `text`, as HTML, where most of the phrases are, with each in `<mark>`."""
    text = text[:_MOST_CHARS]
    wanted = sorted({r"[\W_]+".join(map(re.escape, map(fold, words))) for words in phrases if words}, reverse=True)
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(wanted)})(?![^\W_])")
    found = [match.span() for match in pattern.finditer(fold(text))]
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
    return " ".join("".join(parts).split())


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
