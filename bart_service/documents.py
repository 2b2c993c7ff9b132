"""Summarises a text of any length through a window of fixed size: chunks, their summaries, a summary of those.

Knows no HTTP. Asks a worker for each part, at most a few at a time, so that one long text cannot fill the queue.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import Any

from bart_service.engine import Generation, NeuralBatchEngine, Output, Piece
from bart_service.worker import ModelWorker, Priority
from modelkit.engine import TICK_S, Length, Part, Request
from textkit import chunks

FINAL_PARTS: dict[Length, int] = {"short": 1, "medium": 1, "long": 3}
SHORT = (20, 60)
_LEVELS = 8
_SLACKS = (1.05, 1.15, 1.3)


@dataclass(frozen=True)
class Plan:
    """How a text is cut: the chunks of the first level and their weight in tokens."""

    texts: tuple[str, ...]
    weight: int


def cut(engine: NeuralBatchEngine, text: str, parts: int = 1) -> Plan:
    """Cut a text into chunks that fit the engine's window, all of about the same size, at least `parts` if it is long.

    Every sentence is in a chunk; one longer than the window is cut with an overlap.
    """
    total = engine.count_tokens([text])[0] if len(text) < 8 * engine.window else 0
    if parts == 1 and 0 < total <= engine.window:
        return Plan((text,), total)
    count = _Counter(engine)
    packed = chunks.pack(text, count.one, engine.window, count_many=count.many)
    total = sum(chunk.tokens for chunk in packed)
    wanted = max(parts, math.ceil(total / engine.window))
    for slack in _SLACKS:  # sentences do not divide evenly: the tightest budget that needs no chunk more
        budget = min(engine.window, math.ceil(total / wanted * slack))
        even = chunks.pack(text, count.one, budget, count_many=count.many)
        if len(even) <= max(len(packed), parts):
            packed = even
            break
    return Plan(tuple(chunk.text for chunk in packed), total)


class _Counter:
    """Counts tokens, and remembers: a text is packed more than once."""

    def __init__(self, engine: NeuralBatchEngine) -> None:
        self._count, self._known = engine.count_tokens, dict[str, int]()

    def one(self, text: str) -> int:
        return self.many([text])[0]

    def many(self, texts: Sequence[str]) -> list[int]:
        new = list({text for text in texts if text not in self._known})
        self._known.update(zip(new, self._count(new) if new else [], strict=True))
        return [self._known[text] for text in texts]


def summarise(
    worker: ModelWorker, engine: NeuralBatchEngine, plan: Plan, request: Request, *, final: int, wanted: Generation
) -> Iterator[Part | None]:
    """Each part as it is finished, level by level; those of the last level together, in order, are the summary.

    The last level has at most `final` parts, each as long as `wanted` says. None while nothing is finished. Closed
    early, it cancels what waits in the queue. Raises as `ModelWorker.submit` does.
    """
    texts, level = plan.texts, 0
    while len(texts) > final and level < _LEVELS:
        done: list[str] = [""] * len(texts)
        pieces = [piece_of(engine, text, _part_generation(engine, wanted)) for text in texts]
        for part in _run_level(worker, pieces, request, level):
            if part is not None:
                done[part.part - 1] = part.summary
            yield part
        texts = cut(engine, "\n\n".join(text for text in done if text) or texts[0]).texts
        level += 1
    if len(texts) < final:
        texts = cut(engine, "\n\n".join(texts), _worthwhile(engine, texts, final)).texts
    yield from _run_level(worker, [piece_of(engine, text, wanted) for text in texts], request, level)


def _worthwhile(engine: NeuralBatchEngine, texts: Sequence[str], final: int) -> int:
    """How many parts a short text is cut into when several are wanted: each at least a quarter of the window."""
    return max(1, min(final, sum(engine.count_tokens(texts)) // (engine.window // 4)))


def generation_for(engine: NeuralBatchEngine, length: Length, **given: int) -> Generation:
    """The checkpoint's own settings, its lengths replaced for `short`, and by what a request gives."""
    settings = engine.generation
    if length == "short":
        settings = replace(settings, min_tokens=min(SHORT[0], settings.min_tokens), max_tokens=SHORT[1])
    chosen: dict[str, Any] = dict(given)
    if "max_tokens" in chosen and "min_tokens" not in chosen:
        chosen["min_tokens"] = min(settings.min_tokens, chosen["max_tokens"])
    if "min_tokens" in chosen and "max_tokens" not in chosen:
        chosen["max_tokens"] = max(settings.max_tokens, chosen["min_tokens"])
    return replace(settings, **chosen)


def piece_of(engine: NeuralBatchEngine, text: str, generation: Generation) -> Piece:
    """A text that fits the window, as the engine takes it."""
    ids = engine.encode(text)
    return Piece(text, ids, generation=generation.within(len(ids)))


def _part_generation(engine: NeuralBatchEngine, wanted: Generation) -> Generation:
    """Parts are summarised at the checkpoint's usual lengths: the request's lengths are the whole summary's.

    Never to more than a quarter of the window, so that each level is much shorter than the one before.
    """
    usual = engine.generation
    highest = min(usual.max_tokens, max(1, engine.window // 4))
    return replace(wanted, min_tokens=min(usual.min_tokens, highest // 2), max_tokens=highest)


def _run_level(worker: ModelWorker, pieces: Sequence[Piece], request: Request, level: int) -> Iterator[Part | None]:
    for item in run(worker, pieces, request):
        yield None if item is None else Part(level, item[0] + 1, len(pieces), item[1].text)


def run(worker: ModelWorker, pieces: Sequence[Piece], request: Request) -> Iterator[tuple[int, Output] | None]:
    """(index, output) of each piece as it is done, the longest first, a window of two batches at a time.

    None when nothing was done for `TICK_S` seconds. Closed early, it cancels what waits in the queue.
    """
    interactive = len(pieces) == 1 and not request.background
    priority = Priority.INTERACTIVE if interactive else Priority.BACKGROUND
    order = iter(sorted(range(len(pieces)), key=lambda index: -pieces[index].cost))
    running: dict[Future[Output], int] = {}
    try:
        while True:
            while len(running) < worker.window and (index := next(order, None)) is not None:
                running[worker.submit(pieces[index], deadline=request.deadline, priority=priority)] = index
            if not running:
                return
            done = wait(running, timeout=TICK_S, return_when=FIRST_COMPLETED).done
            if not done:
                yield None
            for future in done:
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()
