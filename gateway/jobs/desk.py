"""Where requests become jobs: equal ones become one, and a finished one's result is handed out at once."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract.jobs import BookSummary, Job
from gateway.config import Settings
from gateway.jobs import engines, planner, source, speech
from gateway.jobs.engines import Engine, Worker
from gateway.jobs.tree import Length
from gateway.limits import charge
from gateway.upstreams import Upstreams
from servicekit import deadline, problems
from servicekit.problems import NotReady, ProblemError, UpstreamFailed, UpstreamTimeout
from servicekit.upstream import parse_response, raise_for_problem

FINISHED = frozenset({"succeeded", "failed", "cancelled"})
_WAIT = re.compile(r"\bwait\s*=\s*\"?(\d{1,6})\b")
_POLL_S = (0.05, 0.1, 0.2, 0.4)
_ANSWER_S = 2.0  # kept from the request's deadline for answering


@dataclass(frozen=True)
class Order:
    """What is wanted of a book."""

    book_id: int
    scope: Any = "book"
    engine: Engine = "auto"
    length: Length = "medium"
    points: int = 0
    audio: bool = False
    prefers: Worker = "bart"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """The job of an order. `new` unless an equal order made it."""

    job: dict[str, Any]
    new: bool


class Desk:
    """Makes jobs and waits for them."""

    def __init__(self, upstreams: Upstreams, settings: Settings) -> None:
        self._upstreams = upstreams
        self._catalog = upstreams.catalog
        self._max_attempts = settings.job_max_attempts

    def place(self, order: Order) -> Placed:
        """The job for an order, new or shared.

        Raises:
            NotFound, InvalidInput: there is nothing to read.
            NotReady: the engine asked for by name has no model.
            RateLimited: the text is over the caller's quota.
        """
        found = source.read(order.book_id, order.scope, self._get)
        charge(
            characters=sum(len(section.text) for section in found.sections),
            audio_characters=speech.expected_characters(found.sections, order.length) if order.audio else 0,
        )
        request = {
            "scope": order.scope,
            "engine": order.engine,
            "length": order.length,
            "points": order.points,
            "audio": order.audio,
            "prefers": order.prefers,
            "options": dict(order.options),
            "revision": found.book.revision or 0,
        }
        body = {
            "book_id": order.book_id,
            "request": request,
            "made_by": self._made_by(order),
            "max_attempts": self._max_attempts,
        }
        answer = self._catalog.call(
            "POST",
            "/internal/jobs",
            body=planner.to_json(body),
            headers={"Content-Type": "application/json"},
            retriable=True,
        )
        raise_for_problem(answer)
        return Placed(_job(answer.json()), answer.status == 201)

    def wait(self, job: dict[str, Any], wait_s: float) -> dict[str, Any]:
        """The job when it has ended, or as it is after so many seconds; the request's own deadline is kept."""
        until = time.monotonic() + min(wait_s, max(0.0, deadline.remaining_s(wait_s) - _ANSWER_S))
        polls = 0
        while job["state"] not in FINISHED and time.monotonic() < until:
            left_s = until - time.monotonic()
            time.sleep(max(0.0, min(left_s, _POLL_S[min(polls // 10, len(_POLL_S) - 1)])))
            polls += 1
            try:
                job = _job(self._catalog.call_json("GET", f"/jobs/{job['id']}"))
            except (UpstreamFailed, UpstreamTimeout):
                continue  # the catalog restarts; the job is safe
        return job

    def result(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """What a finished job made.

        Raises:
            ProblemError: the one that it failed with.
        """
        if job["state"] == "succeeded" and job["result"]:
            return parse_response(BookSummary, self._catalog.call_json("GET", job["result"])).model_dump()
        raise _problem_of(job)

    def at_once(self, order: Order) -> dict[str, Any]:
        """Place an order, wait for it as long as the request may take, and answer what was made.

        Raises:
            UpstreamTimeout: it goes on; `Location` names the job.
        """
        job = self.wait(self.place(order).job, float("inf"))
        if job["state"] in FINISHED:
            return self.result(job)
        path = f"/jobs/{job['id']}"
        raise UpstreamTimeout(
            f"The book is still being read. GET {path} says how far it is; the same request finds the result then.",
            headers={"Location": path},
            job=path,
        )

    def _made_by(self, order: Order) -> str:
        """What would make it now; an engine that `auto` cannot reach is waited for, so that it has no name yet."""
        try:
            return engines.choose(order.engine, self._models, order.prefers).name
        except (UpstreamFailed, UpstreamTimeout):
            return "unknown"
        except NotReady:
            if order.engine != "auto":
                raise
            return "unknown"

    def _models(self, worker: Worker) -> Any:
        return {"bart": self._upstreams.bart, "llama": self._upstreams.llama}[worker].call_json("GET", "/models")

    def _get(self, path: str) -> Any:
        answer = self._catalog.call("GET", path, headers={"Accept": "application/json"})
        if answer.status == 404:
            return None
        raise_for_problem(answer)
        return answer.json()


def _job(answer: Any) -> dict[str, Any]:
    return parse_response(Job, answer).model_dump()


def preferred_wait_s(header: str | None) -> int | None:
    """The seconds of `Prefer: wait=N` (RFC 7240), if it is there."""
    found = _WAIT.search(header or "")
    return int(found.group(1)) if found else None


def _problem_of(job: Mapping[str, Any]) -> ProblemError:
    if job["state"] == "cancelled":
        return problems.Conflict(f"Job {job['id']} was cancelled before it was finished.")
    told = job["problem"] or {}
    return problems.from_upstream(told, int(told.get("status", 502)), {})
