"""Engines without a model, for what a queue and a document do."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from bart_service.engine import Generation, OutOfMemory, Output, Piece
from modelkit.engine import EngineUnavailable, Status


class FakeEngine:
    """A token is a word; a summary is the first words of the text. Waits for `gate`, and remembers its batches."""

    name = "fake"

    def __init__(
        self,
        *,
        window: int = 50,
        words: int = 5,
        fits: int = 1000,
        unavailable: str = "",
        error: Exception | None = None,
    ) -> None:
        self.window, self.generation = window, Generation(min_tokens=2, max_tokens=12)
        self.batches: list[list[Piece]] = []
        self.read: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Semaphore(0)
        self.loaded_by: threading.Thread | None = None
        self._words, self._fits, self._unavailable, self._error = words, fits, unavailable, error

    def load(self) -> None:
        self.loaded_by = threading.current_thread()
        if self._unavailable:
            raise EngineUnavailable(self._unavailable)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.read += texts
        return [len(text.split()) for text in texts]

    def encode(self, text: str) -> tuple[int, ...]:
        self.read.append(text)
        return tuple(range(min(len(text.split()), self.window)))

    def generate(self, pieces: Sequence[Piece]) -> list[Output]:
        self.batches.append(list(pieces))
        self.begun.release()
        assert self.gate.wait(20)
        if self._error:
            raise self._error
        if len(pieces) > self._fits:
            raise OutOfMemory("fake")
        return [Output(self._short(piece), min(self._words, piece.cost)) for piece in pieces]

    def status(self) -> Status:
        return Status(self.name, "fake-model", "cpu", limits={"input_tokens": self.window})

    def _short(self, piece: Piece) -> str:
        return " ".join(piece.text.split()[: self._words]).rstrip(".") + "."


class FakeObserver:
    """Keeps what a worker reports."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.reasons: list[str] = []

    def batch_done(self, engine: str, pieces: int, tokens_in: int, tokens_out: int, seconds: float) -> None:
        self.done.append(pieces)

    def waited(self, engine: str, seconds: float) -> None:
        assert seconds >= 0

    def dropped(self, engine: str, reason: str) -> None:
        self.reasons.append(reason)
