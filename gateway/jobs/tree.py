"""Summarises sections as a tree: parts, then chapters, then the whole. Says what is to be made; others make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gateway.jobs import planner
from gateway.jobs.engines import Maker
from gateway.jobs.planner import Section, Task

Length = Literal["short", "medium", "long"]
# How long a chapter's summary is beside the book's.
CHAPTER_LENGTH: dict[str, Length] = {"short": "short", "medium": "short", "long": "medium"}
_LEVELS = 8


@dataclass(frozen=True)
class Step:
    """A task and its place in the job; `event` tells clients what was made of it, given the output."""

    position: str
    task: Task
    event: Callable[[Any], dict[str, Any]] | None = None


Make = Callable[[str, Sequence[Step]], list[Any]]  # a stage's name and its steps to their outputs, in order


@dataclass(frozen=True)
class Summaries:
    """The summary of the whole, one for each section, and the key points."""

    summary: str
    chapters: list[str]
    points: list[str]


def parts_of(sections: Sequence[Section], maker: Maker) -> list[list[str]]:
    """The parts of each section, none larger than the maker takes (but for a last one's extra quarter)."""
    return [planner.parts(section.text, maker.part_chars) for section in sections]


def summarise(
    sections: Sequence[Section], parts: Sequence[Sequence[str]], maker: Maker, length: Length, points: int, make: Make
) -> Summaries:
    """Make every summary of the tree, the lower ones first. A text of a single part is summarised directly."""
    alone = len(sections) == 1
    chapter_length = length if alone else CHAPTER_LENGTH[length]
    leaves = _leaves(sections, parts, chapter_length, make)
    chapters = _chapters(sections, leaves, chapter_length, maker, make)
    if alone:
        summary, below = chapters[0], leaves[0] if len(leaves[0]) > 1 else list(parts[0])
    else:
        below = chapters
        step = Step("summary", Task("summary", _text(_narrowed(below, "book", maker, make)), length), _summary_event)
        (summary,) = make("book", [step])
    return Summaries(summary, chapters, _points(below, points, maker, make))


def _leaves(sections: Sequence[Section], parts: Sequence[Sequence[str]], length: Length, make: Make) -> list[list[str]]:
    """The summary of each part, by section; a part that is a whole chapter is as long as a chapter's summary."""
    steps = [
        Step(
            f"part/{section.number}/{index}",
            Task("summary", text, length if len(found) == 1 else "short"),
            _chapter_event(section) if len(found) == 1 else _part_event(section, index, len(found)),
        )
        for section, found in zip(sections, parts, strict=True)
        for index, text in enumerate(found, start=1)
    ]
    outputs = iter(make("parts", steps))
    return [[next(outputs) for _ in found] for found in parts]


def _chapters(
    sections: Sequence[Section], leaves: Sequence[Sequence[str]], length: Length, maker: Maker, make: Make
) -> list[str]:
    joined = [(section, found) for section, found in zip(sections, leaves, strict=True) if len(found) > 1]
    steps = [
        Step(
            f"chapter/{section.number}",
            Task("summary", _text(_narrowed(found, f"chapter/{section.number}", maker, make)), length),
            _chapter_event(section),
        )
        for section, found in joined
    ]
    made = dict(zip((section.number for section, _ in joined), make("chapters", steps) if steps else [], strict=True))
    return [made.get(section.number, found[0]) for section, found in zip(sections, leaves, strict=True)]


def _narrowed(texts: Sequence[str], place: str, maker: Maker, make: Make) -> Sequence[str]:
    """Summaries of summaries, level by level, until they are read at once."""
    for level in range(1, _LEVELS + 1):
        grouped = planner.groups(texts, maker.join_chars)
        if len(grouped) <= 1 or len(grouped) == len(texts):
            break
        steps = [
            Step(f"{place}/level/{level}/{index}", Task("summary", _text(group), "short"))
            for index, group in enumerate(grouped, start=1)
        ]
        texts = make("chapters" if place.startswith("chapter") else "book", steps)
    return texts


def _points(below: Sequence[str], count: int, maker: Maker, make: Make) -> list[str]:
    if count < 1:
        return []
    texts = _narrowed(below, "points", maker, make)
    (found,) = make("points", [Step("points", Task("points", _text(texts), count), _points_event)])
    return [str(point) for point in found]


def _text(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)


def _part_event(section: Section, index: int, parts: int) -> Callable[[Any], dict[str, Any]]:
    about = {"chapter": section.number, "title": section.title, "part": index, "parts": parts}
    return lambda output: {"type": "part", **about, "summary": output}


def _chapter_event(section: Section) -> Callable[[Any], dict[str, Any]]:
    about = {
        "number": section.number,
        "title": section.title,
        "first_page": section.first_page,
        "last_page": section.last_page,
    }
    return lambda output: {"type": "chapter", **about, "summary": output}


def _summary_event(output: Any) -> dict[str, Any]:
    return {"type": "summary", "summary": output}


def _points_event(output: Any) -> dict[str, Any]:
    return {"type": "points", "points": output}
