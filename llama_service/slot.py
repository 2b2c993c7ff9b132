"""One sequence in the context: how much of its prompt is read, and the answer it is writing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from llama_service.backend import Backend
from llama_service.listing import ListConstraint
from llama_service.text_stream import TextStream
from llama_service.ticket import Ending, Finished, Ticket
from modelkit.engine import Usage


class Slot:
    """A ticket at work in sequence `index`.

    Args:
        known: tokens at the beginning of the prompt whose state the sequence has already.
    """

    def __init__(self, index: int, ticket: Ticket, backend: Backend, known: int) -> None:
        self.index = index
        self.ticket = ticket
        self.cached = known
        self.position = known
        self.generated = 0
        self.next_token: int | None = None
        self._backend = backend
        self._text = TextStream(() if ticket.points else ticket.generation.stop)
        self._sampler = backend.sampler(ticket.generation)
        self._list = ListConstraint(backend, ticket.points, ticket.max_tokens) if ticket.points else None

    @property
    def unread(self) -> int:
        """Tokens of the prompt still to be computed."""
        return max(0, len(self.ticket.prompt) - self.position)

    @property
    def plain(self) -> bool:
        """Whether the next token is simply the likeliest."""
        return self._sampler.greedy and self._list is None and self.generated > 0

    def write(self, logits: NDArray[np.float32], likeliest: int) -> Ending | None:
        """Pick the next token and deliver its text; returns the ending, if the answer ends with it.

        Raises:
            NoToken: none can come next.
        """
        token, piece = self._pick(logits, likeliest)
        if not piece and self._backend.is_end(token):
            return self._finish("stop")
        self.generated += 1
        self.next_token = token
        text = self._text.add(piece)
        if text:
            self.ticket.deliver(text)
        if self._text.stopped or (self._list is not None and self._list.done):
            return self._finish("stop")
        return self._finish("length") if self.generated >= self.ticket.max_tokens else None

    def usage(self) -> Usage:
        """Tokens used so far."""
        return Usage(len(self.ticket.prompt), self.cached, self.generated)

    def close(self) -> None:
        """Free what it holds in llama.cpp."""
        self._sampler.close()
        if self._list is not None:
            self._list.close()

    def _pick(self, logits: NDArray[np.float32], likeliest: int) -> tuple[int, bytes]:
        if self._list is not None:
            return self._list.pick(logits, self._sampler)
        token = likeliest if self.plain else self._sampler.pick(self._begun(logits))
        return token, self._backend.piece(token)

    def _begun(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits in which no answer ends before it began."""
        if self.generated:
            return logits
        started = logits.copy()
        started[self._backend.end_tokens] = -np.inf
        return started

    def _finish(self, ending: Ending) -> Ending:
        held = self._text.finish()
        if held:
            self.ticket.deliver(held)
        self.ticket.deliver(Finished(ending, self.usage()))
        return ending
