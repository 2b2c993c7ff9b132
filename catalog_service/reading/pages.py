"""Cuts running text into pages."""

from __future__ import annotations

import re

_ENDS = re.compile(r"\n\s*\n|(?<=[.!?])[\"'”’)]*\s+|\s+")


def cut(text: str, target: int) -> list[str]:
    """Pages of about `target` characters, cut at a paragraph or sentence end, or failing that at white space."""
    pages: list[str] = []
    start, end = 0, len(text)
    while end - start > target * 5 // 4:
        low, high = start + target * 3 // 4, start + target * 5 // 4
        best = high
        rank = 3
        for found in _ENDS.finditer(text, low, high):
            kind = 0 if "\n\n" in found[0] else 1 if text[found.start() - 1] in ".!?\"'”’)" else 2
            if kind <= rank:
                best, rank = found.end(), kind
        pages.append(text[start:best].strip("\n").rstrip())
        start = best
    pages.append(text[start:].strip("\n").rstrip())
    return [page for page in pages if page.strip()]
