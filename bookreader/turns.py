"""Turns at a bounded resource: first come, first served, but nobody is served twice while another waits."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_POLL_S = 0.25


class ParserBusyError(Exception):
    """Too many files wait, or those before this one took too long; the text says which, for the person who sent it."""


class ClientGoneError(Exception):
    """Nobody waits for the result any more."""


@dataclass(eq=False)
class Client:
    """Who waits for a piece of work.

    Args:
        name: clients of one name share their turns; those of different names alternate.
        timeout_s: how long it waits, from now on.
        gone: whether it has given up; asked a few times a second.
    """

    name: str = ""
    timeout_s: float | None = None
    gone: Callable[[], bool] = lambda: False
    _started: float = field(default_factory=time.monotonic, init=False)

    def left_s(self, most_s: float) -> float:
        """Seconds that it waits from now on, `most_s` at most."""
        if self.timeout_s is None:
            return most_s
        return min(most_s, self._started + self.timeout_s - time.monotonic())


class FairQueue:
    """Lets `parallel` clients work at the same time and `queue` wait; any thread may call it.

    The next one is of the name with the fewest at work, and among these the first to come. Those of one name (if it is
    not empty) have at most three quarters of all places.
    """

    def __init__(self, parallel: int, queue: int) -> None:
        self._parallel = parallel
        self._places = parallel + queue
        self._waiting: list[Client] = []
        self._working: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def turn(self, client: Client) -> Iterator[None]:
        """Wait for a turn and have it.

        Raises:
            ParserBusyError: too many wait already, or none came in time.
            ClientGoneError: the client gave up.
        """
        with self._changed:
            if not self._has_place(client.name):
                raise ParserBusyError("Too many files are waiting to be read. Send this one again later.")
            self._waiting.append(client)
            try:
                self._wait(client)
                self._working[client.name] += 1
            finally:
                self._waiting.remove(client)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._working[client.name] -= 1
                self._working += Counter()  # forgets names without work
                self._changed.notify_all()

    def _has_place(self, name: str) -> bool:
        taken = len(self._waiting) + self._working.total()
        own = sum(one.name == name for one in self._waiting) + self._working[name]
        return taken < self._places and (not name or own < max(1, self._places * 3 // 4))

    def _wait(self, client: Client) -> None:
        while self._working.total() >= self._parallel or self._next() is not client:
            if client.gone():
                raise ClientGoneError
            left_s = client.left_s(_POLL_S)
            if left_s <= 0:
                raise ParserBusyError("The files before this one took too long. Send it again later.")
            self._changed.wait(left_s)

    def _next(self) -> Client:
        return min(self._waiting, key=lambda one: self._working[one.name])
