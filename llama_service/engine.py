"""What an engine does with a text, and the events it yields while doing it. Not how: see `extractive` and `neural`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int32]
Length = Literal["short", "medium", "long"]
State = Literal["loading", "ready", "failed"]
TICK_S = 0.2


@dataclass(frozen=True)
class Generation:
    """How text is generated; an engine that does not sample ignores it. `max_tokens` None: by the length asked for."""

    max_tokens: int | None = None
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Token:
    """The next piece of the answer's text; joined, the pieces are that text."""

    text: str


@dataclass(frozen=True)
class Progress:
    """`part` of `parts` of a long text have been read."""

    part: int
    parts: int


@dataclass(frozen=True)
class Usage:
    """Tokens of all prompts, those of them that were not computed again, and tokens generated."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.generated_tokens + other.generated_tokens,
        )


@dataclass(frozen=True)
class Result:
    """The last event: the summary as one text or the key points as several, and in how many parts the text was read."""

    texts: tuple[str, ...]
    parts: int = 1
    usage: Usage | None = None


Event = Token | Progress | Result | None
"""None says that the engine is still at work: one comes at least every `TICK_S` seconds."""


class NoToken(Exception):
    """No token can come next: the grammar allows none, or the model's numbers are not finite."""


@dataclass(frozen=True)
class Status:
    """One engine as `GET /models` shows it; `problem` is why it cannot serve, None exactly when it is ready."""

    engine: str
    model: str
    device: str
    state: State = "ready"
    problem: str | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)


class Engine(Protocol):
    """Closing an iterator of events before its end cancels the work within a second."""

    name: str
    model: str

    def summarise(self, text: str, length: Length, generation: Generation) -> Iterator[Event]:
        """Summarise a text of any length."""

    def points(self, text: str, count: int, generation: Generation) -> Iterator[Event]:
        """Give the `count` key points of a text, fewer only where an extractive engine finds no more sentences."""

    def status(self) -> Status:
        """What the engine runs with, or why it does not."""

    def close(self) -> None:
        """End all work and free the model."""
