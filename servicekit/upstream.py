"""Calls from one service to another: replicas, deadlines, safe retries; failures become problems.

A call goes to the least busy replica. It is retried, on another replica if there is one, if the first never received it
(no connection, or a 503) or if it may be repeated; within the deadline and a retry budget.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, has_request_context
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import Headers

from servicekit import clients, deadline, hooks, logs, problems, tracing
from servicekit.abort import Abort, Aborted
from servicekit.http_client import CallError, NotConnected, Response, TimedOut
from servicekit.metrics import UpstreamMetrics
from servicekit.problems import Busy, InternalError, UpstreamFailed, UpstreamTimeout
from servicekit.replicas import Outcome, Replica, Replicas, Unresolved

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
ATTEMPTS = 3
FAIR_WAIT_S = 1.0
_READY_MS = 2000
log = logs.get_logger(__name__)
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    """A whole response of another service."""

    status: int
    headers: Headers
    body: bytes

    def json(self) -> Any:
        """The body, parsed.

        Raises:
            UpstreamFailed: the body is not JSON.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise UpstreamFailed("A service behind the gateway gave an invalid response.") from None


def parse_response(schema: type[M], data: Any) -> M:
    """Validate another service's response; fields that only a newer release knows are ignored.

    Raises:
        UpstreamFailed: it breaks the contract.
    """
    try:
        return schema.model_validate(data, extra="ignore")
    except ValidationError:
        raise UpstreamFailed("A service behind the gateway gave an invalid response.") from None


@dataclass(frozen=True)
class StreamedAnswer:
    """A response whose body is still coming; `chunks` must be exhausted or closed."""

    status: int
    headers: Headers
    chunks: Iterator[bytes]


@dataclass(frozen=True)
class _Call:
    """What to send, and whether it may be sent twice."""

    method: str
    path: str
    body: Any
    headers: Mapping[str, str]
    repeatable: bool
    timeout_s: float
    abort: Abort | None = None

    def rewind(self) -> None:
        """Begin with the body's start: it may have been sent before."""
        if hasattr(self.body, "seek"):
            self.body.seek(0)

    @property
    def resendable(self) -> bool:
        """Whether its body can be sent again from the start."""
        return hasattr(self.body, "seek") or not hasattr(self.body, "read")


