"""Finds running heads, running feet and page numbers: they stand at the edge of many pages, at the same place."""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bookreader import chapters
from bookreader.columns import Piece

_EDGE_LINES = 4
_MAX_CHARS = 120
_MAX_NUMBERS = 4
_MIN_PAGES = 3
_TOLERANCE = 4.0
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_ROMAN_DIGITS = frozenset("ivxlcdmIVXLCDM")
_AROUND = string.punctuation + "\u2013\u2014\u2022\u00b7\u2018\u2019\u201c\u201d\u00ab\u00bb"


class _Line(NamedTuple):
    """A line at the edge of a page; `place` is its distance from that edge, `numbers` those it holds."""

    page: int
    at: int
    top: bool
    place: float
    text: str
    key: str
    numbers: tuple[tuple[bool, int], ...]
    large: bool


class Edges:
    """Collects the lines at the edges of pages, and says in the end which of them do not belong to the text."""

    def __init__(self) -> None:
        self._sides: list[list[_Line]] = []
        self._counts: list[int] = []

    def add(self, lines: Sequence[Piece], height: float, body: float) -> None:
        """Note the next page; `height` is that of the page, `body` that of the type most of it is set in."""
        page = len(self._counts)
        self._counts.append(len(lines))
        order = sorted(range(len(lines)), key=lambda at: -lines[at].top)
        for top, chosen in ((True, order[:_EDGE_LINES]), (False, order[: -_EDGE_LINES - 1 : -1])):
            side = []
            for at in chosen:
                one = lines[at]
                place = height - one.top if top else one.bottom
                key, numbers = _key(one.text) if len(one.text) <= _MAX_CHARS else ("", ())
                side.append(_Line(page, at, top, place, one.text, key, numbers, one.height > 1.2 * body))
            self._sides.append(side)

    def found(self) -> dict[int, set[int]]:
        """The indexes of those lines, by page from 0."""
        usable = [line for side in self._sides for line in side if len(line.text) <= _MAX_CHARS]
        evidence = [line for line in usable if self._counts[line.page] >= _EDGE_LINES]
        taken = {*_counted(evidence, usable), *_repeated(evidence)}
        alike = {side[0].page for side in self._sides if len(side) == _EDGE_LINES and taken.issuperset(side)}
        taken = {line for line in taken if line.page not in alike}
        zones = [(line.top, line.place, line.page) for line in taken]
        taken |= _rarer([line for line in usable if line.page not in alike], taken, zones)
        usual = sorted(self._counts)[len(self._counts) // 2] if self._counts else 0
        removed: dict[int, set[int]] = defaultdict(set)
        for side in filter(None, self._sides):
            run = next((at for at, line in enumerate(side) if line not in taken), len(side))
            page = side[0].page
            # Where nothing at the edge is left, pages are alike: then that is their text, but for nearly blank ones.
            if run < len(side) or self._counts[page] <= _EDGE_LINES < usual:
                removed[page].update(line.at for line in side[:run])
        return removed


def _key(text: str) -> tuple[str, tuple[tuple[bool, int], ...]]:
    """The line with its numbers made alike, and those numbers, Roman ones marked."""
    words = [word for word in (part.strip(_AROUND) for part in text.split()) if word]
    values = [_value(word) for word in words]
    key = " ".join("#" if value else word.casefold() for word, value in zip(words, values, strict=True))
    return key, tuple(dict.fromkeys(value for value in values if value))[:_MAX_NUMBERS]


def _value(word: str) -> tuple[bool, int] | None:
    if word.isdecimal() and len(word) <= 5:
        return False, int(word)
    if len(word) > 10 or word[0] not in _ROMAN_DIGITS or not _ROMAN.fullmatch(word):
        return None
    values = [_ROMAN_VALUES[char] for char in word.lower()]
    signs = [-1 if value < after else 1 for value, after in zip(values, [*values[1:], 0], strict=True)]
    return True, sum(value * sign for value, sign in zip(values, signs, strict=True))


def _counted(evidence: Sequence[_Line], usable: Sequence[_Line]) -> Iterator[_Line]:
    """Lines with a number that goes up page by page: alone anywhere at the edge, with words at one place."""

    def groups(line: _Line) -> Iterator[tuple[object, ...]]:
        for roman, value in line.numbers:
            offset = (line.top, roman, value - line.page)
            if len(line.key.replace("# ", "")) <= 8:
                yield offset
            bucket = round(line.place / _TOLERANCE)
            yield from ((*offset, bucket + step) for step in (0, 1))

    pages: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for line in evidence:
        for group in groups(line):
            pages[group].add(line.page)
    for line in usable:
        if line.large or (line.key.count("#") < 2 and chapters.is_numbered(line.text)):
            continue
        if any(len(pages[group]) >= _MIN_PAGES for group in groups(line)):
            yield line


def _repeated(evidence: Sequence[_Line]) -> Iterator[_Line]:
    """Lines that stand at one place of several pages, but for numbers if they are no headings."""
    groups: dict[tuple[bool, str], list[_Line]] = defaultdict(list)
    for line in evidence:
        if line.key.strip("# "):
            own = line.text if "#" in line.key else line.key
            groups[line.top, own].append(line)
    for group in groups.values():
        for cluster in _clusters(group):
            if len({line.page for line in cluster}) >= _MIN_PAGES:
                yield from cluster


def _clusters(group: list[_Line]) -> Iterator[list[_Line]]:
    group.sort(key=lambda line: line.place)
    cluster: list[_Line] = []
    for line in group:
        if cluster and line.place - cluster[-1].place > _TOLERANCE:
            yield cluster
            cluster = []
        cluster.append(line)
    if cluster:
        yield cluster


def _rarer(usable: Sequence[_Line], taken: set[_Line], zones: Sequence[tuple[bool, float, int]]) -> set[_Line]:
    """Lines where other pages have their heads: of short pages, and those that occur on two pages only."""
    pages: dict[tuple[bool, int], set[int]] = defaultdict(set)
    for top, place, page in zones:
        for step in (-1, 0, 1):
            pages[top, round(place / _TOLERANCE) + step].add(page)
    known = {(line.top, line.key) for line in taken}
    often = Counter((line.top, line.key) for line in usable)
    return {
        line
        for line in usable
        if line not in taken
        and not line.large
        and not chapters.is_numbered(line.text)
        and len(pages[line.top, round(line.place / _TOLERANCE)]) >= _MIN_PAGES
        and ((line.top, line.key) in known or (line.key != "#" and often[line.top, line.key] >= 2))
    }
