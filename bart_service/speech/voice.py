"""What a voice is: one sentence in, samples out. Knows no engine and no file format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


class VoiceError(Exception):
    """A voice could not speak; the text is a short reason for the log (`timeout`, `crashed`, `http-429`...)."""


class UnknownVoice(VoiceError):
    """No voice speaks the language, or none has the name; `.known` are the languages that can be spoken."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__("unknown-voice")
        self.name, self.known = name, list(known)


@dataclass(frozen=True)
class Word:
    """A word's place in its sentence (characters) and in the sentence's sound (seconds)."""

    start_s: float
    start: int
    length: int


@dataclass(frozen=True)
class Utterance:
    """A spoken sentence: mono 16-bit samples, and where its words begin if the voice knows."""

    sample_rate: int
    samples: Samples
    words: tuple[Word, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate


class Voice(Protocol):
    """`speak` may be called from any thread; it raises VoiceError, or UnknownVoice before the first sample.

    `name` is its id; `languages` are the codes that `speak` takes as `language`, best first where it has a choice.
    """

    name: str

    def languages(self) -> Sequence[str]: ...

    def speak(self, sentence: str, *, language: str, speed: float) -> Utterance: ...

    def close(self) -> None: ...


@runtime_checkable
class Loadable(Protocol):
    """A voice that is slow to speak the first time unless it is loaded before."""

    def load(self) -> None: ...
