"""The services behind the gateway, and how a public request becomes calls to them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from flask import Request, Response, g, request
from werkzeug.datastructures import Headers

from contract.internal import CALLER
from gateway.config import Settings
from gateway.spool import Spool, SpooledFile, request_body, spooled
from servicekit.metrics import UpstreamMetrics
from servicekit.operations import JSON, Operation
from servicekit.problems import CONTENT_TYPE, UpstreamFailed
from servicekit.upstream import Answer, StreamedAnswer, Upstream, raise_for_problem

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "server",
        "date",
        "x-request-id",
        "server-timing",
    }
)
_PASSED_ON = (
    "Accept",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "If-Modified-Since",
    "If-Range",
    "Range",
    "Idempotency-Key",
    "Prefer",
    "Last-Event-ID",
)
_ENVIRON = {name: "HTTP_" + name.upper().replace("-", "_") for name in _PASSED_ON} | {"Content-Type": "CONTENT_TYPE"}
_WHOLE_BYTES = 1_048_576
_SPOOLED_BYTES = 67_108_864
_QUERY_SAFE = "!$%&'()*+,-./:;=?@_~"


@dataclass(frozen=True)
class Upstreams:
    """One client per service."""

    catalog: Upstream
    bart: Upstream
    llama: Upstream

    @classmethod
    def from_settings(cls, settings: Settings, metrics: UpstreamMetrics | None = None) -> Self:
        """Clients for the addresses in the settings."""
        token = settings.internal_token.get_secret_value() if settings.internal_token else None

        def client(name: str, url: str, max_in_flight: int) -> Upstream:
            return Upstream(
                name,
                url,
                token=token,
                timeout_s=settings.request_timeout_s,
                max_in_flight=max_in_flight,
                metrics=metrics,
            )

        return cls(
            catalog=client("catalog_service", settings.catalog_url, settings.max_catalog_calls),
            bart=client("bart_service", settings.bart_url, settings.max_worker_calls),
            llama=client("llama_service", settings.llama_url, settings.max_worker_calls),
        )

    def by_name(self, service: str) -> Upstream:
        """The client of a service, by the service's name."""
        return {"catalog_service": self.catalog, "bart_service": self.bart, "llama_service": self.llama}[service]


def forward(upstream: Upstream, operation: Operation, spool: Spool | None = None, path: str | None = None) -> Response:
    """Pass the current request on, at its own path unless given another, and its answer back; see `respond`."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    query = quote(asked.query_string, safe=_QUERY_SAFE)
    target = (path or quote(asked.path)) + (f"?{query}" if query else "")
    environ = asked.environ
    headers = {name: environ[key] for name, key in _ENVIRON.items() if key in environ}
    headers[CALLER] = str(g.get("caller", ""))
    body: bytes | SpooledFile | None = None
    if asked.method in ("POST", "PUT", "PATCH"):
        body = request_body()
        if isinstance(body, SpooledFile):
            headers["Content-Length"] = str(body.size)
    minimal = bool(operation.answer_scope) and operation.answer_scope not in g.scopes
    if minimal:
        headers["Accept"] = JSON  # a stream would end with the body
    answer = respond(upstream.stream(asked.method, target, body=body, headers=headers, kind=operation.pool), spool)
    return _without_body(answer) if minimal and answer.status_code < 300 else answer


def _without_body(answer: Response) -> Response:
    """Status and location alone (RFC 7240's `return=minimal`), for a caller who may write, but not read."""
    answer.close()
    minimal = Response(status=answer.status_code, headers={"Preference-Applied": "return=minimal"})
    minimal.headers.pop("Content-Type")
    for name in ("Location", "Retry-After"):
        if name in answer.headers:
            minimal.headers[name] = answer.headers[name]
    return minimal


def _our_problem(answer: StreamedAnswer, headers: Headers) -> Response:
    """Another service's problem with the path that the client knows."""
    problem = Answer(answer.status, answer.headers, b"".join(answer.chunks)).json()
    if not isinstance(problem, dict):
        raise UpstreamFailed("A service behind the gateway gave an unreadable answer.")
    body = json.dumps({**problem, "instance": request.path}, ensure_ascii=False).encode(errors="replace")
    headers.pop("Content-Length", None)
    return Response(body, status=answer.status, headers=headers)


def respond(answer: StreamedAnswer, spool: Spool | None = None) -> Response:
    """Make another service's answer ours.

    What is up to 1 MiB is read whole, and with a `spool` what is up to 64 MiB, so that a client that reads slowly takes
    nothing of the other service. What is longer, or has no length, is passed on as it comes.

    Raises:
        ProblemError: the answer is a failure of the service itself, or one that it did not explain as a problem.
    """
    headers = Headers([(name, value) for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP])
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if answer.status >= 500 or answer.status == 401 or (answer.status >= 400 and kind != CONTENT_TYPE):
        raise_for_problem(Answer(answer.status, answer.headers, b"".join(answer.chunks)))
        raise UpstreamFailed("A service behind the gateway gave an unreadable answer.")
    if answer.status >= 400 and request.method != "HEAD":
        return _our_problem(answer, headers)
    length = headers.get("Content-Length", "")
    size = int(length) if length.isdigit() else None
    if request.method == "HEAD" or (size is not None and size <= _WHOLE_BYTES):
        whole = Answer(answer.status, answer.headers, b"".join(answer.chunks))
        if whole.body and headers.get("Content-Type") == "application/json":
            whole.json()  # a half-written document is the service's failure, not an answer
        response = Response(whole.body, status=answer.status, headers=headers)
        if length:
            response.headers["Content-Length"] = length  # of a HEAD, what GET would send
        return response
    chunks = answer.chunks
    if spool is not None and size is not None and size <= _SPOOLED_BYTES:
        chunks = spooled(chunks, spool, str(g.get("caller", "")))
    return Response(chunks, status=answer.status, headers=headers, direct_passthrough=True)
