"""One prompt on its way through the scheduler: the request, and the queue of the text that comes back."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Literal

from llama_service.engine import Generation, Tokens
from modelkit.engine import TICK_S, Usage
from servicekit.problems import ProblemError

Ending = Literal["stop", "length"]


@dataclass(frozen=True)
class Finished:
    """The end of an answer: `length` if its token budget ended it."""

    ending: Ending
    usage: Usage


@dataclass(eq=False)
class Ticket:
    """A prompt of `prompt` tokens to be answered in at most `max_tokens`; as a list of `points` strings, if not 0."""

    prompt: Tokens
    max_tokens: int
    generation: Generation = field(default_factory=Generation)
    points: int = 0
    created: float = field(default_factory=time.monotonic)
    started: float = 0.0
    cancelled: threading.Event = field(default_factory=threading.Event)
    _arrived: queue.SimpleQueue[str | Finished | ProblemError] = field(default_factory=queue.SimpleQueue)

    @property
    def size(self) -> int:
        """Tokens of context it needs."""
        return len(self.prompt) + self.max_tokens

    def deliver(self, item: str | Finished | ProblemError) -> None:
        """Put text, the end, or the problem into the queue. Called by the scheduler's thread."""
        self._arrived.put(item)

    def take(self, wait_s: float = TICK_S) -> str | Finished | None:
        """What arrived next; None if nothing did in time.

        Raises:
            ProblemError: why the answer ends here.
        """
        try:
            item = self._arrived.get(timeout=wait_s)
        except queue.Empty:
            return None
        if isinstance(item, ProblemError):
            raise item
        return item
