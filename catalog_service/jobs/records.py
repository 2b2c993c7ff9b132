"""What every change of a job consists of: its row, its events, its end. The base of the stores; knows no HTTP.

Each public method of the stores is one transaction that changes the job's own row first, so that on PostgreSQL the
row's lock serialises everything that happens to one job. Whatever returned is on the disk.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from peewee import Database

from catalog_service.jobs import rules
from catalog_service.jobs.tables import MODELS, Job, JobEvent, JobPart, Part
from contract.events import Event, StateEvent
from contract.jobs import JobRequest
from servicekit.problems import Conflict, NotFound
from servicekit.schemas import Problem

MAX_EVENTS = 5_000  # of one job; older ones are forgotten
ISO = "%Y-%m-%dT%H:%M:%S.%fZ"
_HISTORY = 50
_FIELDS = (
    "id",
    "book_id",
    "state",
    "stage",
    "parts_done",
    "parts_total",
    "attempts",
    "max_attempts",
    "last_event",
    "summary_id",
    "created_at",
    "started_at",
    "finished_at",
)


class Records:
    """Thread-safe. `clock` gives epoch seconds; `count` is called with what happens, one of `metrics.EVENTS`."""

    def __init__(
        self, db: Database, clock: Callable[[], float] = time.time, count: Callable[[str], None] = lambda _event: None
    ) -> None:
        self._db = db
        self._clock = clock
        self._count = count
        self._changed = threading.Condition()
        db.bind(MODELS)

    def get(self, job_id: str) -> dict[str, Any]:
        """A job as clients see it.

        Raises:
            NotFound: there is no such job.
        """
        return self._shown(self._row(job_id))

    def _row(self, job_id: str) -> Job:
        row: Job | None = Job.get_or_none(Job.id == job_id)
        if row is None:
            raise NotFound(f"There is no job {job_id[:64]}. GET /jobs lists those there are.")
        return row

    def _leased(self, job_id: str, owner: str) -> Job:
        """The row of a job that the owner has leased, locked until the transaction ends."""
        leased = (Job.id == job_id) & (Job.state == "running") & (Job.lease_owner == owner)
        if not Job.update(last_event=Job.last_event).where(leased).execute():
            raise Conflict("The job is not yours any more: its lease ran out, or it was cancelled.")
        return self._row(job_id)

    def _update(self, job_id: str, changes: Mapping[str, Any]) -> None:
        Job.update(**changes).where(Job.id == job_id).execute()

    def _requeue(self, job_id: str, owner: str, **changes: Any) -> None:
        leased = (Job.id == job_id) & (Job.state == "running") & (Job.lease_owner == owner)
        Job.update(**{"state": "queued", "lease_owner": None, "lease_until": None, **changes}).where(leased).execute()

    def _give_up(self, row: Job, reason: str | None = None) -> None:
        last = reason or row.waiting_reason or "its runner ended without a word"
        problem = Problem(
            type="/problems#upstream-failed",
            title="The job could not be finished",
            status=502,
            detail=f"Given up after {row.attempts} attempts without progress. The last reason: {last}",
        )
        self._fail(row.id, problem)

    def _fail(self, job_id: str, problem: Problem) -> None:
        Job.update(problem=problem.model_dump_json()).where(Job.id == job_id).execute()
        self._end(job_id, "failed", states=("queued", "running"))
        self._add_events(job_id, [StateEvent(state="failed", problem=problem)])
        self._drop_speech(job_id)

    def _end(self, job_id: str, state: str, states: Sequence[str], lease_owner: str | None = None) -> int:
        ended = Job.update(
            state=state, lease_owner=lease_owner, lease_until=None, waiting_reason=None, finished_at=self._now()
        ).where((Job.id == job_id) & Job.state.in_(list(states)))
        changed = int(ended.execute())
        if changed:
            self._count(state)
        return changed

    def _drop_speech(self, job_id: str) -> None:
        """Forget the pieces of a finished job's audio: they are in its file, and large."""
        mine = JobPart.select(JobPart.key).where(JobPart.job_id == job_id)
        speech = [row.key for row in Part.select(Part.key).where((Part.kind == "speech") & Part.key.in_(mine))]
        JobPart.delete().where((JobPart.job_id == job_id) & JobPart.key.in_(speech)).execute()
        used = JobPart.select(JobPart.key).where(JobPart.key.in_(speech))
        Part.delete().where(Part.key.in_(speech) & Part.key.not_in(used)).execute()

    def _add_events(self, job_id: str, events: Sequence[Event]) -> None:
        if not events:
            return
        self._update(job_id, {"last_event": Job.last_event + len(events)})
        last = int(self._row(job_id).last_event)
        first = last - len(events) + 1
        rows = [(job_id, number, event.type, event.model_dump_json()) for number, event in enumerate(events, first)]
        JobEvent.insert_many(rows, fields=[JobEvent.job_id, JobEvent.id, JobEvent.type, JobEvent.data]).execute()
        JobEvent.delete().where((JobEvent.job_id == job_id) & (JobEvent.id <= last - MAX_EVENTS)).execute()

    def _shown(self, row: Job) -> dict[str, Any]:
        waiting = row.state == "queued" and row.waiting_reason
        seconds = max(0.0, row.not_before - self._clock())
        return {
            **{name: getattr(row, name) for name in _FIELDS},
            "request": JobRequest.model_validate_json(row.request, extra="ignore").model_dump(mode="json"),
            "result": f"/summaries/{row.summary_id}" if row.summary_id else None,
            "eta_s": self._eta_s(row),
            "waiting": {"reason": row.waiting_reason, "seconds": round(seconds, 1)} if waiting else None,
            "degraded": row.degraded,
            "problem": json.loads(row.problem) if row.problem else None,
        }

    def _eta_s(self, row: Job) -> float | None:
        if row.state != "running" or row.parts_total is None or row.made_by is None:
            return None
        recent = Part.select(Part.seconds).where(Part.made_by == row.made_by).order_by(Part.created_at.desc())
        seconds = [one.seconds for one in recent.limit(_HISTORY)]
        mean = sum(seconds) / len(seconds) if seconds else None
        return rules.eta_s(max(0, row.parts_total - row.parts_done), mean, row.parallel)

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).strftime(ISO)


def to_json(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
