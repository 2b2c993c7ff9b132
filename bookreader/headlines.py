"""Finds the headings of a PDF by the type they are set in: larger than the text, or at least other than it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bookreader.chapters import Heading

Style = tuple[float, int]
_LARGER = 1.15
_TITLE_LARGER = 1.3
_MOST_LINES = 4
_MAX_CHARS = 150
_MOST_SIZES = 6
_MOST_HEADINGS = 5000


def body_size(sizes: Counter[float]) -> float:
    """The size that most characters have."""
    return sizes.most_common(1)[0][0] if sizes else 0.0


def by_size(lines: Sequence[str], styles: Sequence[Style | None], body: float) -> Iterator[tuple[int, str, float]]:
    """The headings of a page as (line, title, size), title lines of the same size joined.

    Args:
        styles: of the lines; None for those whose type is not known.
    """
    at = 0
    while at < len(lines):
        size = _size(styles[at])
        end = at + 1
        while end < len(lines) and _size(styles[end]) == size:
            end += 1
        title = " ".join(lines[at:end])
        if body and size >= _LARGER * body and end - at <= _MOST_LINES and _is_title(title):
            yield at, title, size
        at = end


def ranked(found: Sequence[tuple[int, str, float]]) -> list[Heading]:
    """Headings as (place in the text, title, size): the larger, the higher their level."""
    sizes = sorted({size for _, _, size in found}, reverse=True)[:_MOST_SIZES]
    return [
        Heading(start, title, sizes.index(size) + 1) for start, title, size in found[:_MOST_HEADINGS] if size in sizes
    ]


def lines_of_title(lines: Sequence[str], styles: Sequence[Style | None], first: int) -> list[str]:
    """The lines that a title takes up from the one at `first`; only that, if the type does not distinguish them."""
    own = styles[first]
    taken = [lines[first]]
    for line, style in zip(lines[first + 1 : first + _MOST_LINES + 1], styles[first + 1 :], strict=False):
        if style != own:
            return taken
        taken.append(line)
    return taken[:1]


def title_of_book(lines: Sequence[str], styles: Sequence[Style | None], body: float) -> str | None:
    """The title on a title page: the largest type of its lines, if that is much larger than the text and there once."""
    sizes = [_size(style) for style in styles]
    largest = max(sizes, default=0.0)
    if not body or largest < _TITLE_LARGER * body:
        return None
    at = [number for number, size in enumerate(sizes) if size == largest]
    title = " ".join(lines[number] for number in at)
    together = at[-1] - at[0] == len(at) - 1
    return title if together and len(at) <= _MOST_LINES and _is_title(title) and len(title) > 2 else None


def _size(style: Style | None) -> float:
    return round(2 * style[0]) / 2 if style else 0.0


def _is_title(title: str) -> bool:
    return len(title) <= _MAX_CHARS and (sum(map(str.isalpha, title)) >= 2 or (title.isalnum() and len(title) <= 3))
