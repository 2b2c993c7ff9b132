"""Chooses, of all headings of a book, those that begin its chapters: of the level that divides the text best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bookreader.chapters import Heading

MAX_SHARE = 0.6
_MAX_HEADINGS = 5000
_NUMBER = r"(?:\w+\.?\s+)?(?:[ivxlcdm]{1,8}|\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten)"
_NUMBER_ALONE = re.compile(rf"{_NUMBER}[.:]?", re.IGNORECASE)
_NUMBERED = re.compile(rf"{_NUMBER}\b", re.IGNORECASE)


def chapters(headings: Sequence[Heading], text: str) -> list[Heading]:
    """The headings that begin chapters, levels from 1; none if there are fewer than two.

    A level is passed over for the next one if one of its sections holds most of the text, or if most of its headings
    have others right below them, as those of parts have.
    """
    joined = _joined(headings[:_MAX_HEADINGS], text)
    empty = [_is_empty(one, following.start, text) for one, following in pairwise(joined)]
    chosen: list[Heading] = []
    for level in sorted({heading.level for heading in joined}):
        upto = [heading for heading in joined if heading.level <= level]
        if len(upto) < 2:
            continue
        share = largest_share(upto, len(text))
        if not chosen or share < largest_share(chosen, len(text)):
            chosen = upto
        own = [is_empty for one, is_empty in zip(joined, [*empty, False], strict=True) if one.level == level]
        if share <= MAX_SHARE and sum(own) * 2 < len(own):
            break
    return ranked(_with_text(chosen, text))


def largest_share(headings: Sequence[Heading], length: int) -> float:
    """The share of the text that the longest section has, the text before the first heading included."""
    places = [0, *sorted(heading.start for heading in headings), length]
    return max(end - start for start, end in pairwise(places)) / max(1, length)


def _joined(headings: Sequence[Heading], text: str) -> list[Heading]:
    """The headings, a number alone joined with the name that follows it: "Chapter 1" and "The Quay"."""
    joined: list[Heading] = []
    for heading in headings:
        last = joined[-1] if joined else None
        if (
            last
            and heading.level >= last.level
            and _NUMBER_ALONE.fullmatch(last.title)
            and not _NUMBERED.match(heading.title)
            and _is_empty(last, heading.start, text)
        ):
            joined[-1] = replace(last, title=f"{last.title.rstrip('.:')}. {heading.title}"[:200])
        else:
            joined.append(heading)
    return joined


def _with_text(headings: Sequence[Heading], text: str) -> list[Heading]:
    """The headings without those of title pages: nothing stands below them, unless they are parts with chapters."""
    parts = {level for level in {one.level for one in headings} if sum(one.level == level for one in headings) >= 2}
    kept = []
    for index, heading in enumerate(headings):
        following = headings[index + 1] if index + 1 < len(headings) else None
        is_part = following is not None and heading.level in parts and following.level > heading.level
        if is_part or not _is_empty(heading, following.start if following else len(text), text):
            kept.append(heading)
    return kept if len(kept) >= 2 else list(headings)


def _is_empty(heading: Heading, end: int, text: str) -> bool:
    """Whether a section holds nothing but its heading."""
    if end - heading.start > len(heading.title) + 200:
        return False
    section = " ".join(text[heading.start : end].replace("\ufffc", " ").split())
    return len(section) <= len(heading.title) + 2


def ranked(headings: Sequence[Heading]) -> list[Heading]:
    """The headings with their levels counted from 1, without gaps."""
    ranks = {level: rank for rank, level in enumerate(sorted({one.level for one in headings}), 1)}
    return [replace(one, level=ranks[one.level]) for one in headings]
