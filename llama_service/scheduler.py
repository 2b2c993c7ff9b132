"""Continuous batching: one thread owns the model, and prompts and answers of many clients share its batches.

Each step computes a piece of the oldest prompts or a token of every answer being written. The pieces are kept small
enough for a step to stay short, so that a cancelled prompt is gone at the next one, and answers wait no longer than a
second for prompts, so that no answer stalls behind a long prompt.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Sequence

import numpy as np

from llama_service.admission import Admission
from llama_service.backend import Backend, DecodeFailed, as_tokens
from llama_service.engine import NoToken, Tokens
from llama_service.prompt_cache import PromptCache, State, common_prefix
from llama_service.slot import Slot
from llama_service.worker_metrics import WorkerMetrics
from servicekit import logs
from servicekit.problems import ProblemError, UpstreamFailed

STEP_S = 0.5
PAUSE_S, PAUSE_STEPS = 1.0, 16
_TILE = 16  # rows that llama.cpp's matrix kernels take at once; those left over cost more than twice as much
_FIRST_ROWS = 64
_ROWS_STEP = 32
_MOST_FAILURES = 3
log = logs.get_logger(__name__)


class Pace:
    """How many rows of prompts are computed at once: as many as fit in `STEP_S` at the speed of the last ones."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.rows = min(most, _FIRST_ROWS)

    def saw(self, rows: int, seconds: float) -> None:
        """Learn from a batch of so many rows, unless it has too few to be representative."""
        if rows * 2 < self.rows:
            return
        fitting = int(STEP_S * rows / max(seconds, 1e-6)) // _ROWS_STEP * _ROWS_STEP
        self.rows = max(min(_ROWS_STEP, self._most), min(fitting, self.rows * 4, self._most))


class Pause:
    """How long answers wait while prompts are read: as long as a few of their steps take, and a second at most.

    More answers are then written in each step, and all arrive sooner: on a CPU, a step of four takes little more than
    twice the time of a step of one (see docs/llama.md).
    """

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self, step_s: float) -> None:
        """Begin after a step in which every answer got a token, and which took `step_s` seconds."""
        self._until = time.monotonic() + min(PAUSE_STEPS * step_s, PAUSE_S)

    def is_over(self) -> bool:
        """Whether the answers have waited long enough."""
        return time.monotonic() >= self._until


def _in_order(slots: Iterable[Slot]) -> list[Slot]:
    """Slots by their sequence: llama.cpp computes a run of adjacent sequences together, any others apart."""
    return sorted(slots, key=lambda slot: slot.index)


