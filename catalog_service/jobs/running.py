"""What a runner does with jobs: leases them, stores their parts, hands them in or releases them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from peewee import fn

from catalog_service import checksums
from catalog_service.jobs import rules
from catalog_service.jobs.records import Records, to_json
from catalog_service.jobs.tables import Job, JobPart, Part, Summary
from contract.events import Event, ProgressEvent, StageEvent, StateEvent, WaitingEvent
from contract.jobs import FinishedPart, FinishedParts, JobResult
from servicekit.schemas import Problem


class Running(Records):
    """The runner's side of the jobs."""

    def claim(self, job_id: str, owner: str, lease_s: float, parallel: int = 1) -> dict[str, Any] | None:
        """Lease a job: what clients see of it, and why it was put back last; None if it cannot be claimed now.

        A job that was begun too often without progress fails here. An owner that claims its own job again, because the
        first answer was lost, gets it again.
        """
        now = self._clock()
        with self._db.atomic():
            # The row's lock: a renewal comes before this claim or after it, never in between.
            Job.update(last_event=Job.last_event).where(Job.id == job_id).execute()
            row = Job.get_or_none(Job.id == job_id)
            if row is None:
                return None
            if not rules.claimable(row.state, row.not_before, row.lease_until, now):
                repeated = row.state == "running" and row.lease_owner == owner
                return {**self._shown(row), "last_reason": None} if repeated else None
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

    def renew(self, owner: str, ids: Sequence[str], lease_s: float) -> list[str]:
        """Renew an owner's leases on these jobs; the ids of those that it still holds."""
        now = self._clock()
        leased = (Job.state == "running") & (Job.lease_owner == owner) & Job.id.in_(list(ids))
        rows = list(Job.select(Job.id, Job.lease_until).where(leased))
        if any((row.lease_until or 0.0) < now + lease_s * 2 / 3 for row in rows):  # not every renewal needs a write
            Job.update(lease_until=now + lease_s).where(leased).execute()
        return [row.id for row in rows]

    def release(self, owner: str) -> list[str]:
        """Release all jobs of an owner that has ended or ends: they may be claimed at once."""
        with self._db.atomic():
            ids = [row.id for row in Job.select(Job.id).where((Job.state == "running") & (Job.lease_owner == owner))]
            for job_id in ids:
                self._requeue(job_id, owner, attempts=Job.attempts)
        self._notify()
        return ids

    def add_parts(self, job_id: str, finished: FinishedParts) -> dict[str, Any]:
        """Store finished parts of a job, each once: one that is stored already makes no second event.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        stage = finished.stage
        with self._db.atomic():
            row = self._leased(job_id, finished.owner)
            fresh = [part for part in finished.parts if self._place(job_id, part)]
            done, total = row.parts_done + len(fresh), finished.total or row.parts_total
            changes: dict[str, Any] = {"stage": stage, "parts_done": done, "parts_total": total}
            if finished.made_by is not None:
                changes["made_by"] = finished.made_by
            if any(part.output is not None for part in fresh):
                changes["attempts"] = 0
            self._update(job_id, changes)
            events: list[Event] = [StageEvent(stage=stage)] if stage != row.stage else []
            events += [part.event for part in fresh if part.event]
            if fresh or finished.total is not None:
                events.append(ProgressEvent(done=done, total=total, unit="parts"))
            self._add_events(job_id, events)
        return self.get(job_id)

    def find_parts(self, keys: Sequence[str]) -> dict[str, Any]:
        """The outputs of those parts that are stored undamaged, by key: the others are made again."""
        rows = Part.select(Part.key, Part.output, Part.checksum).where(Part.key.in_(list(keys)))
        intact = (row for row in rows if row.checksum == checksums.of_part(row.key, row.output))
        return {row.key: json.loads(row.output) for row in intact}

    def defer(self, job_id: str, owner: str, reason: str) -> dict[str, Any]:
        """Put a job back for a while, because something it needs cannot be reached; longer each time in a row.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            row = self._leased(job_id, owner)
            if rules.exhausted(row.attempts, row.max_attempts):
                self._give_up(row, reason)
                return self.get(job_id)
            wait_s = rules.backoff_s(row.attempts)
            self._requeue(job_id, owner, waiting_reason=reason, not_before=self._clock() + wait_s)
            self._add_events(job_id, [WaitingEvent(reason=reason, seconds=wait_s, attempts=row.attempts)])
            self._count("deferred")
        return self.get(job_id)

    def fail(self, job_id: str, owner: str, problem: Problem) -> dict[str, Any]:
        """End a job that cannot succeed.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        with self._db.atomic():
            self._leased(job_id, owner)
            self._fail(job_id, problem)
        return self.get(job_id)

    def finish(self, job_id: str, result: JobResult) -> dict[str, Any]:
        """Store what a job made and end it. Called twice, it stores one result.

        Raises:
            Conflict: the owner does not hold the job any more.
        """
        made = result.document
        with self._db.atomic():
            row = self._row(job_id)
            if row.state == "succeeded" and row.lease_owner == result.owner:
                return self._shown(row)
            self._leased(job_id, result.owner)
            summary_id, created_at = uuid.uuid4().hex, self._now()
            document = to_json({"id": summary_id, **made.model_dump(mode="json"), "created_at": created_at})
            content = (summary_id, row.book_id, document, result.audio, result.captions)
            Summary.insert(
                id=summary_id,
                book_id=row.book_id,
                document=document,
                audio=result.audio,
                audio_bytes=result.audio_bytes,
                captions=result.captions,
                created_at=created_at,
                checksum=checksums.of_summary(*content),
            ).execute()
            degraded = made.degraded_reason if made.degraded else None
            Job.update(degraded=degraded, summary_id=summary_id).where(Job.id == job_id).execute()
            self._end(job_id, "succeeded", states=("running",), lease_owner=result.owner)
            self._add_events(job_id, [StateEvent(state="succeeded", summary_id=summary_id)])
            self._drop_speech(job_id)
        return self.get(job_id)

    def _place(self, job_id: str, part: FinishedPart) -> bool:
        """Store a part unless it is stored, at its position in the job; False if the position had one."""
        if part.output is not None:
            output = to_json(part.output)
            values = {
                "key": part.key,
                "kind": part.kind,
                "made_by": part.made_by,
                "output": output,
                "seconds": part.seconds,
                "created_at": self._now(),
                "checksum": checksums.of_part(part.key, output),
            }
            Part.insert(values).on_conflict_ignore().execute()
            stored = Part.get(Part.key == part.key)
            if stored.checksum != checksums.of_part(stored.key, stored.output):
                Part.update(values).where(Part.key == part.key).execute()
        place = (JobPart.job_id == job_id) & (JobPart.position == part.position)
        if JobPart.select().where(place).exists():
            JobPart.update(key=part.key).where(place).execute()
            return False
        JobPart.insert(job_id=job_id, position=part.position, key=part.key).execute()
        return True
