"""Summarises sections as a tree: parts, then chapters, then the whole. Plans what is to be made; others make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from contract.engine_choice import EXTRACTIVE, EngineChoice
from contract.events import ChapterEvent, JobEvent, PartEvent, PointsEvent, Stage, SummaryEvent
from job_runner import planner
from job_runner.planner import Task
from textkit.lengths import CHAPTER_LENGTH, Length
from textkit.sections import Section

_LEVELS = 8
# A model reads a part at once: so many characters for each token of its window are less than any book averages.
CHARS_PER_TOKEN = 3.2
SMALLEST_PART, USUAL_PART, MOST_TOKENS = 800, 3_200, 8_192
# Choosing sentences needs no window: a chapter is a part, and all chapters' summaries are read together.
EXTRACTIVE_PART, EXTRACTIVE_JOIN = 40_000, 1_000_000


@dataclass(frozen=True)
class Step:
    """A task and its position in the job; `event` tells clients what was made of it, given the output."""

    position: str
    task: Task
    event: Callable[[Any], JobEvent] | None = None


Make = Callable[[Stage, Sequence[Step]], list[Any]]  # a stage and its steps to their outputs, in order


@dataclass(frozen=True)
class Summaries:
    """The summary of the whole, one for each section, and the key points."""

    summary: str
    chapters: list[str]
    points: list[str]


@dataclass(frozen=True)
class Sizes:
    """How many characters an engine reads at once: of the text, and of summaries to merge."""

    part: int
    join: int

    @classmethod
    def of(cls, choice: EngineChoice) -> Sizes:
        """The sizes that fit the engine's window, with a last part's extra quarter."""
        if choice == EXTRACTIVE:
            return cls(EXTRACTIVE_PART, EXTRACTIVE_JOIN)
        if choice.window is None:
            return cls(USUAL_PART, USUAL_PART)
        size = max(SMALLEST_PART, int(min(choice.window, MOST_TOKENS) * CHARS_PER_TOKEN * 0.8))
        return cls(size, size)


def parts_of(sections: Sequence[Section], sizes: Sizes) -> list[list[str]]:
    """The parts of each section, none larger than the engine takes (but for a last one's extra quarter)."""
    return [planner.parts(section.text, sizes.part) for section in sections]


def summarise(
    sections: Sequence[Section],
    parts: Sequence[Sequence[str]],
    join: int,
    length: Length,
    points: int,
    make: Make,
) -> Summaries:
    """Make every summary of the tree, the lower ones first. A text of a single part is summarised directly.

    Args:
        join: how many characters of summaries are merged at once.
    """
    alone = len(sections) == 1
    chapter_length = length if alone else CHAPTER_LENGTH[length]
    leaves = _leaves(sections, parts, chapter_length, make)
    chapters = _chapters(sections, leaves, chapter_length, join, make)
    if alone:
        summary, below = chapters[0], leaves[0] if len(leaves[0]) > 1 else list(parts[0])
    else:
        below = chapters
        narrowed = _narrowed(below, "book", None, join, make)
        (summary,) = make("book", [Step("summary", Task("summary", _text(narrowed), length), _summary_event)])
    return Summaries(summary, chapters, _points(below, points, join, make))


def _leaves(sections: Sequence[Section], parts: Sequence[Sequence[str]], length: Length, make: Make) -> list[list[str]]:
    """The summary of each part, by section; a part that is a whole chapter is as long as a chapter's summary."""
    steps = [
        Step(
            f"part/{section.number}/{index}",
            Task("summary", text, length if len(found) == 1 else "short"),
            _chapter_event(section) if len(found) == 1 else _part_event(section, 0, index, len(found)),
        )
        for section, found in zip(sections, parts, strict=True)
        for index, text in enumerate(found, start=1)
    ]
    outputs = iter(make("parts", steps))
    return [[next(outputs) for _ in found] for found in parts]


def _chapters(
    sections: Sequence[Section], leaves: Sequence[Sequence[str]], length: Length, join: int, make: Make
) -> list[str]:
    joined = [(section, found) for section, found in zip(sections, leaves, strict=True) if len(found) > 1]
    steps = [
        Step(
            f"chapter/{section.number}",
            Task("summary", _text(_narrowed(found, f"chapter/{section.number}", section, join, make)), length),
            _chapter_event(section),
        )
        for section, found in joined
    ]
    made = dict(zip((section.number for section, _ in joined), make("chapters", steps) if steps else [], strict=True))
    return [made.get(section.number, found[0]) for section, found in zip(sections, leaves, strict=True)]


def _narrowed(texts: Sequence[str], place: str, section: Section | None, join: int, make: Make) -> Sequence[str]:
    """Summaries of summaries, level by level, until they are read at once."""
    for level in range(1, _LEVELS + 1):
        grouped = planner.groups(texts, join)
        if len(grouped) <= 1 or len(grouped) == len(texts):
            break
        steps = [
            Step(
                f"{place}/level/{level}/{index}",
                Task("summary", _text(group), "short"),
                None if place == "points" else _part_event(section, level, index, len(grouped)),
            )
            for index, group in enumerate(grouped, start=1)
        ]
        texts = make("chapters" if section else "book", steps)
    return texts


def _points(below: Sequence[str], count: int, join: int, make: Make) -> list[str]:
    if count < 1:
        return []
    texts = _narrowed(below, "points", None, join, make)
    (found,) = make("points", [Step("points", Task("points", _text(texts), count), _points_event)])
    return [str(point) for point in found]


def _text(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)


def _part_event(section: Section | None, level: int, part: int, parts: int) -> Callable[[Any], JobEvent]:
    chapter, title = (section.number, section.title) if section else (None, None)
    return lambda output: PartEvent(chapter=chapter, title=title, level=level, part=part, parts=parts, summary=output)


def _chapter_event(section: Section) -> Callable[[Any], JobEvent]:
    return lambda output: ChapterEvent(
        number=section.number,
        title=section.title,
        first_page=section.first_page,
        last_page=section.last_page,
        summary=output,
    )


def _summary_event(output: Any) -> JobEvent:
    return SummaryEvent(summary=output)


def _points_event(output: Any) -> JobEvent:
    return PointsEvent(points=output)
