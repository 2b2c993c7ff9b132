"""Streams a job's events to clients, by asking the catalog for new ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from flask import Response, g

from contract.events import Event, ProblemEvent, StateEvent
from contract.jobs import Job, NumberedEvent
from gateway.job_orders import FINISHED
from gateway.places import Places
from servicekit import clients, events
from servicekit.problems import Busy, ProblemError, UpstreamFailed, UpstreamTimeout
from servicekit.upstream import Upstream, parse_response

Finish = Callable[[Job], Event]
POLL_S, PING_S, SILENT_S = 0.25, 10.0, 60.0


class JobEvents:
    """Event streams of jobs, as many at a time as there are places."""

    def __init__(self, catalog: Upstream, places: Places) -> None:
        self._catalog = catalog
        self._places = places

    def follow(self, job_id: str, after: int = 0, finish: Finish | None = None) -> Response:
        """The events after the one with this number, as server-sent events until the job has ended.

        A number beyond the last event counts as the last one. 204, at which an EventSource does not come again, where
        no event will come. `finish` makes a last event of the finished job, of its problem where it raises one.

        Raises:
            NotFound: there is no such job.
            Busy: every place is taken.
        """
        job = self._job(job_id)
        after = min(after, job.last_event)
        if job.state in FINISHED and after == job.last_event and finish is None:
            return Response(status=204)
        caller = str(g.get("caller", ""))
        if not self._places.take(caller):
            raise Busy("Too many event streams are open. Poll the job instead.", retry_after_s=10)
        lines = self._lines(job_id, after, finish, clients.gone())
        answer = Response(lines, content_type=events.CONTENT_TYPE, headers=events.HEADERS)
        answer.call_on_close(lambda: self._places.release(caller))
        return answer

    def _job(self, job_id: str) -> Job:
        return parse_response(Job, self._catalog.call_json("GET", f"/jobs/{job_id}"))

    def _after(self, job_id: str, after: int) -> list[NumberedEvent]:
        found = self._catalog.call_json("GET", f"/jobs/{job_id}/events.json?after={after}")
        return [parse_response(NumberedEvent, event) for event in found]

    def _last(self, job_id: str, finish: Finish) -> str:
        try:
            return events.encode(finish(self._job(job_id)))
        except ProblemError as problem:
            return events.encode(ProblemEvent(problem=problem.to_model()))

    def _lines(self, job_id: str, after: int, finish: Finish | None, gone: Callable[[], bool]) -> Iterator[str]:
        """The events as they come, until the job has ended, is deleted, or the catalog was silent for a minute."""
        yield events.RETRY
        written = heard = time.monotonic()
        while not gone():
            try:
                found, heard = self._after(job_id, after), time.monotonic()
            except (Busy, UpstreamFailed, UpstreamTimeout) as problem:
                found = []
                if time.monotonic() - heard > SILENT_S:
                    yield events.encode(ProblemEvent(problem=problem.to_model()))
                    return
            except ProblemError as problem:  # its book was deleted, for example
                yield events.encode(ProblemEvent(problem=problem.to_model()))
                return
            for event in found:
                after = event.id
                yield events.encode(event.data, after)
                written = time.monotonic()
                if isinstance(event.data, StateEvent) and event.data.state in FINISHED:
                    if finish is not None:
                        yield self._last(job_id, finish)
                    return
            if time.monotonic() - written >= PING_S:
                yield events.PING
                written = time.monotonic()
            if not found:
                time.sleep(POLL_S)
