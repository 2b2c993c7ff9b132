"""One bounded queue and one thread that owns the model. Knows no HTTP, and nothing of what is computed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from bart_service.batching import BatchLimits, choose
from bart_service.engine import BatchEngine, OutOfMemory, Output, Piece
from modelkit.engine import EngineUnavailable, State
from servicekit import logs
from servicekit.problems import Busy, NotReady, UpstreamTimeout

log = logs.get_logger(__name__)
_SMOOTHING = 0.3
_LONGEST_RETRY_S = 120.0
_NO_MEMORY = "The device's memory does not hold a text of this length; ask for fewer beams."


class Priority(Enum):
    """Interactive pieces go before background ones that came up to `lead_s` before them."""

    INTERACTIVE = "interactive"
    BACKGROUND = "background"


class Observer(Protocol):
    """Receives what the worker does, for metrics."""

    def batch_done(self, engine: str, pieces: int, tokens_in: int, tokens_out: int, seconds: float) -> None: ...

    def waited(self, engine: str, seconds: float) -> None: ...

    def dropped(self, engine: str, reason: str) -> None: ...


@dataclass
class Entry:
    """A piece in the queue. Its future can be cancelled until its batch begins."""

    piece: Piece
    turn: float
    submitted: float
    deadline: float
    weight: int
    future: Future[Output] = field(default_factory=Future)


class ModelWorker:
    """Runs an engine. `start` returns at once; the model loads in the thread."""

    def __init__(
        self,
        engine: BatchEngine,
        *,
        observer: Observer,
        limits: BatchLimits | None = None,
        queue_size: int = 64,
        wait_s: float = 0.01,
        lead_s: float = 5.0,
    ) -> None:
        """`queue_size` counts admitted requests; `wait_s` is the longest an idle worker waits for a batch to fill."""
        self.engine = engine
        self._observer = observer
        self._limits = limits or BatchLimits()
        self._queue_size, self._wait_s, self._lead_s = queue_size, wait_s, lead_s
        self._changed = threading.Condition()
        self._waiting: list[Entry] = []
        self._admitted = 0
        self._backlog = 0
        self._rate: float | None = None
        self._stopping = False
        self.state: State = "loading"
        self.problem: str | None = "the model is loading"
        self._thread = threading.Thread(target=self._run, name=f"model-{engine.name}", daemon=True)

    def start(self) -> None:
        """Start loading the model, then serving."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the present batch, refuse the rest, end the thread."""
        with self._changed:
            self._stopping = True
            self._end("the service is stopping")
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def queue_length(self) -> int:
        """Pieces that wait."""
        return len(self._waiting)

    @property
    def window(self) -> int:
        """How many pieces of one request are worth having in the queue at once: this batch and the next."""
        return 2 * self._limits.pieces

    def seconds_for(self, weight: int, *, alone: bool = False) -> float | None:
        """How long work of this weight takes behind what is admitted (or `alone`); None before any is measured."""
        return None if self._rate is None else (weight + (0 if alone else self._backlog)) / self._rate

    @contextmanager
    def admit(self) -> Iterator[Callable[[int], None]]:
        """A place in the queue for one request; call what is yielded with the weight of its pieces, once it is known.

        To be taken before a text is cut, so that a text that is refused costs nothing.

        Raises:
            Busy: the queue is full.
        """
        added = 0

        def weigh(weight: int) -> None:
            nonlocal added
            with self._changed:
                added += weight
                self._backlog += weight

        with self._changed:
            if self._admitted >= self._queue_size:
                self._observer.dropped(self.engine.name, "queue_full")
                raise Busy("The queue is full. Send the text again later.", retry_after_s=self._retry_after_s())
            self._admitted += 1
        try:
            yield weigh
        finally:
            with self._changed:
                self._admitted -= 1
                self._backlog -= added

    def submit(self, piece: Piece, *, deadline: float, priority: Priority = Priority.INTERACTIVE) -> Future[Output]:
        """Queue a piece of an admitted request; `deadline` is on the clock of `time.monotonic`.

        The future raises UpstreamTimeout if the deadline passed before the piece's turn, NotReady if the service stops
        or the device's memory does not hold the piece.
        """
        now = time.monotonic()
        turn = now if priority is Priority.INTERACTIVE else now + self._lead_s
        entry = Entry(piece, turn, now, deadline, weight_of(piece))
        with self._changed:
            if self._stopping:
                _fail([entry], NotReady("The service is stopping."))
                return entry.future
            self._waiting.append(entry)
            self._changed.notify_all()
        return entry.future

    def _retry_after_s(self) -> float:
        """When half of what is admitted is done, by the measured rate."""
        seconds = self.seconds_for(0)
        return 1.0 if seconds is None else min(max(1.0, seconds / 2), _LONGEST_RETRY_S)

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self.engine.load()
        except EngineUnavailable as error:
            self._end(str(error))
            log.error("engine_failed", engine=self.engine.name, reason=str(error))
            return
        except Exception as error:
            self._end("the model could not be loaded; the log has the reason")
            log.error("engine_failed", engine=self.engine.name, exc_info=error)
            return
        with self._changed:
            if not self._stopping:
                self.state, self.problem = "ready", None
        log.info("engine_loaded", engine=self.engine.name, seconds=round(time.monotonic() - started, 2))
        while (batch := self._next_batch()) is not None:
            self._compute(batch)

    def _next_batch(self) -> list[Entry] | None:
        with self._changed:
            if not self._waiting and not self._stopping:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                self._changed.wait_for(self._filled, self._wait_s)
            if self._stopping:
                _fail(self._waiting, NotReady("The service is stopping."))
                self._waiting.clear()
                return None
            now = time.monotonic()
            self._waiting = [entry for entry in self._waiting if self._wanted(entry, now)]
            batch = choose(self._waiting, self._limits, now)
            self._waiting = [entry for entry in self._waiting if not any(entry is one for one in batch)]
            return [entry for entry in batch if entry.future.set_running_or_notify_cancel()]

    def _filled(self) -> bool:
        return self._stopping or len(self._waiting) >= self._limits.pieces

    def _wanted(self, entry: Entry, now: float) -> bool:
        if entry.future.cancelled():
            self._observer.dropped(self.engine.name, "cancelled")
            return False
        if entry.deadline <= now:
            self._observer.dropped(self.engine.name, "expired")
            _fail([entry], UpstreamTimeout("The text could not be begun within the deadline. Send it as a job."))
            return False
        return True

    def _compute(self, batch: list[Entry]) -> None:
        if not batch:
            return
        started = time.monotonic()
        for entry in batch:
            self._observer.waited(self.engine.name, started - entry.submitted)
        try:
            self._generate(batch)
        except OutOfMemory as error:
            log.warning("memory_exhausted", engine=self.engine.name, pieces=len(batch), reason=str(error))
            self._halve(batch)
        except Exception as error:  # noqa: BLE001 - the one model thread outlives any defect; the request gets it
            _fail(batch, error)
        self._measure(batch, time.monotonic() - started)

    def _halve(self, batch: list[Entry]) -> None:
        """Compute a batch that did not fit in two halves, and make no batch of its size again."""
        self._observer.dropped(self.engine.name, "out_of_memory")
        middle = len(batch) // 2
        if not middle:
            _fail(batch, NotReady(_NO_MEMORY))
            return
        self._limits = BatchLimits(middle, self._limits.padded_tokens)
        for half in (batch[:middle], batch[middle:]):
            try:
                self._generate(half)
            except OutOfMemory:
                _fail(half, NotReady(_NO_MEMORY))
            except Exception as error:  # noqa: BLE001 - as above
                _fail(half, error)

    def _end(self, problem: str) -> None:
        self.state, self.problem = "failed", problem

    def _generate(self, batch: Sequence[Entry]) -> None:
        outputs = self.engine.generate([entry.piece for entry in batch])
        for entry, output in zip(batch, outputs, strict=True):
            entry.future.set_result(output)

    def _measure(self, batch: Sequence[Entry], seconds: float) -> None:
        done = [entry for entry in batch if entry.future.exception() is None]
        written = sum(entry.future.result().tokens for entry in done)
        self._observer.batch_done(
            self.engine.name, len(batch), sum(entry.piece.cost for entry in batch), written, seconds
        )
        rate = sum(entry.weight for entry in done) / max(seconds, 1e-6)
        if done:
            self._rate = rate if self._rate is None else self._rate + _SMOOTHING * (rate - self._rate)


def weight_of(piece: Piece) -> int:
    """What the rate is measured in: tokens read, or characters where there are none."""
    return len(piece.ids) or len(piece.text)


def _fail(entries: Sequence[Entry], error: BaseException) -> None:
    for entry in entries:
        try:
            entry.future.set_exception(error)
        except (InvalidStateError, CancelledError):
            continue  # cancelled meanwhile, or already answered