class RetryBudget:
    """Limits retries, so that they do not multiply a failure: each call earns a fifth of a retry, up to `most`."""

    def __init__(self, most: float = 50.0, *, share: float = 0.2) -> None:
        self._most, self._share = most, share
        self._left = most
        self._lock = threading.Lock()

    def earn(self) -> None:
        """Count a first attempt."""
        with self._lock:
            self._left = min(self._most, self._left + self._share)

    def spend(self) -> bool:
        """Take one retry; False if none is left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


class Upstream:
    """One service behind this one.

    Args:
        name: the service's name, for logs, metrics and problems.
        url: its base address, `http://host:port`; each address of the host name is a replica.
        token: the deployment's internal secret, if there is one.
        timeout_s: the limit of one call; the current request's deadline may be shorter.
        max_in_flight: calls of one kind at the same time; more are refused at once with 503, so that a slow service
            does not take all threads of this one, and slow calls of one kind do not keep those of another out.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        token: str | None = None,
        timeout_s: float = 100.0,
        connect_timeout_s: float = 2.0,
        max_connections: int = 64,
        max_in_flight: int = 4096,
        metrics: UpstreamMetrics | None = None,
        replicas: Replicas | None = None,
    ) -> None:
        self.name = name
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._token = token
        self._replicas = replicas or Replicas(url, max_connections=max_connections)
        self._slots: dict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(max_in_flight)
        )
        self._budget = RetryBudget()
        self._metrics = metrics
        if metrics:
            self._in_flight = metrics.in_flight.labels(name)
            for state in ("healthy", "cooldown", "ejected"):
                gauge = metrics.replicas.labels(name, state)
                gauge.set_function(lambda state=state: self._replicas.states()[state])  # type: ignore[misc]

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retriable: bool | None = None,
        timeout_s: float | None = None,
        abort: Abort | None = None,
        kind: str = "",
    ) -> Answer:
        """Make one call and read the whole answer, whatever its status.

        Args:
            path: path with query, already encoded.
            body: bytes, or a readable file to stream.
            retriable: whether the call may be repeated; by default, if its method is idempotent.
            timeout_s: the limit of this call, if it is not the service's.
            abort: with which another thread may cancel the call; by default, it is cancelled when the client of the
                current request disconnects, unless it is a read.
            kind: whose places it takes, see `max_in_flight`.

        Raises:
            Aborted: it was cancelled.
            UpstreamFailed: no connection, or an invalid response.
            UpstreamTimeout: no response within the deadline.
            Busy: too many calls of this service are in flight.
        """
        with self._slot(kind):
            answer = self._try(self._call(method, path, body, headers, retriable, timeout_s, abort), self._read_whole)
        if abort is not None:
            abort.check()  # a body without a length looks complete where it was cut off
        return answer

    def stream(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retriable: bool | None = None,
        kind: str = "",
    ) -> StreamedAnswer:
        """Make one call and return its body as it arrives. Raises as `call` does, and so may the iterator."""
        release = self._take_slot(kind)
        try:
            call = self._call(method, path, body, headers, retriable)
            return self._try(call, self._start_stream(release, call.abort))
        except BaseException:
            release()
            raise

    def call_json(
        self, method: str, path: str, payload: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send and receive JSON; a problem that the other service answers is raised.

        Only for computations and idempotent writes: calls are retried.
        """
        sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        answer = self.call(method, path, body=body, headers=sent, retriable=True)
        raise_for_problem(answer)
        return answer.json()

    def ready(self) -> str | None:
        """None if any replica's `/readyz` answers 200, else the reason; a check for this service's own `/readyz`."""
        reason = f"{self.name} cannot be reached"
        for replica in self._replicas.all():
            try:
                headers = {"Host": self._replicas.host_header, deadline.HEADER: str(_READY_MS)}
                response = replica.pool.open("GET", "/readyz", headers=headers, left_s=_READY_MS / 1000, connect_s=1.0)
                body = response.whole()
            except CallError:
                continue
            if response.status == 200:
                return None
            reason = f"{self.name} is not ready: {_reasons(response.status, body)}"
        return reason

    def _call(
        self,
        method: str,
        path: str,
        body: Any,
        headers: Mapping[str, str] | None,
        retriable: bool | None,
        timeout_s: float | None = None,
        abort: Abort | None = None,
    ) -> _Call:
        repeatable = method in IDEMPOTENT if retriable is None else retriable
        if abort is None and method not in ("GET", "HEAD") and has_request_context():
            abort = clients.abort()
        return _Call(method, path, body, headers or {}, repeatable, timeout_s or self._timeout_s, abort)

    def _try(self, call: _Call, read: Callable[[Replica, Response], T]) -> T:
        """Make a call, with retries while they are safe and there are time and budget."""
        started = time.monotonic()
        until = started + min(call.timeout_s, deadline.remaining_s(call.timeout_s))
        self._budget.earn()
        tried: list[Replica] = []
        while True:
            left_s = until - time.monotonic()
            if left_s < 0.001:
                raise self._too_slow(started)
            replica = self._take(tried, left_s)
            tried.append(replica)
            try:
                response = self._send(replica, call, left_s)
                if response.status == 503 and self._may_repeat(call, tried, "busy"):
                    response.whole()
                    self._replicas.release(replica, Outcome.BUSY)
                    continue
                result = read(replica, response)
                self._observe(started, response.status)
                return result
            except TimedOut:
                # A time-out of a call that had almost no time left says nothing about the replica.
                self._replicas.release(replica, Outcome.FAILED if left_s > FAIR_WAIT_S else Outcome.FINE)
                raise self._too_slow(started) from None
            except CallError as error:
                if call.abort is not None and call.abort.fired:
                    self._replicas.release(replica, Outcome.FINE)
                    raise Aborted from None
                self._replicas.release(replica, Outcome.FAILED)
                if time.monotonic() >= until:
                    raise self._too_slow(started) from None
                unsent = isinstance(error, NotConnected)
                if not self._may_repeat(call, tried, "unreachable" if unsent else "broken"):
                    raise self._failed(error, started) from None
            except BaseException:  # reading the client's body failed: not the replica's fault
                self._replicas.release(replica, Outcome.FINE)
                raise

    def _may_repeat(self, call: _Call, tried: list[Replica], reason: str) -> bool:
        """Whether to retry a failed call; waits a moment if it would go to the same replica."""
        # Without a connection, nothing of the body has been read.
        safe = reason == "unreachable" or (call.resendable and (reason == "busy" or call.repeatable))
        elsewhere = self._replicas.another(tried)
        if len(tried) >= ATTEMPTS or not safe or (reason == "busy" and not elsewhere) or not self._budget.spend():
            return False
        if not elsewhere:
            time.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - spreads retries
        if self._metrics:
            self._metrics.retries.labels(self.name, reason).inc()
        return True

    def _send(self, replica: Replica, call: _Call, left_s: float) -> Response:
        call.rewind()
        headers = {**call.headers, **self._own_headers(left_s)}
        with tracing.call(self.name, call.method, headers) as span:
            response = replica.pool.open(
                call.method,
                call.path,
                body=call.body,
                headers=headers,
                left_s=left_s,
                connect_s=self._connect_timeout_s,
                abort=call.abort,
            )
            if span is not None:
                span.set_attribute("http.response.status_code", response.status)
        if has_request_context() and (timing := response.headers.get("Server-Timing")):
            g.setdefault("server_timing", []).append(timing)
        return response

    def _read_whole(self, replica: Replica, response: Response) -> Answer:
        answer = Answer(response.status, response.headers, response.whole())
        self._replicas.release(replica, _outcome(response.status))
        return answer

    def _start_stream(self, release: Callable[[], None], abort: Abort | None) -> Callable[..., StreamedAnswer]:
        def start(replica: Replica, response: Response) -> StreamedAnswer:
            def end(error: CallError | None) -> problems.ProblemError | None:
                if abort is not None and abort.fired:
                    error = None  # ours: nobody reads on
                self._replicas.release(replica, Outcome.FAILED if error else _outcome(response.status))
                release()
                if error is None:
                    return None
                return self._too_slow() if isinstance(error, TimedOut) else self._failed(error)

            return StreamedAnswer(response.status, response.headers, _Chunks(response, end))

        return start

    def _take(self, tried: list[Replica], left_s: float) -> Replica:
        try:
            return self._replicas.take(tried, wait_s=min(left_s, self._connect_timeout_s))
        except Unresolved:
            log.warning("upstream_failed", upstream=self.name, reason="Unresolved")
            raise UpstreamFailed(f"{self.name} could not be reached. Try again in a moment.") from None

    def _take_slot(self, kind: str) -> Callable[[], None]:
        """Count a call as in flight until the returned function is called."""
        slots = self._slots[kind]
        if not slots.acquire(blocking=False):
            if self._metrics:
                self._metrics.refused.labels(self.name).inc()
            raise Busy(f"Too many requests wait for {self.name}. Try again in a moment.", retry_after_s=2)
        if self._metrics:
            self._in_flight.inc()

        def free() -> None:
            slots.release()
            if self._metrics:
                self._in_flight.dec()

        return _Once(free)

    @contextmanager
    def _slot(self, kind: str) -> Iterator[None]:
        release = self._take_slot(kind)
        try:
            yield
        finally:
            release()

    def _own_headers(self, left_s: float) -> dict[str, str]:
        headers = {"Host": self._replicas.host_header, deadline.HEADER: str(int(left_s * 1000))}
        if self._token:
            headers[hooks.INTERNAL_TOKEN] = self._token
        if has_request_context():
            headers[hooks.REQUEST_ID] = str(g.get("request_id", ""))
            if trace := g.get("traceparent"):
                headers[hooks.TRACEPARENT] = trace
        return headers

    def _observe(self, started: float, status: int) -> None:
        if self._metrics:
            self._metrics.seconds.labels(self.name, str(status)).observe(time.monotonic() - started)

    def _failed(self, error: CallError, started: float | None = None) -> UpstreamFailed:
        if started is not None:
            self._observe(started, 0)
        log.warning("upstream_failed", upstream=self.name, reason=type(error).__name__)
        return UpstreamFailed(f"{self.name} could not be reached, or its response was cut off. Try again in a moment.")

    def _too_slow(self, started: float | None = None) -> UpstreamTimeout:
        if started is not None:
            self._observe(started, 0)
        log.warning("upstream_timed_out", upstream=self.name)
        return UpstreamTimeout(f"{self.name} did not answer in time. Try a shorter text, or a job.")


class _Once:
    """A function that only does its work once."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work: Callable[[], None] | None = work

    def __call__(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()


class _Chunks(Iterator[bytes]):
    """A body as it arrives. Ends its call when it is exhausted, fails or is closed, even if it was never started."""

    def __init__(self, response: Response, end: Callable[[CallError | None], problems.ProblemError | None]) -> None:
        self._response = response
        self._end: Callable[[CallError | None], problems.ProblemError | None] | None = end

    def __next__(self) -> bytes:
        if self._end is None:
            raise StopIteration
        try:
            chunk = self._response.some()
        except CallError as error:
            problem = self._finish(error)
            raise problem or StopIteration from None
        if not chunk:
            self._finish(None)
            raise StopIteration
        return chunk

    def close(self) -> None:
        """End the call; a connection with unread bytes is closed."""
        self._finish(None)

    def __del__(self) -> None:
        self.close()

    def _finish(self, error: CallError | None) -> problems.ProblemError | None:
        end, self._end = self._end, None
        if end is None:
            return None
        self._response.end()
        return end(error)


def _outcome(status: int) -> Outcome:
    if status == 503:
        return Outcome.BUSY
    return Outcome.FAILED if status >= 500 and status != 507 else Outcome.FINE


def _reasons(status: int, body: bytes) -> str:
    try:
        checks = dict(json.loads(body)["checks"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return str(status)
    return "; ".join(str(reason) for reason in checks.values() if reason != "ok") or str(status)


def raise_for_problem(answer: Answer) -> None:
    """Raise the problem that another service answered, if its status is 400 or more."""
    if answer.status < 400:
        return
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = {}
    problem = problems.from_upstream(body if isinstance(body, dict) else {}, answer.status, answer.headers)
    raise problem if not isinstance(problem, InternalError) else UpstreamFailed(problem.detail)
