"""What a runner does with jobs: takes them under a lease, notes their parts, hands them in or lets them go."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from peewee import fn

from catalog_service.jobs import rules
from catalog_service.jobs.records import Records, to_json
from catalog_service.jobs.tables import Job, JobPart, Part, Summary
from contract.events import Event, ProgressEvent, StageEvent, StateEvent, WaitingEvent
from contract.jobs import FinishedPart, FinishedParts, JobResult


class Running(Records):
    """The runner's side of the jobs."""

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
            if row.state == "running":
                self._count("lease_lost")
            self._add_events(job_id, [StateEvent(state="running", attempt=row.attempts + 1)])
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

    def add_parts(self, job_id: str, sent: FinishedParts) -> dict[str, Any]:
        """Store finished parts of a job, each once: one that is there already is neither stored nor announced again.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            row = self._held(job_id, sent.owner)
            fresh = [part for part in sent.parts if self._place(job_id, part)]
            changes: dict[str, Any] = {"stage": sent.stage, "parts_done": Job.parts_done + len(fresh)}
            if sent.total is not None:
                changes["parts_total"] = sent.total
            if sent.made_by is not None:
                changes["made_by"] = sent.made_by
            if any(part.output is not None for part in fresh):
                changes["attempts"] = 0
            self._change(job_id, changes)
            events: list[Event] = []
            if sent.stage != row.stage:
                events.append(StageEvent(stage=sent.stage))
            events += [part.event for part in fresh if part.event]
            if fresh or sent.total is not None:
                done, total = row.parts_done + len(fresh), sent.total or row.parts_total
                events.append(ProgressEvent(done=done, total=total, unit="parts"))
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
            self._add_events(job_id, [WaitingEvent(reason=reason, seconds=wait_s, attempts=row.attempts)])
            self._count("deferred")
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

    def finish(self, job_id: str, result: JobResult) -> dict[str, Any]:
        """Store what a job made and end it; sent twice, it is done once.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            row = self._row(job_id)
            if row.state == "succeeded" and row.lease_owner == result.owner:
                return self._shown(row)
            self._held(job_id, result.owner)
            summary_id, created_at = uuid.uuid4().hex, self._now()
            document = {"id": summary_id, **result.document.model_dump(), "created_at": created_at}
            Summary.insert(
                id=summary_id,
                book_id=row.book_id,
                document=to_json(document),
                audio=result.audio,
                audio_bytes=result.audio_bytes,
                captions=result.captions,
                created_at=created_at,
            ).execute()
            degraded = result.document.degraded_reason if result.document.degraded else None
            Job.update(degraded=degraded, summary_id=summary_id).where(Job.id == job_id).execute()
            self._end(job_id, "succeeded", states=("running",), lease_owner=result.owner)
            self._add_events(job_id, [StateEvent(state="succeeded", summary_id=summary_id)])
            self._drop_speech(job_id)
        return self.get(job_id)

    def _place(self, job_id: str, part: FinishedPart) -> bool:
        """Store a part unless it is there, and put it in its place; False if the place was taken."""
        if part.output is not None:
            values = {
                "key": part.key,
                "kind": part.kind,
                "made_by": part.made_by,
                "output": to_json(part.output),
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
