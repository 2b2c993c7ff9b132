"""What an engine is: one request in, events out, the last of them the result. Knows no HTTP and no model library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from servicekit.problems import UpstreamTimeout

Length = Literal["short", "medium", "long"]
State = Literal["loading", "ready", "failed"]
Limit = int | float | str | None
TICK_S = 0.25


class EngineUnavailable(Exception):
    """A model cannot be loaded or served; the text says why and what to do, for `/readyz` and `GET /models`."""


class TooSlow(UpstreamTimeout):
    """The answer would take longer than the caller waits: an estimate, made before the work begins."""


@dataclass(frozen=True)
class Request:
    """What one client asks for.

    Args:
        count: how many key points; 0 asks for a summary of `length`.
        options: generation options by name, only those that the client set.
        deadline: on the clock of `time.monotonic`, seconds.
        background: whether requests of waiting people go first.
        attempt: 1 where a first answer was refused: the engine writes with another seed and less room.
    """

    text: str
    length: Length = "medium"
    count: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    deadline: float = float("inf")
    background: bool = False
    attempt: int = 0


@dataclass(frozen=True)
class Token:
    """The next piece of the answer's text; joined, the pieces are that text."""

    text: str


@dataclass(frozen=True)
class Progress:
    """`done` of `total` parts of a long text have been read."""

    done: int
    total: int


@dataclass(frozen=True)
class Part:
    """The summary of a part: `part` (from 1) of `parts` on this `level`; level 0 reads the text itself."""

    level: int
    part: int
    parts: int
    summary: str


@dataclass(frozen=True)
class Passages:
    """Stretches of the text that the answer is written from, where that is not all of it. Not sent to clients."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Restart:
    """The tokens before this are void: the answer did not hold up, another follows."""

    reason: str


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
    """The last event: the summary as one text or the key points as several, and in how many parts the text was read.

    `truncated`: the answer ended at its limit, not at its end. `degraded_reason`: why another engine than the wanted
    one answered, if one did.
    """

    engine: str
    model: str
    texts: tuple[str, ...]
    parts: int = 1
    usage: Usage | None = None
    truncated: bool = False
    degraded_reason: str | None = None


Event = Token | Progress | Part | Passages | Restart | Result | None
"""None: the engine is still at work. An engine that makes its caller wait yields one every `TICK_S` seconds."""


@dataclass(frozen=True)
class Status:
    """One engine as `GET /models` shows it; `problem` is why it cannot serve, None exactly when it is ready."""

    engine: str
    model: str
    device: str
    state: State = "ready"
    problem: str | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    card: Mapping[str, Any] | None = None


class Engine(Protocol):
    """Closing an iterator of events before its end cancels the work. `rules` are texts that no answer may quote."""

    @property
    def name(self) -> str: ...

    @property
    def rules(self) -> Sequence[str]: ...

    def start(self) -> None:
        """Begin to load; returns at once."""

    def answer(self, request: Request) -> Iterator[Event]:
        """The events of a request, the `Result` last.

        Raises:
            ProblemError: why there is no answer; TooLarge and TooSlow before the first event, if at all.
        """

    def status(self) -> Status:
        """What the engine runs with, or why it does not."""

    def close(self) -> None:
        """End all work and free the model."""
