"""Chooses, of all headings of a book, those that begin its chapters: of the level that divides the text best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bookreader.chapters import Heading

# A level is passed over for the next one while one of its sections holds more of the text than this.
MAX_SHARE = 0.6
_MAX_HEADINGS = 5000
_NUMBER_ALONE = re.compile(
    r"(?:[\w.]+\s+)?(?:[ivxlcdm]{1,8}|\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten)[.:]?", re.IGNORECASE
)


def chapters(headings: Sequence[Heading], text: str) -> list[Heading]:
    """The headings that begin chapters, levels from 1; none if there are fewer than two."""
    joined = _joined(headings[:_MAX_HEADINGS], text)
    chosen: list[Heading] = []
    for level in sorted({heading.level for heading in joined}):
        upto = [heading for heading in joined if heading.level <= level]
        if len(upto) >= 2 and len(upto) > len(chosen):
            better = not chosen or largest_share(upto, len(text)) < largest_share(chosen, len(text))
            chosen = upto if better else chosen
        if chosen and largest_share(chosen, len(text)) <= MAX_SHARE:
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
            and not _NUMBER_ALONE.fullmatch(heading.title)
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
