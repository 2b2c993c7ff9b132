"""Streams a job's events to clients, by asking the catalog for new ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response

from contract.events import Event, ProblemEvent, StateEvent
from contract.jobs import NumberedEvent
from gateway.jobs.desk import FINISHED
from servicekit import events
from servicekit.problems import Busy, ProblemError, UpstreamFailed, UpstreamTimeout
from servicekit.upstream import Upstream, parse_response

Finish = Callable[[dict[str, Any]], Event]
POLL_S, PING_S, SILENT_S = 0.25, 10.0, 60.0


class Follower:
    """Up to `places` streams at a time."""

    def __init__(self, catalog: Upstream, places: int) -> None:
        self._catalog = catalog
        self._places = threading.BoundedSemaphore(places)

    def follow(self, job_id: str, after: int = 0, finish: Finish | None = None) -> Response:
        """The events after the one with this id, as server-sent events until the job has ended.

        204, which tells an EventSource not to come again, where nothing more will come. `finish` makes a last event of
        the finished job, of its problem where it raises one.

        Raises:
            NotFound: there is no such job.
            Busy: every place is taken.
        """
        job = self._catalog.call_json("GET", f"/jobs/{job_id}")
        first = self._after(job_id, after)
        if job["state"] in FINISHED and not first and finish is None:
            return Response(status=204)
        if not self._places.acquire(blocking=False):
            raise Busy("As many clients follow jobs as this gateway takes. Poll the job instead.", retry_after_s=10)
        lines = self._lines(job_id, after, first, finish)
        answer = Response(lines, content_type=events.CONTENT_TYPE, headers=events.HEADERS)
        answer.call_on_close(self._places.release)
        return answer

    def _after(self, job_id: str, after: int) -> list[NumberedEvent]:
        found = self._catalog.call_json("GET", f"/jobs/{job_id}/events.json?after={after}")
        return [parse_response(NumberedEvent, event) for event in found]

    def _last(self, job_id: str, finish: Finish) -> str:
        try:
            return events.encode(finish(self._catalog.call_json("GET", f"/jobs/{job_id}")))
        except ProblemError as problem:
            return events.encode(ProblemEvent(problem=problem.to_model()))

    def _lines(self, job_id: str, after: int, found: list[NumberedEvent], finish: Finish | None) -> Iterator[str]:
        """The events as they come, until the job has ended, is deleted, or the catalog was silent for a minute."""
        yield events.RETRY
        spoke = heard = time.monotonic()
        while True:
            for event in found:
                after = event.id
                yield events.encode(event.data, after)
                spoke = time.monotonic()
                if isinstance(event.data, StateEvent) and event.data.state in FINISHED:
                    if finish is not None:
                        yield self._last(job_id, finish)
                    return
            if time.monotonic() - spoke >= PING_S:
                yield events.PING
                spoke = time.monotonic()
            time.sleep(POLL_S)
            try:
                found, heard = self._after(job_id, after), time.monotonic()
            except (UpstreamFailed, UpstreamTimeout):
                found = []
                if time.monotonic() - heard > SILENT_S:
                    return
            except ProblemError:
                return
