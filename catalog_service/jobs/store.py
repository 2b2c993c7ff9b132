"""The jobs of one database: made, taken, worked on, finished. Knows no HTTP, and nothing of what is computed.

Each method is one transaction that changes the job's own row first, so that on PostgreSQL the row's lock puts
everything that happens to one job in a line. Whatever returned is on the disk.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peewee import Database, IntegrityError, fn

from catalog_service.jobs import rules
from catalog_service.jobs.tables import MODELS, Job, JobEvent, JobPart, Part, Summary
from servicekit.problems import Conflict, NotFound

MAX_EVENTS = 5_000  # of one job; older ones are forgotten
KEEP_UNSUCCESSFUL_S = 30 * 86_400
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
    "summary_id",
    "created_at",
    "started_at",
    "finished_at",
)


@dataclass(frozen=True)
class FinishedPart:
    """A part at its place in a job. `output` is None when the part was there already."""

    position: str
    key: str
    kind: str = ""
    made_by: str = ""
    seconds: float = 0.0
    output: Any = None
    event: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Result:
    """What a job made. `audio` names a kept file of `audio_bytes` bytes, `captions` is its WebVTT."""

    document: Mapping[str, Any]
    audio: str | None = None
    audio_bytes: int | None = None
    captions: str | None = None


class Jobs:
    """Any thread may call it. `clock` tells epoch seconds."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock
        self._news = threading.Condition()
        db.bind(MODELS)

    def create(
        self, book_id: int, request: Mapping[str, Any], request_key: str, max_attempts: int
    ) -> tuple[dict[str, Any], bool]:
        """The job for a request, and whether it is new: one that is under way, or succeeded whole, is shared."""
        while True:
            known = self._equal(request_key)
            if known is not None:
                return self._shown(known), False
            try:
                with self._db.atomic():
                    job_id = uuid.uuid4().hex
                    Job.insert(
                        id=job_id,
                        book_id=book_id,
                        request=_json(request),
                        request_key=request_key,
                        state="queued",
                        max_attempts=max_attempts,
                        created_at=self._now(),
                    ).execute()
                    self._add_events(job_id, [("state", {"state": "queued"})])
            except IntegrityError as error:
                if self._equal(request_key) is None:
                    raise NotFound(f"There is no book {book_id}. GET /books/ lists those there are.") from error
                continue
            self._tell()
            return self.get(job_id), True

    def get(self, job_id: str) -> dict[str, Any]:
        """A job as clients see it.

        Raises:
            NotFound: there is no such job.
        """
        return self._shown(self._row(job_id))

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
        """What happened to a job after the event with this id, in order."""
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
                self._add_events(job_id, [("state", {"state": "cancelled"})])
                self._drop_speech(job_id)
        return self.get(job_id) if ended else self.cancel(job_id)

    def claimable(self, wait_s: float = 0.0, limit: int = 16) -> list[str]:
        """The ids of jobs that a runner may take now, the oldest first; waits up to `wait_s` for the first one."""
        deadline = time.monotonic() + wait_s
        while True:
            ids = self._claimable(limit)
            left_s = deadline - time.monotonic()
            if ids or left_s <= 0:
                return ids
            with self._news:
                self._news.wait(min(left_s, 1.0))  # a back-off or a lease may end meanwhile

    def claim(self, job_id: str, owner: str, lease_s: float, parallel: int = 1) -> dict[str, Any] | None:
        """Take a job: what clients see of it, and why it had to wait last; None if it is not to be had.

        A job that was begun too often without progress fails here.
        """
        now = self._clock()
        with self._db.atomic():
            row = Job.get_or_none(Job.id == job_id)
            if row is None or not rules.claimable(row.state, row.not_before, row.lease_until, now):
                return None
            if rules.exhausted(row.attempts, row.max_attempts):
                self._give_up(row)
                return None
            taken = (
                Job.update(
                    state="running",
                    attempts=Job.attempts + 1,
                    lease_owner=owner,
                    lease_until=now + lease_s,
                    parallel=parallel,
                    waiting_reason=None,
                    started_at=fn.COALESCE(Job.started_at, self._now()),
                )
                .where((Job.id == job_id) & (Job.attempts == row.attempts) & (Job.state == row.state))
                .execute()
            )
            if not taken:
                return None
            self._add_events(job_id, [("state", {"state": "running", "attempt": row.attempts + 1})])
        return {**self.get(job_id), "last_reason": row.waiting_reason}

    def pulse(self, owner: str, lease_s: float) -> list[str]:
        """Renew the owner's leases; the ids of the jobs that it still holds."""
        now = self._clock()
        held = (Job.state == "running") & (Job.lease_owner == owner)
        rows = list(Job.select(Job.id, Job.lease_until).where(held))
        if any((row.lease_until or 0.0) < now + lease_s * 2 / 3 for row in rows):  # not each pulse needs a write
            Job.update(lease_until=now + lease_s).where(held).execute()
        return [row.id for row in rows]

    def release(self, owner: str) -> list[str]:
        """Let go of all jobs of an owner that has ended or ends: they may be taken at once."""
        with self._db.atomic():
            ids = [row.id for row in Job.select(Job.id).where((Job.state == "running") & (Job.lease_owner == owner))]
            for job_id in ids:
                self._requeue(job_id, owner, attempts=Job.attempts)
        self._tell()
        return ids

    def add_parts(
        self, job_id: str, owner: str, stage: str, parts: Sequence[FinishedPart], total: int | None, made_by: str | None
    ) -> dict[str, Any]:
        """Note finished parts of a job, each once: one that is there already is neither stored nor told again.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            row = self._held(job_id, owner)
            fresh = [part for part in parts if self._place(job_id, part)]
            changes: dict[str, Any] = {"stage": stage, "parts_done": Job.parts_done + len(fresh)}
            if total is not None:
                changes["parts_total"] = total
            if made_by is not None:
                changes["made_by"] = made_by
            if any(part.output is not None for part in fresh):
                changes["attempts"] = 0
            self._change(job_id, changes)
            events: list[tuple[str, Mapping[str, Any]]] = []
            if stage != row.stage:
                events.append(("stage", {"stage": stage}))
            events += [(part.event["type"], part.event["data"]) for part in fresh if part.event]
            if fresh or total is not None:
                done = row.parts_done + len(fresh)
                events.append(("progress", {"parts_done": done, "parts_total": total or row.parts_total}))
            self._add_events(job_id, events)
        return self.get(job_id)

    def find_parts(self, keys: Sequence[str]) -> dict[str, Any]:
        """The outputs of those parts that are there."""
        rows = Part.select(Part.key, Part.output).where(Part.key.in_(list(keys)))
        return {row.key: json.loads(row.output) for row in rows}

    def defer(self, job_id: str, owner: str, reason: str) -> dict[str, Any]:
        """Put a job back for a while, because something it needs cannot be had now; longer each time in a row.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            row = self._held(job_id, owner)
            if rules.exhausted(row.attempts, row.max_attempts):
                self._give_up(row, reason)
                return self.get(job_id)
            wait_s = rules.backoff_s(row.attempts)
            self._requeue(job_id, owner, waiting_reason=reason, not_before=self._clock() + wait_s)
            self._add_events(job_id, [("waiting", {"reason": reason, "seconds": wait_s, "attempts": row.attempts})])
        return self.get(job_id)

    def fail(self, job_id: str, owner: str, problem: Mapping[str, Any]) -> dict[str, Any]:
        """End a job that cannot succeed.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            self._held(job_id, owner)
            self._fail(job_id, problem)
        return self.get(job_id)

    def finish(self, job_id: str, owner: str, result: Result) -> dict[str, Any]:
        """Store what a job made and end it; said twice, it is done once.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            row = self._row(job_id)
            if row.state == "succeeded" and row.lease_owner == owner:
                return self._shown(row)
            self._held(job_id, owner)
            summary_id, created_at = uuid.uuid4().hex, self._now()
            document = {"id": summary_id, **result.document, "created_at": created_at}
            Summary.insert(
                id=summary_id,
                book_id=row.book_id,
                document=_json(document),
                audio=result.audio,
                audio_bytes=result.audio_bytes,
                captions=result.captions,
                created_at=created_at,
            ).execute()
            degraded = result.document.get("degraded_reason") if result.document.get("degraded") else None
            Job.update(degraded=degraded, summary_id=summary_id).where(Job.id == job_id).execute()
            self._end(job_id, "succeeded", states=("running",), lease_owner=owner)
            self._add_events(job_id, [("state", {"state": "succeeded", "summary_id": summary_id})])
            self._drop_speech(job_id)
        return self.get(job_id)

    def tidy(self) -> None:
        """Forget jobs that ended long ago without a result, and parts that no job refers to any more."""
        before = datetime.fromtimestamp(self._clock() - KEEP_UNSUCCESSFUL_S, UTC).strftime(_ISO)
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
        now = self._clock()
        waiting = (Job.state == "queued") & (Job.not_before <= now)
        abandoned = (Job.state == "running") & (Job.lease_until.is_null() | (Job.lease_until <= now))
        rows = Job.select(Job.id).where(waiting | abandoned).order_by(Job.created_at, Job.id).limit(limit)
        return [row.id for row in rows]

    def _row(self, job_id: str) -> Job:
        row: Job | None = Job.get_or_none(Job.id == job_id)
        if row is None:
            raise NotFound(f"There is no job {job_id[:64]}. GET /jobs lists those there are.")
        return row

    def _held(self, job_id: str, owner: str) -> Job:
        """The row of a job that the owner holds, locked until the transaction ends."""
        held = (Job.id == job_id) & (Job.state == "running") & (Job.lease_owner == owner)
        if not Job.update(last_event=Job.last_event).where(held).execute():
            raise Conflict("The job is not yours any more: its lease ran out, or it was cancelled.")
        return self._row(job_id)

    def _place(self, job_id: str, part: FinishedPart) -> bool:
        """Store a part unless it is there, and put it in its place; False if the place was taken."""
        if part.output is not None:
            values = {
                "key": part.key,
                "kind": part.kind,
                "made_by": part.made_by,
                "output": _json(part.output),
                "seconds": part.seconds,
                "created_at": self._now(),
            }
            Part.insert(values).on_conflict_ignore().execute()
        place = (JobPart.job_id == job_id) & (JobPart.position == part.position)
        if JobPart.select().where(place).exists():
            JobPart.update(key=part.key).where(place).execute()
            return False
        JobPart.insert(job_id=job_id, position=part.position, key=part.key).execute()
        return True

    def _change(self, job_id: str, changes: Mapping[str, Any]) -> None:
        Job.update(**changes).where(Job.id == job_id).execute()

    def _requeue(self, job_id: str, owner: str, **changes: Any) -> None:
        held = (Job.id == job_id) & (Job.state == "running") & (Job.lease_owner == owner)
        Job.update(**{"state": "queued", "lease_owner": None, "lease_until": None, **changes}).where(held).execute()

    def _give_up(self, row: Job, reason: str | None = None) -> None:
        last = reason or row.waiting_reason or "its runner ended without a word"
        self._fail(
            row.id,
            {
                "type": "/problems#upstream-failed",
                "title": "The job could not be finished",
                "status": 502,
                "detail": f"Given up after {row.attempts} attempts without progress. The last reason: {last}",
            },
        )

    def _fail(self, job_id: str, problem: Mapping[str, Any]) -> None:
        Job.update(problem=_json(problem)).where(Job.id == job_id).execute()
        self._end(job_id, "failed", states=("queued", "running"))
        self._add_events(job_id, [("state", {"state": "failed", "problem": dict(problem)})])
        self._drop_speech(job_id)

    def _end(self, job_id: str, state: str, states: Sequence[str], lease_owner: str | None = None) -> int:
        ended = Job.update(
            state=state, lease_owner=lease_owner, lease_until=None, waiting_reason=None, finished_at=self._now()
        ).where((Job.id == job_id) & Job.state.in_(list(states)))
        return int(ended.execute())

    def _drop_speech(self, job_id: str) -> None:
        """Forget the pieces of a finished job's audio: they are in its file, and large."""
        mine = JobPart.select(JobPart.key).where(JobPart.job_id == job_id)
        speech = [row.key for row in Part.select(Part.key).where((Part.kind == "speech") & Part.key.in_(mine))]
        JobPart.delete().where((JobPart.job_id == job_id) & JobPart.key.in_(speech)).execute()
        used = JobPart.select(JobPart.key).where(JobPart.key.in_(speech))
        Part.delete().where(Part.key.in_(speech) & Part.key.not_in(used)).execute()

    def _add_events(self, job_id: str, events: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        if not events:
            return
        self._change(job_id, {"last_event": Job.last_event + len(events)})
        last = int(self._row(job_id).last_event)
        first = last - len(events) + 1
        rows = [(job_id, first + index, kind, _json(data)) for index, (kind, data) in enumerate(events)]
        JobEvent.insert_many(rows, fields=[JobEvent.job_id, JobEvent.id, JobEvent.type, JobEvent.data]).execute()
        JobEvent.delete().where((JobEvent.job_id == job_id) & (JobEvent.id <= last - MAX_EVENTS)).execute()

    def _shown(self, row: Job) -> dict[str, Any]:
        waiting = row.state == "queued" and row.waiting_reason
        seconds = max(0.0, row.not_before - self._clock())
        return {
            **{name: getattr(row, name) for name in _FIELDS},
            "request": json.loads(row.request),
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

    def _tell(self) -> None:
        with self._news:
            self._news.notify_all()

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).strftime(_ISO)


_ISO = "%Y-%m-%dT%H:%M:%S.%fZ"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
