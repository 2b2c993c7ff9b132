"""The engines of the BART worker: a text cut into pieces, which wait in the queue of the thread that owns a model."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import cast

from bart_service import documents
from bart_service.engine import Generation, NeuralBatchEngine, Piece
from bart_service.worker import ModelWorker
from modelkit.engine import Event, Part, Progress, Request, Result, Status, TooSlow
from modelkit.large_texts import LARGE, LargeTexts
from servicekit.problems import TooLarge
from textkit import extractive, sentences

_SENTENCES_A_PART = 3
_SECOND_SHARE = 0.75
_REDUCE_SHARE = 1.2  # the levels above the first, as measured on books: a sixth of the first, rounded up


class QueuedEngine:
    """What both engines have in common: their worker. They have no prompt, so no rules either."""

    rules = ()

    def __init__(self, worker: ModelWorker) -> None:
        self.worker = worker
        self.name = worker.engine.name

    def start(self) -> None:
        """Begin to load; returns at once."""
        self.worker.start()

    def close(self) -> None:
        """End all work and the worker's thread."""
        self.worker.stop()

    def status(self) -> Status:
        """What the model runs with, or why it does not."""
        return replace(self.worker.engine.status(), state=self.worker.state, problem=self.worker.problem)

    def _result(self, texts: tuple[str, ...], parts: int = 1) -> Result:
        status = self.worker.engine.status()
        return Result(status.engine, status.model, texts, parts)


class ExtractiveEngine(QueuedEngine):
    """Texts of any length, whole; large ones in child processes, so that short ones never wait for them."""

    def __init__(self, worker: ModelWorker) -> None:
        super().__init__(worker)
        self._large = LargeTexts()

    def answer(self, request: Request) -> Iterator[Event]:
        """The result; raises as `ModelWorker.admit` and `submit` and `LargeTexts.extract` do."""
        if len(request.text) > LARGE:
            yield self._result((yield from self._large.extract(request.text, request.length, request.count)))
            return
        piece = Piece(request.text, length=request.length, count=request.count)
        with self.worker.admit() as weigh:
            weigh(len(piece.text))
            for item in documents.run(self.worker, [piece], request):
                if item is None:
                    yield None
                else:
                    output = item[1]
                    yield self._result(output.points if request.count else (output.text,))


class NeuralEngine(QueuedEngine):
    """Texts of up to `max_parts` chunks, through the model's window."""

    def __init__(self, worker: ModelWorker, max_parts: int) -> None:
        super().__init__(worker)
        self._max_parts = max_parts

    def answer(self, request: Request) -> Iterator[Event]:
        """The parts as they are finished (of a text that needs several), then the result.

        Raises:
            TooLarge: the text has too many parts.
            TooSlow: even an idle worker would need longer than the caller waits.
            ProblemError: as `ModelWorker.admit` and `submit` raise.
        """
        engine = cast(NeuralBatchEngine, self.worker.engine)
        wanted = documents.generation_for(engine, request.length, **request.options)
        if request.attempt:
            wanted = _stricter(wanted)
        with self.worker.admit() as weigh:
            plan = self._plan(engine, request)
            weigh(self._weight(plan.weight, request.deadline))
            final = len(plan.texts) if request.count else _final_parts(request)
            parts = documents.summarise(self.worker, engine, plan, request, final=final, wanted=wanted)
            written = yield from _follow(parts, streamed=len(plan.texts) > 1)
        texts = _points(written, request.count) if request.count else (" ".join(written),)
        yield self._result(texts, len(plan.texts))

    def _plan(self, engine: NeuralBatchEngine, request: Request) -> documents.Plan:
        shortest = len(request.text) // (engine.window * 16)
        if shortest > self._max_parts:  # not worth counting its tokens
            raise self._too_large(shortest)
        plan = documents.cut(engine, request.text, max(1, math.ceil(request.count / _SENTENCES_A_PART)))
        if len(plan.texts) > self._max_parts:
            raise self._too_large(len(plan.texts))
        return plan

    def _too_large(self, parts: int) -> TooLarge:
        return TooLarge(
            f"The text has {parts:,} parts; the model takes at most {self._max_parts:,}. Use engine extractive."
        )

    def _weight(self, tokens: int, deadline: float) -> int:
        """The weight of a request; refuses what cannot be done in time even by an idle worker."""
        weight = math.ceil(tokens * _REDUCE_SHARE)
        seconds = self.worker.seconds_for(weight, alone=True)
        if seconds is not None and seconds > deadline - time.monotonic():
            raise TooSlow(
                f"The model would need about {seconds:.0f} seconds for this text, longer than the deadline."
                " Send it as a job, or with engine extractive."
            )
        return weight


def _stricter(wanted: Generation) -> Generation:
    """For a second attempt: shorter, with no least length to fill, and no three words twice."""
    most = max(1, int(wanted.max_tokens * _SECOND_SHARE))
    return replace(wanted, min_tokens=0, max_tokens=most, no_repeat_ngram_size=3)


def _final_parts(request: Request) -> int:
    """How many parts the last level has: one where the request sets the summary's lengths."""
    sized = {"min_tokens", "max_tokens"} & set(request.options)
    return 1 if sized else documents.FINAL_PARTS[request.length]


def _follow(parts: Iterator[Part | None], *, streamed: bool) -> Generator[Event, None, list[str]]:
    """Pass the parts on with the progress of reading the text; returns the texts of the last level in order."""
    last: dict[int, str] = {}
    level = 0
    for part in parts:
        if part is None:
            yield None
            continue
        if part.level > level:
            last, level = {}, part.level
        last[part.part] = part.summary
        if streamed:
            yield part
            if level == 0:
                yield Progress(len(last), part.parts)
    return [last[index] for index in sorted(last)]


def _points(written: list[str], count: int) -> tuple[str, ...]:
    """The sentences of the parts' summaries; where they are too many, those that stand for the rest."""
    text = "\n\n".join(written)
    points = [" ".join(sentence.text.split()) for sentence in sentences.split(text)]
    return tuple(points if len(points) <= count else extractive.key_points(text, count))
