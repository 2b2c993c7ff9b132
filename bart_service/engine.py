"""What a batch engine is: a batch of pieces in, a text for each out. Knows no queue and no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from modelkit.engine import Length, Status


class OutOfMemory(Exception):
    """The device's memory does not hold this batch; a smaller one may fit."""


@dataclass(frozen=True)
class Generation:
    """How a neural engine writes. Token counts are of the summary, without its special tokens.

    The default values are those of `sshleifer/distilbart-cnn-12-6`; a checkpoint's own generation config replaces them.
    """

    num_beams: int = 4
    min_tokens: int = 56
    max_tokens: int = 142
    no_repeat_ngram_size: int = 3
    length_penalty: float = 2.0
    early_stopping: bool = True

    def within(self, input_tokens: int) -> Generation:
        """The same with lengths that fit the input: a text of few words is not padded with inventions.

        The lengths go in steps, so that texts of nearly the same size can share a batch.
        """
        highest = min(self.max_tokens, max(16, input_tokens // 16 * 16))
        lowest = min(self.min_tokens, input_tokens // 24 * 8, highest)
        return replace(self, max_tokens=highest, min_tokens=lowest)


@dataclass(frozen=True)
class Piece:
    """What is given to an engine at once: a text that fits its window.

    `ids` are its tokens, for neural engines; `length` and `count` (0 for a summary) are for the extractive one.
    """

    text: str
    ids: tuple[int, ...] = ()
    length: Length = "medium"
    count: int = 0
    generation: Generation = field(default_factory=Generation)

    @property
    def cost(self) -> int:
        """What a batch's width is counted in: tokens, or nothing where there are none."""
        return len(self.ids)


@dataclass(frozen=True)
class Output:
    """What an engine wrote: a summary, or key points. `tokens` counts what a neural engine generated."""

    text: str = ""
    tokens: int = 0
    points: tuple[str, ...] = ()


class BatchEngine(Protocol):
    """`load` and `generate` are called by one thread only, which owns the model; `status` by any."""

    name: str

    def load(self) -> None:
        """Read the model; raises EngineUnavailable."""

    def generate(self, pieces: Sequence[Piece]) -> list[Output]:
        """An output for each piece, all of which have the same `generation`; raises OutOfMemory."""

    def status(self) -> Status:
        """What it is, also before it is loaded."""


class NeuralBatchEngine(BatchEngine, Protocol):
    """An engine with a window. The three members below are set once `load` has returned, and safe for any thread."""

    window: int
    generation: Generation

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without special tokens."""

    def encode(self, text: str) -> tuple[int, ...]:
        """The token ids of a text with the special tokens around them, cut at the window."""
