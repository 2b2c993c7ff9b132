"""Finds the columns of a page by the boxes of its words, and puts its lines into reading order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from bookreader.hyphens import MARK

_MOST_WIDTH = 5000
_MOST_COLUMNS = 6
_MIN_ROWS = 4
_SPANNING = 0.25  # of the rows may run across a gutter: titles, footnotes, captions
_MIN_FILL = 0.55  # of a column's width is filled by most of its lines; cells of a table leave more
_MIN_SHARE = 0.45  # of the way from one column to the next is text, the rest the gutter
_MIN_EMS = 7.5  # the width of most lines of a column
_HYPHEN_AT_END = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\Z")


class Piece(NamedTuple):
    """A text and its box in points, from the lower left corner of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """Of the type, about its size."""
        return self.top - self.bottom


def in_order(words: Sequence[Piece], rules: Sequence[tuple[float, float]] = ()) -> list[Piece] | None:
    """The lines of a page that is set in columns, column by column; None for any other page, tables included.

    Args:
        words: in any order.
        rules: left and right ends of the lines and frames that are drawn on the page; those of a table cross gutters.
    """
    if not words or 2 * sum(one.height > one.right - one.left for one in words if len(one.text) > 2) > len(words):
        return None
    rtl = _is_right_to_left(words)
    height = median(one.height for one in words)
    rows = _rows(words, height)
    gutters = _gutters(rows, height)
    if not gutters or not _are_columns(rows, gutters, height):
        return None
    if any(sum(left < x - height and right > x + height for left, right in rules) > 2 for x in gutters):
        return None
    found: list[Piece] = []
    columns: list[list[Piece]] = [[] for _ in range(len(gutters) + 1)]
    for row in rows:
        if any(_spans(one, gutters) for one in row):
            found += _flushed(columns, rtl)
            found.append(_joined(row, rtl))
            continue
        for number, column in enumerate(columns):
            if own := [one for one in row if _column(one, gutters) == number]:
                column.append(_joined(own, rtl))
    return found + _flushed(columns, rtl)


def _flushed(columns: Sequence[list[Piece]], rtl: bool) -> list[Piece]:
    lines = []
    for column in reversed(columns) if rtl else columns:
        for number, one in enumerate(column, 1):
            goes_on = number < len(column) and column[number].text[:1].islower()
            lines.append(one._replace(text=_HYPHEN_AT_END.sub(MARK, one.text)) if goes_on else one)
        column.clear()
    return lines


def _rows(words: Sequence[Piece], height: float) -> list[list[Piece]]:
    """The segments of each row from the top: words with no more than a space between them."""
    rows: list[list[Piece]] = []
    centre = float("inf")
    for word in sorted(words, key=lambda one: -(one.bottom + one.top)):
        own = (word.bottom + word.top) / 2
        if centre - own > 0.4 * height:
            rows.append([])
            centre = own
        rows[-1].append(word)
    return [_segments(row, 0.6 * height) for row in rows]


def _segments(row: list[Piece], gap: float) -> list[Piece]:
    row.sort(key=lambda one: one.left)
    parts = [[row[0]]]
    for before, word in pairwise(row):
        if word.left - before.right > gap:
            parts.append([])
        parts[-1].append(word)
    return [_joined(part, _is_right_to_left(part)) for part in parts]


def _gutters(rows: Sequence[Sequence[Piece]], height: float) -> list[float]:
    """Where the columns after the first one begin: right ends of vertical strips that few rows run across."""
    start = min(one.left for row in rows for one in row)
    width = int(max(one.right for row in rows for one in row) - start) + 2
    if width > _MOST_WIDTH:
        return []
    changes = [0] * (width + 2)
    for row in rows:
        for one in row:
            changes[max(0, int(one.left - start))] += 1
            changes[min(width, int(one.right - start) + 1)] -= 1
    most = max(1.0, _SPANNING * len(rows))
    found: list[float] = []
    covered, since = 0, None
    for x, change in enumerate(changes[: width + 1]):
        covered += change
        if covered <= most:
            since = x if since is None else since
            continue
        if since and x - since >= max(5.0, 0.6 * height):
            found.append(start + x - 0.5)
        since = None
    need = max(_MIN_ROWS, len(rows) // 4)

    def divides(x: float) -> bool:
        return all(
            sum(any(one.right <= x if side else one.left >= x - 1 for one in row) for row in rows) >= need
            for side in (True, False)
        )

    return [x for x in found if divides(x)]


def _are_columns(rows: Sequence[Sequence[Piece]], gutters: Sequence[float], height: float) -> bool:
    """Whether the columns hold running text: about equally wide, their lines nearly full, of words not figures."""
    if len(gutters) >= _MOST_COLUMNS:
        return False
    widths, begins = [], []
    for number in range(len(gutters) + 1):
        parts = [[one for one in row if _column(one, gutters) == number and not _spans(one, gutters)] for row in rows]
        lines = [(part[0].left, part[-1].right, " ".join(one.text for one in part)) for part in parts if part]
        if len(lines) < _MIN_ROWS:
            return False
        rights = sorted(right for _, right, _ in lines)
        lefts = sorted(left for left, _, _ in lines)
        width = rights[len(rights) * 9 // 10] - lefts[len(lefts) // 10]
        usual = median(right - left for left, right, _ in lines)
        text = "".join(text for _, _, text in lines)
        letters = sum(map(str.isalpha, text))
        if usual < max(_MIN_FILL * width, _MIN_EMS * height) or letters < 0.6 * len(re.sub(r"\s", "", text)):
            return False
        widths.append(width)
        begins.append(lefts[len(lefts) // 10])
    pitches = [right - left for left, right in pairwise(begins)]
    wide = all(width >= _MIN_SHARE * pitch for width, pitch in zip(widths, pitches, strict=False))
    return wide and min(widths) >= 0.45 * max(widths)


def _spans(one: Piece, gutters: Iterable[float]) -> bool:
    return any(one.left < x - 1 and one.right > x + 1 for x in gutters)


def _column(one: Piece, gutters: Sequence[float]) -> int:
    centre = (one.left + one.right) / 2
    return sum(centre > x for x in gutters)


def _joined(parts: Sequence[Piece], rtl: bool) -> Piece:
    text = " ".join(one.text for one in (reversed(parts) if rtl else parts))
    return Piece(text, parts[0].left, min(one.bottom for one in parts), parts[-1].right, max(one.top for one in parts))


def _is_right_to_left(words: Sequence[Piece]) -> bool:
    sample = "".join(one.text for one in words[:200])
    return 2 * sum(unicodedata.bidirectional(char) in ("R", "AL") for char in sample) > len(sample)
