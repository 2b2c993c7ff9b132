"""The requests at work, by request id, so that another request can cancel them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import g


class Cancellations:
    """A request id may be at work several times: the parts of one job share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work: dict[str, list[threading.Event]] = {}

    @contextmanager
    def current(self) -> Iterator[threading.Event]:
        """Note that the current request is at work; the event is set when somebody cancels it."""
        request_id, event = str(g.get("request_id", "")), threading.Event()
        with self._lock:
            self._at_work.setdefault(request_id, []).append(event)
        try:
            yield event
        finally:
            with self._lock:
                self._at_work[request_id].remove(event)
                if not self._at_work[request_id]:
                    del self._at_work[request_id]

    def cancel(self, request_id: str) -> bool:
        """Cancel all work under a request id; False if there is none."""
        with self._lock:
            events = list(self._at_work.get(request_id, ()))
        for event in events:
            event.set()
        return bool(events)
