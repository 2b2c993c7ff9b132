"""Engines without a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelkit.engine import Event, Request, State, Status


class FakeEngine:
    """Yields the given events, and raises those that are exceptions. `.closed` says whether its events were closed."""

    rules = ()

    def __init__(
        self, events: Sequence[Event | Exception] = (), *, name: str = "neural", state: State = "ready"
    ) -> None:
        self.name, self.state = name, state
        self.events = events
        self.closed = False
        self.requests: list[Request] = []
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def answer(self, request: Request) -> Iterator[Event]:
        self.requests.append(request)
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed = True

    def status(self) -> Status:
        problem = None if self.state == "ready" else f"the model is {self.state}"
        return Status(self.name, "fake", "cpu", self.state, problem)

    def close(self) -> None:
        self.calls.append("close")
