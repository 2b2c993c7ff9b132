"""The runner's side of the catalog: jobs are taken, parts noted and results handed in here, all by one owner."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from servicekit.problems import Busy, Conflict, NotFound, StorageFull, UpstreamFailed, UpstreamTimeout
from servicekit.upstream import Upstream, raise_for_problem

T = TypeVar("T")
LOOKUP = 64
_RETRY_S = (0.1, 0.2, 0.5, 1.0)


class Lost(Exception):
    """The job is not ours any more, or we are to let go of it."""


class Held:
    """A job that this process holds, for as long as its lease surely lasts."""

    def __init__(self, lease_s: float, on_lost: Callable[[], None]) -> None:
        self._lease_s = lease_s
        self._on_lost = on_lost
        self._draining = False
        self._until = time.monotonic() + lease_s
        self.claimed = False
        self.lost = threading.Event()

    def renew(self) -> None:
        """The catalog has said that we hold it."""
        self._until = time.monotonic() + self._lease_s
        self.claimed = True

    def drain(self) -> None:
        """Begin nothing new."""
        self._draining = True

    def lose(self) -> None:
        """Stop at once."""
        self.lost.set()
        self._on_lost()

    @property
    def expired(self) -> bool:
        """Whether the lease may have run out without our knowing."""
        return time.monotonic() > self._until

    def check(self, *, begin: bool = False) -> None:
        """Whether to go on (and to `begin` something new).

        Raises:
            Lost: no.
        """
        if self.lost.is_set() or self.expired or (begin and self._draining):
            raise Lost


class Board:
    """What a runner does at the catalog. Calls for a held job are repeated while the lease lasts."""

    def __init__(self, catalog: Upstream, owner: str, *, lease_s: float, parallel: int) -> None:
        self._catalog = catalog
        self.owner = owner
        self.lease_s = lease_s
        self._parallel = parallel

    def claimable(self, wait_s: float) -> list[str]:
        """Jobs that may be taken."""
        return list(self._catalog.call_json("GET", f"/internal/jobs/claimable?wait_s={wait_s:g}")["ids"])

    def claim(self, job_id: str) -> dict[str, Any] | None:
        """Take a job; None if it is not to be had."""
        wanted = {"owner": self.owner, "lease_s": self.lease_s, "parallel": self._parallel}
        try:
            job: dict[str, Any] | None = self._post(f"/internal/jobs/{job_id}/claim", wanted)
        except NotFound:
            return None
        return job

    def pulse(self) -> set[str]:
        """Renew our leases; the ids of the jobs we hold."""
        return set(self._post("/internal/leases/renew", {"owner": self.owner, "lease_s": self.lease_s})["ids"])

    def release(self) -> None:
        """Let go of all our jobs."""
        self._post("/internal/leases/release", {"owner": self.owner})

    def book(self, held: Held, path: str) -> Any:
        """Read something of a book; None if it is not there."""

        def read() -> Any:
            answer = self._catalog.call("GET", path, headers={"Accept": "application/json"})
            if answer.status == 404:
                return None
            raise_for_problem(answer)
            return answer.json()

        return self._while_held(held, read)

    def lookup(self, held: Held, keys: Sequence[str], at_once: int = LOOKUP) -> dict[str, Any]:
        """The outputs of those parts that are there."""
        found: dict[str, Any] = {}
        for start in range(0, len(keys), at_once):
            some = {"keys": list(keys[start : start + at_once])}
            found |= self._while_held(held, partial(self._post, "/internal/parts/lookup", some))["parts"]
        return found

    def add_parts(self, held: Held, job_id: str, stage: str, parts: Iterable[Mapping[str, Any]], **more: Any) -> None:
        """Note finished parts."""
        body = {"owner": self.owner, "stage": stage, "parts": list(parts), **more}
        self._while_held(held, lambda: self._post(f"/internal/jobs/{job_id}/parts", body))

    def keep_audio(self, held: Held, audio: bytes) -> dict[str, Any]:
        """Store an audio file; `{"audio", "audio_bytes"}`."""

        def send() -> Any:
            answer = self._catalog.call(
                "PUT", "/internal/jobs/audio", body=audio, headers={"Content-Type": "audio/mpeg"}
            )
            raise_for_problem(answer)
            return answer.json()

        return dict(self._while_held(held, send))

    def finish(self, held: Held, job_id: str, result: Mapping[str, Any]) -> None:
        """Hand in what the job made."""
        self._while_held(held, lambda: self._post(f"/internal/jobs/{job_id}/finish", {"owner": self.owner, **result}))

    def defer(self, held: Held, job_id: str, reason: str) -> None:
        """Put the job back for a while."""
        body = {"owner": self.owner, "reason": reason[:1000]}
        self._while_held(held, lambda: self._post(f"/internal/jobs/{job_id}/defer", body))

    def fail(self, held: Held, job_id: str, problem: Mapping[str, Any]) -> None:
        """End a job that cannot succeed."""
        body = {"owner": self.owner, "problem": dict(problem)}
        self._while_held(held, lambda: self._post(f"/internal/jobs/{job_id}/fail", body))

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        answer = self._catalog.call(
            "POST", path, body=_encode(body), headers={"Content-Type": "application/json"}, retriable=True
        )
        raise_for_problem(answer)
        return answer.json() if answer.body else None

    def _while_held(self, held: Held, call: Callable[[], T]) -> T:
        """Repeat a call that fails on the catalog's side, for as long as the job is surely ours."""
        tries = 0
        while True:
            held.check()
            try:
                return call()
            except (Conflict, NotFound):
                raise Lost from None
            except (UpstreamFailed, UpstreamTimeout, Busy, StorageFull):
                held.lost.wait(_RETRY_S[min(tries, len(_RETRY_S) - 1)])
                tries += 1


def _encode(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
