"""Turns requests into jobs: equal orders share one, and a finished one's result is answered at once."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from contract.engine_choice import choose
from contract.fields import EngineName, Length
from contract.generation import GenerationOptions
from contract.jobs import AnyScope, BookSummary, Extent, ExtentQuery, Job, JobRequest, NewJob, Worker
from gateway.limits import charge
from gateway.upstreams import Upstreams
from servicekit import deadline, problems
from servicekit.problems import Busy, NotReady, ProblemError, UpstreamFailed, UpstreamTimeout
from servicekit.upstream import parse_response, raise_for_problem
from textkit.lengths import CHAPTER_LENGTH, TARGET_WORDS

FINISHED = frozenset({"succeeded", "failed", "cancelled"})
CHARACTERS_PER_WORD = 6  # of English, with the space after it
_WAIT = re.compile(r"\bwait\s*=\s*\"?(\d{1,6})\b")
_POLL_S = (0.05, 0.1, 0.2, 0.4)
_ANSWER_S = 2.0  # kept from the request's deadline for answering


@dataclass(frozen=True)
class Order:
    """What is wanted of a book."""

    book_id: int
    scope: AnyScope = "book"
    engine: EngineName = "auto"
    length: Length = "medium"
    points: int = 0
    audio: bool = False
    prefers: Worker = "bart"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PlacedOrder:
    """The job of an order. `new` unless an equal order made it."""

    job: Job
    new: bool


class JobOrders:
    """Places orders and waits for their jobs."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams
        self._catalog = upstreams.catalog

    def place(self, order: Order) -> PlacedOrder:
        """The job for an order, new or shared. Reads no text: the catalog measures it.

        Raises:
            NotFound, InvalidInput: there is nothing to read.
            NotReady: the engine asked for by name has no model.
            RateLimited: the text is over the caller's quota.
        """
        query = ExtentQuery.of(order.scope).model_dump(exclude_none=True)
        path = f"/internal/books/{order.book_id}/extent?{urlencode(query)}"
        extent = parse_response(Extent, self._catalog.call_json("GET", path))
        spoken = expected_speech(extent, order.length) if order.audio else 0
        charge(characters=extent.characters, audio_characters=spoken)
        request = JobRequest(
            scope=order.scope,
            engine=order.engine,
            length=order.length,
            points=order.points,
            audio=order.audio,
            prefers=order.prefers,
            options=GenerationOptions(**order.options),
            revision=extent.revision,
        )
        new = NewJob(book_id=order.book_id, request=request, made_by=self._made_by(order))
        body = new.model_dump_json(exclude_none=True).encode()
        headers = {"Content-Type": "application/json"}
        answer = self._catalog.call("POST", "/internal/jobs", body=body, headers=headers, retriable=True)
        raise_for_problem(answer)
        return PlacedOrder(parse_response(Job, answer.json()), answer.status == 201)

    def wait(self, job: Job, wait_s: float) -> Job:
        """The job when it has ended, or as it is after so many seconds; the request's own deadline is kept."""
        until = time.monotonic() + min(wait_s, max(0.0, deadline.remaining_s(wait_s) - _ANSWER_S))
        polls = 0
        while job.state not in FINISHED and time.monotonic() < until:
            left_s = until - time.monotonic()
            time.sleep(max(0.0, min(left_s, _POLL_S[min(polls // 10, len(_POLL_S) - 1)])))
            polls += 1
            try:
                job = parse_response(Job, self._catalog.call_json("GET", f"/jobs/{job.id}"))
            except (Busy, UpstreamFailed, UpstreamTimeout):
                continue  # the catalog restarts; the job is safe
        return job

    def result(self, job: Job) -> BookSummary:
        """What a finished job made.

        Raises:
            ProblemError: the one that it failed with.
        """
        if job.state == "succeeded" and job.result:
            return parse_response(BookSummary, self._catalog.call_json("GET", job.result))
        raise _problem_of(job)

    def finish(self, order: Order) -> BookSummary:
        """Place an order, wait for it as long as the request may take, and answer what was made.

        Raises:
            UpstreamTimeout: it goes on; `Location` names the job.
        """
        job = self.wait(self.place(order).job, float("inf"))
        if job.state in FINISHED:
            return self.result(job)
        path = f"/jobs/{job.id}"
        raise UpstreamTimeout(
            f"The book is still being read. GET {path} says how far it is; the same request finds the result then.",
            headers={"Location": path},
            job=path,
        )

    def _made_by(self, order: Order) -> str:
        """What would make it now; an engine that `auto` cannot reach is waited for, so that it has no name yet."""
        try:
            return choose(order.engine, self._read_models, order.prefers).made_by
        except (UpstreamFailed, UpstreamTimeout):
            return "unknown"
        except NotReady:
            if order.engine != "auto":
                raise
            return "unknown"

    def _read_models(self, worker: Worker) -> Any:
        return {"bart": self._upstreams.bart, "llama": self._upstreams.llama}[worker].call_json("GET", "/models")


def expected_speech(extent: Extent, length: Length) -> int:
    """About how many characters will be spoken, no more than the text has. Quotas are charged before the work."""
    words = TARGET_WORDS[length]
    if extent.chapters > 1:
        words += extent.chapters * TARGET_WORDS[CHAPTER_LENGTH[length]]
    return min(words * CHARACTERS_PER_WORD, extent.characters)


def preferred_wait_s(header: str | None) -> int | None:
    """The seconds of `Prefer: wait=N` (RFC 7240), if it is there."""
    found = _WAIT.search(header or "")
    return int(found.group(1)) if found else None


def _problem_of(job: Job) -> ProblemError:
    if job.state == "cancelled":
        return problems.Conflict(f"Job {job.id} was cancelled before it was finished.")
    problem = job.problem.model_dump(exclude_unset=True) if job.problem else {}
    return problems.from_upstream(problem, int(problem.get("status", 502)), {})
