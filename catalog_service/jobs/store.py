"""The jobs of one database: ordered, shared, followed, cancelled, forgotten. Computes nothing of what they make."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from peewee import Database, IntegrityError, fn

from catalog_service.books import no_book
from catalog_service.jobs import rules
from catalog_service.jobs.records import ISO, to_json
from catalog_service.jobs.running import Running
from catalog_service.jobs.tables import Job, JobEvent, JobPart, Part
from contract.events import StateEvent
from contract.jobs import NewJob
from servicekit.problems import Conflict

KEEP_UNSUCCESSFUL_S = 30 * 86_400


class Jobs(Running):
    """Everything that can be done with jobs."""

    def __init__(
        self,
        db: Database,
        max_attempts: int,
        clock: Callable[[], float] = time.time,
        count: Callable[[str], None] = lambda _event: None,
    ) -> None:
        super().__init__(db, clock, count)
        self._max_attempts = max_attempts

    def create(self, new: NewJob) -> tuple[dict[str, Any], bool]:
        """The job for an order, and whether it is new: one that is under way, or succeeded whole, is shared.

        Raises:
            NotFound: there is no such book.
        """
        request = new.request.model_dump(mode="json", exclude_none=True)
        key = _digest({"book_id": new.book_id, "request": request, "made_by": new.made_by})
        while True:
            known = self._equal(key)
            if known is not None:
                return self._shown(known), False
            try:
                with self._db.atomic():
                    job_id = uuid.uuid4().hex
                    Job.insert(
                        id=job_id,
                        book_id=new.book_id,
                        request=to_json(request),
                        request_key=key,
                        state="queued",
                        max_attempts=self._max_attempts,
                        created_at=self._now(),
                    ).execute()
                    self._add_events(job_id, [StateEvent(state="queued")])
            except IntegrityError as error:
                if self._equal(key) is None:
                    raise no_book(new.book_id) from error
                continue
            self._count("created")
            self._notify()
            return self.get(job_id), True

    def found(
        self, page: int, per_page: int, state: str | None = None, book_id: int | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """The newest jobs first, one page of them, and how many there are in all."""
        wanted = Job.select()
        if state is not None:
            wanted = wanted.where(Job.state == state)
        if book_id is not None:
            wanted = wanted.where(Job.book_id == book_id)
        rows = wanted.order_by(Job.created_at.desc(), Job.id).paginate(page, per_page)
        return [self._shown(row) for row in rows], int(wanted.count())

    def events(self, job_id: str, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
        """What happened to a job after the event with this number, in order."""
        self._row(job_id)
        rows = (
            JobEvent.select()
            .where((JobEvent.job_id == job_id) & (JobEvent.id > after))
            .order_by(JobEvent.id)
            .limit(limit)
        )
        return [{"id": row.id, "type": row.type, "data": json.loads(row.data)} for row in rows]

    def cancel(self, job_id: str) -> dict[str, Any]:
        """End a job. Its runner finds its lease gone and stops.

        Raises:
            NotFound: there is no such job.
            Conflict: it has ended otherwise.
        """
        with self._db.atomic():
            row = self._row(job_id)
            if row.state == "cancelled":
                return self._shown(row)
            if not rules.may_become(row.state, "cancelled"):
                raise Conflict(f"Job {job_id} has {row.state} already; there is nothing left to cancel.")
            ended = self._end(job_id, "cancelled", states=("queued", "running"))
            if ended:
                self._add_events(job_id, [StateEvent(state="cancelled")])
                self._drop_speech(job_id)
        return self.get(job_id) if ended else self.cancel(job_id)

    def claimable(self, wait_s: float = 0.0, limit: int = 16, gone: Callable[[], bool] = lambda: False) -> list[str]:
        """The ids of jobs that a runner may claim now, the oldest first.

        Waits up to `wait_s` seconds for the first one, or until whoever asked is `gone`.
        """
        deadline = time.monotonic() + wait_s
        while True:
            ids = self._claimable(limit)
            left_s = deadline - time.monotonic()
            if ids or left_s <= 0 or gone():
                return ids
            with self._changed:
                self._changed.wait(min(left_s, 1.0))  # a back-off or a lease may end meanwhile

    def backlog(self) -> tuple[dict[str, int], float]:
        """How many jobs are queued and running, and the age in seconds of the oldest that a runner may claim."""
        unfinished = sorted(set(rules.STATES) - rules.FINISHED)
        states = {str(state): Job.select().where(Job.state == state).count() for state in unfinished}
        oldest = Job.select(fn.MIN(Job.created_at)).where(self._may_be_claimed()).scalar()
        if oldest is None:
            return states, 0.0
        created = datetime.strptime(oldest, ISO).replace(tzinfo=UTC).timestamp()
        return states, max(0.0, self._clock() - created)

    def tidy(self) -> None:
        """Forget jobs that ended long ago without a result, and parts that no job refers to any more."""
        before = datetime.fromtimestamp(self._clock() - KEEP_UNSUCCESSFUL_S, UTC).strftime(ISO)
        useless = Job.state.in_(["failed", "cancelled"]) | (Job.summary_id.is_null() & (Job.state == "succeeded"))
        with self._db.atomic():
            Job.delete().where(useless & (Job.finished_at < before)).execute()
            Part.delete().where(Part.key.not_in(JobPart.select(JobPart.key))).execute()

    def _equal(self, request_key: str) -> Job | None:
        usable = Job.state.in_(["queued", "running"]) | (
            (Job.state == "succeeded") & Job.summary_id.is_null(False) & Job.degraded.is_null()
        )
        found: Job | None = (
            Job.select().where((Job.request_key == request_key) & usable).order_by(Job.created_at.desc()).first()
        )
        return found

    def _claimable(self, limit: int) -> list[str]:
        rows = Job.select(Job.id).where(self._may_be_claimed()).order_by(Job.created_at, Job.id).limit(limit)
        return [row.id for row in rows]

    def _may_be_claimed(self) -> Any:
        now = self._clock()
        waiting = (Job.state == "queued") & (Job.not_before <= now)
        abandoned = (Job.state == "running") & (Job.lease_until.is_null() | (Job.lease_until <= now))
        return waiting | abandoned


def _digest(value: object) -> str:
    """SHA-256 of a JSON value, 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
