"""Calls from one service to another: pooled connections, deadlines, and their failures as problems of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from flask import g, has_request_context, request
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, TimeoutError

from servicekit import deadline, hooks, logs, problems
from servicekit.problems import InternalError, UpstreamFailed, UpstreamTimeout

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
_CHUNK = 65_536
log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """A whole response of another service."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, parsed.

        Raises:
            UpstreamFailed: the body is not JSON.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise UpstreamFailed("A service behind the gateway gave an unreadable answer.") from None


@dataclass(frozen=True)
class StreamedAnswer:
    """A response whose body is still coming; `chunks` must be exhausted or closed."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Upstream:
    """One service behind this one.

    Args:
        name: the service's name, for logs and problems.
        url: its base address.
        token: the deployment's internal secret, if there is one.
        timeout_s: the longest one call may take; the current request's deadline shortens it.
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
    ) -> None:
        self.name = name
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._token = token
        self._pool = urllib3.connectionpool.connection_from_url(
            url, maxsize=max_connections, block=False, retries=False
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retriable: bool | None = None,
    ) -> Answer:
        """Make one call and read the whole answer, whatever its status.

        Args:
            path: path with query, already encoded.
            body: bytes, or a readable file to stream.
            retriable: whether a call that failed on the connection may be made again; by default, if its method
                is idempotent.

        Raises:
            UpstreamFailed: no connection, a broken answer.
            UpstreamTimeout: no answer within the deadline.
        """
        response = self._open(method, path, body, headers, retriable)
        try:
            return Answer(response.status, response.headers, response.read())
        except TimeoutError:
            raise self._too_slow() from None
        except HTTPError as error:
            raise self._failed(error) from None
        finally:
            response.release_conn()

    def stream(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retriable: bool | None = None,
    ) -> StreamedAnswer:
        """Make one call and hand its body on as it comes. Raises as `call` does, and so may the iterator."""
        response = self._open(method, path, body, headers, retriable)
        return StreamedAnswer(response.status, response.headers, self._chunks(response))

    def call_json(
        self, method: str, path: str, payload: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send JSON, get JSON; a problem that the other service answered is raised here.

        Calls made this way are computations or idempotent writes: they may be made again.
        """
        sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        answer = self.call(method, path, body=body, headers=sent, retriable=True)
        raise_for_problem(answer)
        return answer.json()

    def ready(self) -> str | None:
        """None if the service's `/readyz` is green, else the reason; a check for this service's own `/readyz`."""
        try:
            response = self._pool.request("GET", "/readyz", timeout=urllib3.Timeout(connect=1.0, read=2.0))
        except HTTPError:
            return f"{self.name} cannot be reached"
        if response.status == 200:
            return None
        checks = response.json().get("checks", {}) if response.headers.get("Content-Type") == "application/json" else {}
        reasons = "; ".join(str(reason) for reason in checks.values() if reason != "ok")
        return f"{self.name} is not ready: {reasons or response.status}"

    def _open(
        self, method: str, path: str, body: Any, headers: Mapping[str, str] | None, retriable: bool | None
    ) -> urllib3.BaseHTTPResponse:
        again = method in IDEMPOTENT if retriable is None else retriable
        attempts = 2 if again and not hasattr(body, "read") else 1
        while True:
            attempts -= 1
            left_s = min(self._timeout_s, deadline.remaining_s(self._timeout_s))
            if left_s <= 0:
                raise self._too_slow()
            try:
                return self._pool.urlopen(
                    method,
                    path,
                    body=body,
                    headers={**(headers or {}), **self._own_headers(left_s)},
                    timeout=urllib3.Timeout(connect=min(self._connect_timeout_s, left_s), read=left_s),
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
            except (NewConnectionError, ProtocolError) as error:
                if attempts <= 0:
                    raise self._failed(error) from None
            except TimeoutError:
                raise self._too_slow() from None
            except HTTPError as error:
                raise self._failed(error) from None

    def _chunks(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        try:
            while chunk := response.read1(_CHUNK):
                yield chunk
        except TimeoutError:
            raise self._too_slow() from None
        except HTTPError as error:
            raise self._failed(error) from None
        finally:
            response.close()
            response.release_conn()

    def _own_headers(self, left_s: float) -> dict[str, str]:
        headers = {deadline.HEADER: str(int(left_s * 1000))}
        if self._token:
            headers[hooks.INTERNAL_TOKEN] = self._token
        if has_request_context():
            headers[hooks.REQUEST_ID] = str(g.get("request_id", ""))
            if trace := request.headers.get(hooks.TRACEPARENT):
                headers[hooks.TRACEPARENT] = trace
        return headers

    def _failed(self, error: HTTPError) -> UpstreamFailed:
        log.warning("upstream_failed", upstream=self.name, reason=type(error).__name__)
        return UpstreamFailed(f"{self.name} could not be reached or broke off. Try again in a moment.")

    def _too_slow(self) -> UpstreamTimeout:
        log.warning("upstream_timed_out", upstream=self.name)
        return UpstreamTimeout(f"{self.name} did not answer in time. Try a shorter text, or a job.")


def raise_for_problem(answer: Answer) -> None:
    """Raise the problem that another service answered, if its status is one of failure."""
    if answer.status < 400:
        return
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = {}
    problem = problems.from_upstream(body if isinstance(body, dict) else {}, answer.status, answer.headers)
    raise problem if not isinstance(problem, InternalError) else UpstreamFailed(problem.detail)
