"""WebVTT captions of a spoken document. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """A sentence and when it is spoken, in seconds."""

    start_s: float
    end_s: float
    text: str


def write(cues: Iterable[Cue]) -> str:
    """A WebVTT file, a cue for each sentence."""
    blocks = ["WEBVTT\n"]
    for number, cue in enumerate(cues, start=1):
        blocks.append(f"{number}\n{_stamp(cue.start_s)} --> {_stamp(cue.end_s)}\n{_escaped(cue.text)}\n")
    return "\n".join(blocks)


def _stamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    hours, milliseconds = divmod(milliseconds, 3_600_000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def _escaped(text: str) -> str:
    """No line break, which could end a cue, and no markup."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