def _share(unread: int, most: int) -> int:
    """The first of as few nearly equal pieces as a prompt needs, in whole tiles of `_TILE` rows, none over `most`."""
    pieces = -(-unread // most)
    return min(unread, most, -(-unread // pieces // _TILE) * _TILE)


class Scheduler:
    """Owns a backend's sequences. Every method runs in the backend's own thread."""

    def __init__(
        self,
        backend: Backend,
        admission: Admission,
        metrics: WorkerMetrics,
        *,
        slots: int,
        head: Sequence[int],
        cache_bytes: int,
    ) -> None:
        self._backend = backend
        self._admission = admission
        self._metrics = metrics
        self._free = list(range(slots))
        self._slots: list[Slot] = []
        self._pace = Pace(backend.options.n_batch)
        self._pause = Pause()
        self._cache = PromptCache(cache_bytes)
        self._failures = 0
        self._head = as_tokens(head)
        self._head_state: State | None = None
        self._head_sequence = slots
        self._read_head()

    def run(self) -> None:
        """Serve tickets until the admission is closed.

        Raises:
            DecodeFailed: several batches in a row could not be computed.
        """
        while not self._admission.closed:
            self._drop_cancelled()
            self._admit()
            if self._slots:
                self._step()
            elif not self._admission.wait():
                return

    def close(self, problem: ProblemError) -> None:
        """End all work with a problem."""
        for slot in list(self._slots):
            slot.ticket.deliver(problem)
            self._release(slot)

    def _read_head(self) -> None:
        """Compute the tokens that begin every prompt, once."""
        size = len(self._head)
        if size == 0:
            return
        unified = self._backend.options.kv_unified
        sequence = self._head_sequence if unified else 0
        step = self._backend.options.n_batch
        for start in range(0, size, step):
            piece = self._head[start : start + step]
            positions = np.arange(start, start + len(piece), dtype=np.int32)
            outputs = np.zeros(len(piece), dtype=np.int8)
            self._backend.decode(piece, positions, np.full(len(piece), sequence, dtype=np.int32), outputs)
        if not unified:
            self._head_state = self._backend.state(sequence)
            self._backend.forget(sequence)

    def _drop_cancelled(self) -> None:
        for slot in [slot for slot in self._slots if slot.ticket.cancelled.is_set()]:
            self._metrics.cancelled.inc()
            self._release(slot)

    def _admit(self) -> None:
        while self._free and (ticket := self._admission.take()) is not None:
            index = heapq.heappop(self._free)
            try:
                known = self._prepare(index, ticket.prompt)
                self._slots.append(Slot(index, ticket, self._backend, known))
            except ValueError:
                heapq.heappush(self._free, index)
                ticket.deliver(UpstreamFailed("The model cannot write this kind of answer."))
                log.error("slot_failed", reason="grammar refused")
                continue
            ticket.started = time.monotonic()
            self._metrics.queue_seconds.observe(ticket.started - ticket.created)
        self._metrics.queue_length.set(len(self._admission))
        self._metrics.slots_in_use.set(len(self._slots))

    def _prepare(self, index: int, prompt: Tokens) -> int:
        """Load the longest known prefix of a prompt into a sequence; returns how many tokens that is."""
        most = len(prompt) - 1  # the last token is always computed: its logits begin the answer
        known, state = self._cache.longest(prompt)
        head = common_prefix(self._head, prompt)
        if known > head and state is not None and self._restored(index, state, min(known, most)):
            self._metrics.cache_hits.inc()
            return min(known, most)
        if self._head_state is not None:
            return min(head, most) if self._restored(index, self._head_state, min(head, most)) else 0
        if head and self._backend.options.kv_unified:
            self._backend.share(self._head_sequence, index)
            return min(head, most) if self._cut(index, min(head, most)) else 0
        return 0

    def _restored(self, index: int, state: State, known: int) -> bool:
        return self._backend.restore(index, state) and self._cut(index, known)

    def _cut(self, index: int, known: int) -> bool:
        """Shorten a sequence; emptied, and False, where this model's memory cannot be cut."""
        if self._backend.forget(index, known):
            return True
        self._backend.forget(index)
        return False

    def _step(self) -> None:
        """Compute a piece of the prompts, or the next token of every answer.

        Never both in one batch: it would be computed in two passes anyway where each sequence has its own buffer, and
        was measured slower where they share one (see docs/llama.md).
        """
        pieces = self._pieces()
        writing = [
            (slot, as_tokens([token])) for slot in _in_order(self._slots) if (token := slot.next_token) is not None
        ]
        if pieces and not (writing and self._pause.is_over()):
            self._read(pieces)
        else:
            self._write_on(writing)

    def _pieces(self) -> list[tuple[Slot, Tokens]]:
        """As much of the oldest prompt as the pace allows, and as much of others beside it as there is room for.

        Equal pieces, because llama.cpp computes sequences of different lengths apart, and of whole tiles.
        """
        reading = [slot for slot in self._slots if slot.unread]
        if not reading:
            return []
        size = _share(reading[0].unread, self._pace.rows)
        beside = [slot for slot in reading[1:] if slot.unread >= size]
        together = [reading[0], *beside[: self._pace.rows // size - 1]]
        return [(slot, slot.ticket.prompt[slot.position : slot.position + size]) for slot in _in_order(together)]

    def _read(self, pieces: Sequence[tuple[Slot, Tokens]]) -> None:
        rows, started = sum(len(piece) for _, piece in pieces), time.perf_counter()
        if self._compute(pieces):
            seconds = time.perf_counter() - started
            self._pace.saw(rows, seconds)
            self._admission.speed.read(rows, seconds)
            self._metrics.prompt_tokens.inc(rows)
            self._write([slot for slot, _ in pieces if not slot.unread])

    def _write_on(self, writing: Sequence[tuple[Slot, Tokens]]) -> None:
        started = time.perf_counter()
        if self._compute(writing):
            seconds = time.perf_counter() - started
            self._pause.begin(seconds)
            self._admission.speed.wrote(seconds)
            self._write([slot for slot, _ in writing])

    def _compute(self, plan: Sequence[tuple[Slot, Tokens]]) -> bool:
        """Compute one batch; the last token of each slot has logits, unless its prompt goes on. False if it failed."""
        tokens = np.concatenate([rows for _, rows in plan])
        positions = np.concatenate([np.arange(slot.position, slot.position + len(rows)) for slot, rows in plan])
        sequences = np.concatenate([np.full(len(rows), slot.index) for slot, rows in plan])
        outputs = np.zeros(len(tokens), dtype=np.int8)
        ends = np.cumsum([len(rows) for _, rows in plan]) - 1
        outputs[ends] = [slot.unread <= len(rows) for slot, rows in plan]
        try:
            self._backend.decode(tokens, positions, sequences, outputs)
        except DecodeFailed as error:
            self._lose([slot for slot, _ in plan], len(tokens), error)
            return False
        self._failures = 0
        for slot, rows in plan:
            slot.position += len(rows)
        self._metrics.batch_rows.observe(len(tokens))
        return True

    def _write(self, answers: Sequence[Slot]) -> None:
        if not answers:
            return
        logits = self._backend.logits(len(answers))
        likeliest = logits.argmax(axis=1)
        self._metrics.generated_tokens.inc(len(answers))
        for row, slot in enumerate(answers):
            if slot.next_token is None:
                self._keep(slot)
            try:
                ending = slot.write(logits[row], int(likeliest[row]))
            except NoToken:
                slot.ticket.deliver(UpstreamFailed("The model cannot go on with this text. Use the engine extractive."))
                self._release(slot)
                continue
            if ending is not None:
                self._release(slot)

    def _keep(self, slot: Slot) -> None:
        """The prompt is read: record the time, and cache its state for the next prompt with the same prefix."""
        self._metrics.first_token_seconds.observe(time.monotonic() - slot.ticket.created)
        size = len(slot.ticket.prompt)
        if size - slot.cached < _ROWS_STEP or not self._cache.takes(self._backend.state_bytes * size):
            return
        self._cache.put(slot.ticket.prompt, self._backend.state(slot.index))
        self._metrics.cache_bytes.set(self._cache.bytes)

    def _release(self, slot: Slot) -> None:
        self._backend.forget(slot.index)
        slot.close()
        self._slots.remove(slot)
        heapq.heappush(self._free, slot.index)
        self._metrics.cached_tokens.inc(slot.cached)
        seconds = time.monotonic() - slot.ticket.started
        self._admission.served(seconds)
        self._metrics.inference_seconds.observe(seconds)
        self._metrics.slots_in_use.set(len(self._slots))

    def _lose(self, slots: Sequence[Slot], rows: int, error: DecodeFailed) -> None:
        log.error("batch_failed", reason=str(error), rows=rows)
        self._metrics.failed.inc()
        self._failures += 1
        for slot in slots:
            slot.ticket.deliver(UpstreamFailed("The model could not compute this text. Try again."))
            self._release(slot)
        if self._failures >= _MOST_FAILURES:
            raise error
