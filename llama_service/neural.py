"""The engine that asks the model: one prompt, with the text, or with the best passages of one that does not fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import numpy as np

from llama_service.engine import Generation
from llama_service.listing import FEWEST_TOKENS_PER_POINT, TOKENS_PER_POINT, ListReader
from llama_service.prompts import RULES, points_task, summary_task
from llama_service.ticket import Finished, Ticket
from llama_service.worker import Loaded, Worker
from modelkit.engine import Event, Length, Passages, Progress, Request, Result, Status, Token
from servicekit.operations import refuse
from servicekit.problems import InvalidInput, NotReady, TooLarge, UpstreamFailed
from textkit import chunks, extractive, sentences

ANSWER_TOKENS = {"short": 120, "medium": 240, "long": 480}
# A summary in the text's own sentences takes about so many, of the size `long`.
_PASSAGE_TOKENS = 700
# A second attempt is shorter, and draws from the likelier tokens instead of taking the likeliest.
_SECOND_SHARE, _SECOND_TEMPERATURE = 0.75, 0.4
_SPARE_TOKENS = 16
_MOST_CHARACTERS_PER_TOKEN = 8


class NeuralEngine:
    """Summaries and key points by the model of a worker.

    Args:
        max_tokens: the longest answer a request may ask for.
        max_parts: how many times the context a text may be long.
    """

    name = "llama_cpp"
    rules = (RULES, summary_task("medium"), points_task(5))

    def __init__(self, worker: Worker, *, max_tokens: int, max_parts: int) -> None:
        self.model = worker.model.name
        self._worker = worker
        self._max_tokens = max_tokens
        self._max_parts = max_parts

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
            TooLarge: the text is longer than a request may have it.
            TooSlow: it cannot be answered before the deadline.
            Busy, NotReady: the model cannot take it now.
        """
        loaded = self._loaded()
        answer = self._points if request.count else self._summary
        yield from answer(loaded, request, _generation(request))

    def _summary(self, loaded: Loaded, request: Request, generation: Generation) -> Iterator[Event]:
        usual = min(ANSWER_TOKENS[request.length], loaded.n_ctx // 4)
        most = self._answer_tokens(loaded, generation.max_tokens, usual)
        if request.attempt:
            most = max(1, int(most * _SECOND_SHARE))
        task = summary_task(request.length)
        text, parts = yield from self._condense(loaded, request.text, task, most)
        written: list[str] = []
        ticket = self._submit(loaded, task, text, most, generation, request.deadline)
        end = yield from _run(ticket, lambda piece: _begin(piece, written))
        summary = "".join(written).strip()
        if not summary:
            raise UpstreamFailed("The model wrote nothing for this text. Use the engine extractive.")
        yield Result(self.name, self.model, (summary,), parts, end.usage, truncated=end.ending == "length")

    def _points(self, loaded: Loaded, request: Request, generation: Generation) -> Iterator[Event]:
        count = request.count
        usual = min(count * TOKENS_PER_POINT, loaded.n_ctx // 2)
        most = self._answer_tokens(loaded, generation.max_tokens, usual, count * FEWEST_TOKENS_PER_POINT)
        task = points_task(count)
        text, parts = yield from self._condense(loaded, request.text, task, most)
        reader = ListReader()
        ticket = self._submit(loaded, task, text, most, generation, request.deadline, count)
        end = yield from _run(ticket, reader.add)
        yield Result(self.name, self.model, tuple(reader.points), parts, end.usage)

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

    def _condense(self, loaded: Loaded, text: str, task: str, most: int) -> Generator[Event, None, tuple[str, int]]:
        """The text, or its best passages where it does not fit one prompt; in how many parts it was read.

        Passages are the text's own sentences: summaries of summaries add to what was made up in the first ones
        (arXiv:2502.00977).
        """
        room = loaded.n_ctx - loaded.prompts.overhead(task) - most - _SPARE_TOKENS
        limit = self._max_parts * room
        if len(text) > limit * _MOST_CHARACTERS_PER_TOKEN:
            raise self._too_long(limit)
        if len(text) <= room * _MOST_CHARACTERS_PER_TOKEN and loaded.count(text) <= room:
            return text, 1
        stretches = chunks.pack(text, len, math.ceil(len(text) / max(2, room // _PASSAGE_TOKENS)))
        length: Length = "long" if room >= _PASSAGE_TOKENS else "short"
        passages: list[str] = []
        for stretch in stretches:
            passages.append(extractive.summarise(stretch.text, length).summary)
            yield Progress(len(passages), len(stretches))
        share = room / max(1, loaded.count("\n\n".join(passages)))
        if share < 1:
            passages = [_beginning(passage, share) for passage in passages]
        yield Passages(tuple(passages))
        return "\n\n".join(passages), len(stretches)

    def _too_long(self, limit: int) -> TooLarge:
        return TooLarge(
            f"The model takes at most about {limit:,} tokens a request. "
            "Send a shorter text, order a job, or use the engine extractive.",
            limit_tokens=limit,
        )

    def _submit(
        self,
        loaded: Loaded,
        task: str,
        text: str,
        most: int,
        generation: Generation,
        deadline: float,
        points: int = 0,
    ) -> Ticket:
        prompt = loaded.prompts.build(task, text, loaded.n_ctx - most)
        generation = replace(generation, max_tokens=most)
        self._worker.admission.speed.require(len(prompt), most, deadline)
        ticket = Ticket(np.array(prompt, dtype=np.int32), most, generation, points)
        self._worker.admission.submit(ticket)
        return ticket


def _generation(request: Request) -> Generation:
    """How the request wants to be answered; a second attempt draws other tokens."""
    given = Generation(**{**request.options, "stop": tuple(request.options.get("stop", ()))})
    if not request.attempt:
        return given
    return replace(given, seed=given.seed + request.attempt, temperature=given.temperature or _SECOND_TEMPERATURE)


def _beginning(passage: str, share: float) -> str:
    """The first sentences of a passage, about this share of it."""
    found = [sentence.text for sentence in sentences.split(passage)]
    return sentences.join(found[: max(1, int(len(found) * share))])


def _run(ticket: Ticket, read: Callable[[str], str]) -> Generator[Event, None, Finished]:
    """The tokens that `read` makes of a ticket's text, to its end. Closed early, it cancels the ticket."""
    try:
        while not isinstance(item := ticket.take(), Finished):
            yield None if item is None else Token(read(item))
        return item
    finally:
        ticket.cancelled.set()


def _begin(piece: str, written: list[str]) -> str:
    """Append a piece to the text; white space before its first word is dropped."""
    shown = piece if written else piece.lstrip()
    if shown:
        written.append(shown)
    return shown
