"""The engine that asks the model: one prompt for a text that fits the context, map and reduce for a longer one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

import numpy as np

from llama_service.engine import Generation
from llama_service.listing import FEWEST_TOKENS_PER_POINT, TOKENS_PER_POINT, ListReader
from llama_service.prompts import notes_task, points_task, summary_task
from llama_service.ticket import Finished, Ticket
from llama_service.worker import Loaded, Worker
from modelkit.engine import Event, Progress, Request, Result, Status, Token, Usage
from servicekit.operations import refuse
from servicekit.problems import InvalidInput, NotReady, TooLarge, UpstreamFailed
from textkit import chunks

ANSWER_TOKENS = {"short": 120, "medium": 240, "long": 480}
NOTES_TOKENS = 200
_SPARE_TOKENS = 16
_MOST_CHARACTERS_PER_TOKEN = 8


class NeuralEngine:
    """Summaries and key points by the model of a worker.

    Args:
        max_tokens: the longest answer a request may ask for.
        max_parts: the most parts a text may be read in.
        parts_at_once: how many of a request's parts are at work together, so that one book leaves room for others.
    """

    name = "llama_cpp"

    def __init__(self, worker: Worker, *, max_tokens: int, max_parts: int, parts_at_once: int) -> None:
        self.model = worker.model.name
        self._worker = worker
        self._max_tokens = max_tokens
        self._max_parts = max_parts
        self._parts_at_once = parts_at_once

    def status(self) -> Status:
        """What the model runs with, or why it does not."""
        worker = self._worker
        loaded = worker.loaded
        device = loaded.device if loaded else "none"
        return Status(self.name, self.model, device, worker.state, worker.problem, loaded.limits if loaded else {})

    def start(self) -> None:
        """Begin to load; returns at once."""
        self._worker.start()

    def close(self) -> None:
        """End all work and free the model."""
        self._worker.close()

    def answer(self, request: Request) -> Iterator[Event]:
        """A summary, or exactly as many key points as asked for, of a text of any length.

        Raises:
            InvalidInput: `max_tokens` is out of bounds.
            TooLarge: the text has more parts than a request may have.
            Busy, NotReady: the model cannot take it now.
        """
        loaded = self._loaded()
        generation = Generation(**{**request.options, "stop": tuple(request.options.get("stop", ()))})
        answer = self._points if request.count else self._summary
        yield from answer(loaded, request, generation)

    def _summary(self, loaded: Loaded, request: Request, generation: Generation) -> Iterator[Event]:
        usual = min(ANSWER_TOKENS[request.length], loaded.n_ctx // 4)
        most = self._answer_tokens(loaded, generation.max_tokens, usual)
        task = summary_task(request.length)
        text, parts, usage = yield from self._condense(loaded, request.text, task, most)
        written: list[str] = []
        usage += yield from _run(
            self._submit(loaded, task, text, most, generation), lambda piece: _begin(piece, written)
        )
        summary = "".join(written).strip()
        if not summary:
            raise UpstreamFailed("The model wrote nothing for this text. Use the engine extractive.")
        yield Result(self.name, self.model, (summary,), parts, usage)

    def _points(self, loaded: Loaded, request: Request, generation: Generation) -> Iterator[Event]:
        count = request.count
        usual = min(count * TOKENS_PER_POINT, loaded.n_ctx // 2)
        most = self._answer_tokens(loaded, generation.max_tokens, usual, count * FEWEST_TOKENS_PER_POINT)
        task = points_task(count)
        text, parts, usage = yield from self._condense(loaded, request.text, task, most)
        reader = ListReader()
        usage += yield from _run(self._submit(loaded, task, text, most, generation, count), reader.add)
        yield Result(self.name, self.model, tuple(reader.points), parts, usage)

    def _loaded(self) -> Loaded:
        loaded = self._worker.loaded
        if loaded is None:
            raise NotReady(f"The model cannot serve: {self._worker.problem}.")
        self._worker.admission.check()
        return loaded

    def _answer_tokens(self, loaded: Loaded, asked: int | None, usual: int, fewest: int = 1) -> int:
        limit = min(self._max_tokens, loaded.n_ctx // 2)
        most = min(usual, limit) if asked is None else asked
        if most > limit:
            raise refuse("max_tokens", f"must be at most {limit} with this model")
        if most < fewest:
            if asked is None:
                raise InvalidInput("This model's context is too small for so many points. Ask for fewer.")
            raise refuse("max_tokens", f"must be at least {fewest} for so many points")
        return most

    def _condense(
        self, loaded: Loaded, text: str, task: str, most: int
    ) -> Generator[Event, None, tuple[str, int, Usage]]:
        """Notes in place of a text that does not fit one prompt; (text or notes, parts of the text, usage).

        Progress is that of reading the text itself, not of reading notes.
        """
        prompts, notes_most = loaded.prompts, min(NOTES_TOKENS, loaded.n_ctx // 4)
        overhead = max(prompts.overhead(task), prompts.overhead(notes_task()))
        room = loaded.n_ctx - overhead - max(most, notes_most) - _SPARE_TOKENS
        pieces = self._split(loaded, text, room)
        parts, usage = len(pieces), Usage()
        while len(pieces) > 1:
            notes, used = yield from self._notes(loaded, pieces, notes_most, announce=len(pieces) == parts)
            usage += used
            fewer = self._split(loaded, "\n\n".join(notes), room)
            if len(fewer) >= len(pieces):  # the notes did not get shorter: go on with their beginnings
                fewer = self._split(loaded, "\n\n".join(note[: len(note) // 2] for note in notes), room)
                fewer = fewer[: len(pieces) - 1]
            pieces = fewer
        return pieces[0] if pieces else "", parts, usage

    def _split(self, loaded: Loaded, text: str, room: int) -> list[str]:
        limit = self._max_parts * room
        if len(text) > limit * _MOST_CHARACTERS_PER_TOKEN:
            raise self._too_long(limit)
        tokenizer = loaded.prompts.tokenizer
        packed = chunks.pack(text, lambda piece: len(tokenizer.tokenize(piece)), room)
        if len(packed) > self._max_parts:
            raise self._too_long(limit)
        return [chunk.text for chunk in packed]

    def _too_long(self, limit: int) -> TooLarge:
        return TooLarge(
            f"The model reads at most {self._max_parts} parts a request, about {limit:,} tokens. "
            "Send a shorter text, or use the engine extractive.",
            limit_tokens=limit,
        )

    def _notes(
        self, loaded: Loaded, pieces: Sequence[str], most: int, *, announce: bool
    ) -> Generator[Event, None, tuple[list[str], Usage]]:
        """Summarise each piece by itself, several at a time."""
        notes: list[str] = []
        usage = Usage()
        waiting, at_work = list(reversed(pieces)), deque[Ticket]()
        try:
            while waiting or at_work:
                while waiting and len(at_work) < self._parts_at_once:
                    at_work.append(self._submit(loaded, notes_task(), waiting.pop(), most, Generation()))
                note, used = yield from _note(at_work[0])
                at_work.popleft()
                notes.append(note)
                usage += used
                if announce:
                    yield Progress(len(notes), len(pieces))
        finally:
            for ticket in at_work:
                ticket.cancelled.set()
        return notes, usage

    def _submit(
        self, loaded: Loaded, task: str, text: str, most: int, generation: Generation, points: int = 0
    ) -> Ticket:
        prompt = loaded.prompts.build(task, text, loaded.n_ctx - most)
        generation = replace(generation, max_tokens=most)
        ticket = Ticket(np.array(prompt, dtype=np.int32), most, generation, points)
        self._worker.admission.submit(ticket)
        return ticket


def _run(ticket: Ticket, read: Callable[[str], str]) -> Generator[Event, None, Usage]:
    """The tokens that `read` makes of a ticket's text, to its end. Closed early, it cancels the ticket."""
    try:
        while not isinstance(item := ticket.take(), Finished):
            yield None if item is None else Token(read(item))
        return item.usage
    finally:
        ticket.cancelled.set()


def _note(ticket: Ticket) -> Generator[Event, None, tuple[str, Usage]]:
    written: list[str] = []
    while not isinstance(item := ticket.take(), Finished):
        if item is not None:
            written.append(item)
        yield None
    return "".join(written).strip(), item.usage


def _begin(piece: str, written: list[str]) -> str:
    """Append a piece to the text; white space before its first word is dropped."""
    shown = piece if written else piece.lstrip()
    if shown:
        written.append(shown)
    return shown
