"""Speaks a document: what is said, and the pieces put together with captions and chapter marks. Calls nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from job_runner import captions, mp3
from job_runner.captions import Cue
from job_runner.planner import Task
from job_runner.tree import Step


@dataclass(frozen=True)
class Spoken:
    """A finished audio file."""

    audio: bytes
    captions: str
    seconds: float
    marks: list[mp3.Mark]


@dataclass(frozen=True)
class Script:
    """What is said under one chapter mark, line by line."""

    title: str
    lines: list[str]


def script(document: Mapping[str, Any]) -> list[Script]:
    """The title and the summary, then each chapter's title and summary (where there are several)."""
    title = str(document["title"])
    opening = Script(title, [_spoken_title(title), *_lines(document)])
    chapters = document["chapters"]
    if len(chapters) < 2:
        return [opening]
    return [opening, *(_chapter(chapter) for chapter in chapters)]


def steps(scripts: Sequence[Script], voice: str) -> list[Step]:
    """A step for each mark."""
    return [
        Step(f"speech/{index}", Task("speech", "\n".join(one.lines), voice))
        for index, one in enumerate(scripts, start=1)
    ]


def assemble(title: str, scripts: Sequence[Script], outputs: Sequence[Sequence[Mapping[str, str]]]) -> Spoken:
    """Put the pieces of all steps together."""
    cues: list[Cue] = []
    marks: list[mp3.Mark] = []
    pieces: list[list[mp3.Frame]] = []
    at_s = 0.0
    for one, spoken in zip(scripts, outputs, strict=True):
        marks.append(mp3.Mark(one.title, round(at_s, 3)))
        for piece in spoken:
            frames = mp3.frames(base64.b64decode(piece["mp3"]))
            end_s = at_s + mp3.seconds(frames)
            cues.append(Cue(at_s, end_s, piece["text"]))
            pieces.append(frames)
            at_s = end_s
    return Spoken(mp3.join(pieces, title, marks), captions.write(cues), round(at_s, 3), marks)


def _chapter(chapter: Mapping[str, Any]) -> Script:
    title = chapter["title"] or f"Chapter {chapter['number']}"
    return Script(title, [_spoken_title(title), *_lines(chapter)])


def _lines(part: Mapping[str, Any]) -> list[str]:
    return [row["text"] for row in part["sentences"] if row["text"].strip()]


def _spoken_title(title: str) -> str:
    text = " ".join(title.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
