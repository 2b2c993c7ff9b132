"""WebVTT cues beside a spoken text: a cue a line, or a cue a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal

from bart_service.speech.speaker import Spoken

Unit = Literal["sentence", "word"]


def write(spoken: Iterable[Spoken], unit: Unit = "sentence") -> str:
    """A WebVTT file. A voice that does not say when its words begin has a cue for each line instead."""
    blocks = ["WEBVTT\n"]
    for number, (start_s, end_s, text) in enumerate(_cues(spoken, unit), start=1):
        blocks.append(f"{number}\n{_stamp(start_s)} --> {_stamp(end_s)}\n{_escape(text)}\n")
    return "\n".join(blocks)


def _cues(spoken: Iterable[Spoken], unit: Unit) -> Iterator[tuple[float, float, str]]:
    for line in spoken:
        words = [word for word in line.utterance.words if word.length > 0]
        if unit == "sentence" or not words:
            yield line.start_s, line.end_s, line.text
            continue
        ends = [*(after.start_s for _, after in pairwise(words)), line.utterance.seconds]
        for word, end_s in zip(words, ends, strict=True):
            text = line.text[word.start : word.start + word.length]
            if text and end_s > word.start_s:
                yield line.start_s + word.start_s, line.start_s + end_s, text


def _stamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    hours, milliseconds = divmod(milliseconds, 3_600_000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def _escape(text: str) -> str:
    """Cue text: no blank line, no arrow, no markup."""
    folded = " ".join(text.split())
    return folded.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
