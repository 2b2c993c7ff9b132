"""Decides which engine answers a request, and runs it. Knows no HTTP."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from bart_service import documents
from bart_service.documents import Part, Patience
from bart_service.engine import Length, NeuralEngine, Output, Piece
from bart_service.worker import ModelWorker
from textkit import extractive, sentences

Wanted = Literal["auto", "extractive", "neural"]
_SENTENCES_A_PART = 3
_REDUCE_SHARE = 1.2  # the levels above the first, as measured on books: a sixth of the first, rounded up


class Unavailable(Exception):
    """The engine asked for cannot answer; the text says why and what to do.

    `.loading` if it soon will, `.absent` if there is none.
    """

    def __init__(self, reason: str, *, loading: bool = False, absent: bool = False) -> None:
        super().__init__(reason)
        self.loading = loading
        self.absent = absent


class TooLong(Exception):
    """More parts than the neural engine takes in one request."""

    def __init__(self, parts: int, limit: int) -> None:
        super().__init__(f"{parts} parts, the limit is {limit}")
        self.parts, self.limit = parts, limit


class TooSlow(Exception):
    """Alone on this machine the work would take longer than the caller waits; `.seconds` is the estimate."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Request:
    """What to summarise, and how."""

    text: str
    length: Length = "medium"
    engine: Wanted = "auto"
    generation: dict[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """A summary and what made it; `parts` counts the chunks the text was cut into."""

    text: str
    engine: str
    model: str
    parts: int
    points: tuple[str, ...] = ()


class Summariser:
    """The extractive worker, which is always there, and the neural one, if there is one.

    Args:
        why: how the engine was chosen, or why there is no neural one.
        lenient: whether `auto` is answered by the extractive engine when the neural one could not be loaded.
        max_parts: the most chunks of one text for the neural engine.
    """

    def __init__(
        self, plain: ModelWorker, neural: ModelWorker | None, *, why: str, lenient: bool = True, max_parts: int = 512
    ) -> None:
        self.plain, self.neural = plain, neural
        self._why, self._lenient, self._max_parts = why, lenient, max_parts

    def start(self) -> None:
        """Start the workers; models load in their threads."""
        for worker in self._workers():
            worker.start()

    def stop(self) -> None:
        """End the workers."""
        for worker in self._workers():
            worker.stop()

    def not_ready(self) -> str | None:
        """Why the configured engine cannot serve, or None."""
        reasons = [(worker, worker.not_ready()) for worker in self._workers()]
        return next((f"{worker.engine.name} {reason}" for worker, reason in reasons if reason), None)

    def models(self) -> list[dict[str, Any]]:
        """A row of `GET /models` for each engine."""
        selected = self.neural or self.plain
        rows = []
        for worker in self._workers():
            info, reason = worker.engine.info(), worker.not_ready()
            why = self._why if worker is selected else "always there, and needs no weights"
            rows.append(
                {
                    "engine": info.engine,
                    "model": info.model,
                    "device": info.device,
                    "loaded": reason is None,
                    "selected": worker is selected,
                    "why": f"{why}; it {reason}" if reason else why,
                    "limits": info.limits,
                    "card": info.card,
                }
            )
        return rows

    def summarise(self, request: Request, patience: Patience) -> Iterator[Part | Summary]:
        """The parts as they are finished (of a text that needs several), then the summary.

        Raises, before the first item or between two: Unavailable, TooLong, TooSlow, worker.QueueFull, worker.Expired,
        documents.ClientGone, ValueError for lengths that contradict each other.
        """
        worker = self._choose(request.engine)
        if worker is self.neural:
            try:
                yield from self._neural_summary(worker, request, patience)
                return
            except (TooLong, TooSlow):
                if request.engine == "neural":
                    raise
        piece = Piece(request.text, length=request.length)
        output = self._extract(piece, patience)
        yield self._result(self.plain, output.text, parts=1)

    def points(self, request: Request, count: int, patience: Patience) -> Summary:
        """Up to `count` key points; raises as `summarise` does."""
        worker = self._choose(request.engine)
        if worker is self.neural:
            try:
                return self._neural_points(worker, request, count, patience)
            except (TooLong, TooSlow):
                if request.engine == "neural":
                    raise
        output = self._extract(Piece(request.text, task="points", count=count), patience)
        return self._result(self.plain, output.text, parts=1, points=output.points)

    def _workers(self) -> list[ModelWorker]:
        return [self.plain, *([self.neural] if self.neural else [])]

    def _choose(self, wanted: Wanted) -> ModelWorker:
        if wanted == "extractive":
            return self.plain
        if self.neural is None:
            if wanted == "neural":
                raise Unavailable(self._why, absent=True)
            return self.plain
        reason = self.neural.not_ready()
        if reason is None:
            return self.neural
        if wanted == "auto" and self._lenient and not self.neural.loading:
            return self.plain
        raise Unavailable(f"{self.neural.engine.name} {reason}", loading=self.neural.loading)

    def _extract(self, piece: Piece, patience: Patience) -> Output:
        with self.plain.admit() as weigh:
            weigh(len(piece.text))
            return documents.one(self.plain, piece, patience)

    def _neural_summary(self, worker: ModelWorker, request: Request, patience: Patience) -> Iterator[Part | Summary]:
        engine = cast(NeuralEngine, worker.engine)
        wanted = documents.generation_for(engine, request.length, **request.generation)
        sized = any(request.generation.get(name) is not None for name in ("min_tokens", "max_tokens"))
        final = 1 if sized else documents.FINAL_PARTS[request.length]
        with worker.admit() as weigh:
            plan = self._plan(engine, request.text)
            weigh(self._weight(worker, plan.weight, patience))
            parts = documents.summarise(worker, engine, plan, final=final, wanted=wanted, patience=patience)
            summary = yield from _collect(parts, streamed=len(plan.texts) > 1)
        yield self._result(worker, " ".join(summary), parts=len(plan.texts))

    def _neural_points(self, worker: ModelWorker, request: Request, count: int, patience: Patience) -> Summary:
        """The sentences of the parts' summaries; where they are too many, those that stand for the rest."""
        engine = cast(NeuralEngine, worker.engine)
        wanted = documents.generation_for(engine, "medium", **request.generation)
        with worker.admit() as weigh:
            plan = self._plan(engine, request.text, math.ceil(count / _SENTENCES_A_PART))
            weigh(self._weight(worker, plan.weight, patience))
            parts = documents.summarise(worker, engine, plan, final=len(plan.texts), wanted=wanted, patience=patience)
            written = "\n\n".join(part.text for part in sorted(parts, key=lambda part: part.index))
        points = [" ".join(sentence.text.split()) for sentence in sentences.split(written)]
        if len(points) > count:
            points = extractive.key_points(written, count)
        return self._result(worker, "\n".join(points), parts=len(plan.texts), points=tuple(points))

    def _plan(self, engine: NeuralEngine, text: str, parts: int = 1) -> documents.Plan:
        shortest = len(text) // (engine.window * 16)
        if shortest > self._max_parts:  # not worth counting its tokens
            raise TooLong(shortest, self._max_parts)
        plan = documents.cut(engine, text, parts)
        if len(plan.texts) > self._max_parts:
            raise TooLong(len(plan.texts), self._max_parts)
        return plan

    def _weight(self, worker: ModelWorker, tokens: int, patience: Patience) -> int:
        """The weight of a request; refuses what cannot be done in time even by an idle worker."""
        weight = math.ceil(tokens * _REDUCE_SHARE)
        seconds = worker.seconds_for(weight, alone=True)
        if seconds is not None and seconds > patience.deadline - time.monotonic():
            raise TooSlow(seconds)
        return weight

    def _result(self, worker: ModelWorker, text: str, *, parts: int, points: tuple[str, ...] = ()) -> Summary:
        info = worker.engine.info()
        return Summary(text, info.engine, info.model, parts, points)


def _collect(parts: Iterator[Part], *, streamed: bool) -> Generator[Part, None, list[str]]:
    """Pass the parts on, and return the texts of the last level in order."""
    last: dict[int, str] = {}
    level = 0
    for part in parts:
        if part.level > level:
            last, level = {}, part.level
        last[part.index] = part.text
        if streamed:
            yield part
    return [last[index] for index in sorted(last)]


def count_words(text: str) -> int:
    """Runs of characters that are not white space."""
    return sum(1 for _ in re.finditer(r"\S+", text))
