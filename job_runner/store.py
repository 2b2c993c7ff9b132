"""The job runner's client of the catalog: it leases jobs, stores their parts and hands in their results."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel

from contract.events import Stage
from contract.jobs import (
    Claim,
    ClaimedJob,
    Deferral,
    Failure,
    FinishedPart,
    FinishedParts,
    JobIds,
    JobResult,
    LeaseRenewal,
    OwnerMessage,
    PartKeys,
    PartOutputs,
    StoredAudio,
    SummaryDocument,
)
from servicekit.abort import Abort
from servicekit.problems import Busy, Conflict, NotFound, ProblemError, StorageFull, UpstreamFailed, UpstreamTimeout
from servicekit.upstream import Upstream, parse_response, raise_for_problem

T = TypeVar("T")
_RETRY_S = (0.1, 0.2, 0.5, 1.0)


class LeaseLost(Exception):
    """Another runner may have the job, it was cancelled, or this runner stops."""


class Lease:
    """This runner's claim on a job, valid until `lease_s` seconds after it was last renewed."""

    def __init__(self, lease_s: float, on_lost: Callable[[], None]) -> None:
        self._lease_s = lease_s
        self._on_lost = on_lost
        self._draining = False
        self._until = time.monotonic() + lease_s
        self.lost = threading.Event()

    def renew(self, asked: float) -> None:
        """The catalog renewed it when asked at this time of the monotonic clock."""
        self._until = asked + self._lease_s

    def drain(self) -> None:
        """Begin nothing new."""
        self._draining = True

    def lose(self) -> None:
        """Stop at once."""
        self.lost.set()
        self._on_lost()

    @property
    def expired(self) -> bool:
        """Whether it may have run out without the catalog being reached."""
        return time.monotonic() > self._until

    def check(self, *, begin: bool = False) -> None:
        """Whether to go on, or to `begin` something new.

        Raises:
            LeaseLost: no.
        """
        if self.lost.is_set() or self.expired or (begin and self._draining):
            raise LeaseLost


class JobStoreClient:
    """What a runner asks of the catalog. Calls for a leased job are retried while the lease is valid.

    Args:
        owner: the runner's name; no two living runners share one.
        lease_s: how long a lease is valid unless it is renewed, seconds.
        parallel: parts this runner makes at the same time, from which the catalog estimates the time left.
    """

    def __init__(self, catalog: Upstream, owner: str, *, lease_s: float, parallel: int) -> None:
        self._catalog = catalog
        self.owner = owner
        self.lease_s = lease_s
        self._parallel = parallel

    def claimable(self, wait_s: float, limit: int, abort: Abort | None = None) -> list[str]:
        """The ids of up to `limit` jobs that may be claimed; waits up to `wait_s` seconds for the first."""
        path = f"/internal/jobs/claimable?wait_s={wait_s:g}&limit={limit}"
        answer = self._catalog.call("GET", path, abort=abort)
        raise_for_problem(answer)
        return parse_response(JobIds, answer.json()).ids

    def claim(self, job_id: str) -> ClaimedJob | None:
        """Lease a job; None if another runner holds it, or it waits."""
        wanted = Claim(owner=self.owner, lease_s=self.lease_s, parallel=self._parallel)
        content = self._post(f"/internal/jobs/{job_id}/claim", wanted)
        return parse_response(ClaimedJob, content) if content else None

    def renew(self, ids: Iterable[str]) -> set[str]:
        """Renew the leases on these jobs; the ids of those that this runner still holds."""
        wanted = LeaseRenewal(owner=self.owner, lease_s=self.lease_s, ids=list(ids))
        return set(parse_response(JobIds, self._post("/internal/leases/renew", wanted)).ids)

    def release(self) -> None:
        """End every lease of this runner: its jobs may be claimed at once."""
        self._post("/internal/leases/release", OwnerMessage(owner=self.owner))

    def read(self, lease: Lease, path: str) -> Any:
        """The JSON at a path of the catalog."""
        return self._while_leased(lease, lambda: self._catalog.call_json("GET", path))

    def lookup(self, lease: Lease, keys: Sequence[str], at_once: int) -> dict[str, Any]:
        """The outputs of those parts that are stored, by key."""
        found: dict[str, Any] = {}
        for start in range(0, len(keys), at_once):
            some = PartKeys(keys=list(keys[start : start + at_once]))
            content = self._while_leased(lease, partial(self._post, "/internal/parts/lookup", some))
            found |= parse_response(PartOutputs, content).parts
        return found

    def add_parts(
        self,
        lease: Lease,
        job_id: str,
        stage: Stage,
        parts: list[FinishedPart],
        total: int | None = None,
        made_by: str | None = None,
    ) -> None:
        """Store finished parts."""
        finished = FinishedParts(owner=self.owner, stage=stage, parts=parts, total=total, made_by=made_by)
        self._while_leased(lease, lambda: self._post(f"/internal/jobs/{job_id}/parts", finished))

    def store_audio(self, lease: Lease, audio: bytes) -> StoredAudio:
        """Store an audio file."""

        def send() -> Any:
            headers = {"Content-Type": "audio/mpeg"}
            answer = self._catalog.call("PUT", "/internal/jobs/audio", body=audio, headers=headers)
            raise_for_problem(answer)
            return answer.json()

        return parse_response(StoredAudio, self._while_leased(lease, send))

    def finish(self, lease: Lease, job_id: str, document: Mapping[str, Any], **audio: Any) -> None:
        """Hand in what the job made; `audio` are the members of `JobResult` about it."""
        made = SummaryDocument.model_validate(document)
        result = JobResult(owner=self.owner, document=made, **audio)
        self._while_leased(lease, lambda: self._post(f"/internal/jobs/{job_id}/finish", result))

    def defer(self, lease: Lease, job_id: str, reason: str) -> None:
        """Put the job back for a while."""
        deferral = Deferral(owner=self.owner, reason=reason[:1000])
        self._while_leased(lease, lambda: self._post(f"/internal/jobs/{job_id}/defer", deferral))

    def fail(self, lease: Lease, job_id: str, problem: ProblemError) -> None:
        """End a job that cannot succeed."""
        failure = Failure(owner=self.owner, problem=problem.to_model())
        self._while_leased(lease, lambda: self._post(f"/internal/jobs/{job_id}/fail", failure))

    def _post(self, path: str, message: BaseModel) -> Any:
        body = message.model_dump_json().encode()
        headers = {"Content-Type": "application/json"}
        answer = self._catalog.call("POST", path, body=body, headers=headers, retriable=True)
        raise_for_problem(answer)
        return answer.json() if answer.body else None

    def _while_leased(self, lease: Lease, call: Callable[[], T]) -> T:
        """Retry a call that fails on the catalog's side while the lease is valid."""
        tries = 0
        while True:
            lease.check()
            try:
                return call()
            except (Conflict, NotFound):
                raise LeaseLost from None
            except (UpstreamFailed, UpstreamTimeout, Busy, StorageFull):
                lease.lost.wait(_RETRY_S[min(tries, len(_RETRY_S) - 1)])
                tries += 1
