"""The queue before the slots, bounded in requests and in tokens. A request that finds it full gets a `Retry-After`."""

from __future__ import annotations

import threading
import time
from collections import deque

from llama_service.ticket import Ticket
from modelkit.engine import TooSlow
from servicekit.problems import Busy, NotReady

_TYPICAL_S = 5.0
_TYPICAL_ROWS = 32
_SMOOTHING = 0.2


class Speed:
    """How fast prompts are read and answers written, by the last batches; zero before any is measured."""

    def __init__(self) -> None:
        self.read_s = 0.0  # for a token of a prompt
        self.write_s = 0.0  # for a token of an answer

    def read(self, tokens: int, seconds: float) -> None:
        """Learn from a batch of prompts, unless it is too small to be typical."""
        if tokens >= _TYPICAL_ROWS:
            self.read_s = _smoothed(self.read_s, seconds / tokens)

    def wrote(self, seconds: float) -> None:
        """Learn from a step that wrote a token of every answer."""
        self.write_s = _smoothed(self.write_s, seconds)

    def require(self, prompt: int, most: int, deadline: float) -> None:
        """Check that an answer of half of `most` tokens can be written before the deadline, were nobody else here.

        Raises:
            TooSlow: it cannot.
        """
        needed = prompt * self.read_s + most / 2 * self.write_s
        if needed > deadline - time.monotonic():
            raise TooSlow(
                f"The model would need about {needed:.0f} seconds for this text, longer than the deadline."
                " Order a job with POST /jobs, or use the engine extractive."
            )


def _smoothed(mean: float, value: float) -> float:
    return mean + _SMOOTHING * (value - mean) if mean else value


class Admission:
    """Tickets waiting for a slot, first come, first served."""

    def __init__(self, max_requests: int, max_tokens: int, slots: int) -> None:
        self._max_requests = max_requests
        self._max_tokens = max_tokens
        self._slots = slots
        self._waiting: deque[Ticket] = deque()
        self._tokens = 0
        self._mean_s = _TYPICAL_S
        self._closed: str | None = None
        self.speed = Speed()
        self._changed = threading.Condition()

    def check(self, size: int = 0) -> None:
        """Check that a ticket of this size may be queued; with none, before a text is tokenised, which takes time.

        Raises:
            Busy: the queue holds as many requests or tokens as it may.
            NotReady: the engine has ended.
        """
        with self._changed:
            if self._closed is not None:
                raise NotReady(self._closed)
            over = len(self._waiting) >= self._max_requests or self._tokens + size > self._max_tokens
            if over and self._waiting:
                raise Busy(
                    f"{len(self._waiting)} prompts wait for a slot already. Try again later.",
                    retry_after_s=self.expected_wait_s(),
                )

    def submit(self, ticket: Ticket) -> None:
        """Queue a ticket. Raises as `check` does."""
        with self._changed:
            self.check(ticket.size)
            self._waiting.append(ticket)
            self._tokens += ticket.size
            self._changed.notify()

    def take(self) -> Ticket | None:
        """The next ticket that has not been cancelled."""
        with self._changed:
            while self._waiting:
                ticket = self._waiting.popleft()
                self._tokens -= ticket.size
                if not ticket.cancelled.is_set():
                    return ticket
            return None

    def wait(self) -> bool:
        """Wait until there is a ticket, or False once the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed is not None)
            return self._closed is None

    def served(self, seconds: float) -> None:
        """Record how long a ticket took, for the estimate of the waiting time."""
        self._mean_s += 0.1 * (seconds - self._mean_s)

    def expected_wait_s(self) -> float:
        """An estimate of how long until a ticket that comes now would begin."""
        return self._mean_s * (len(self._waiting) + 1) / self._slots

    def close(self, reason: str) -> list[Ticket]:
        """Refuse tickets from now on; returns those that waited."""
        with self._changed:
            self._closed = reason
            left, self._waiting, self._tokens = list(self._waiting), deque(), 0
            self._changed.notify_all()
            return left

    @property
    def closed(self) -> bool:
        """Whether tickets are refused."""
        return self._closed is not None

    def __len__(self) -> int:
        return len(self._waiting)
