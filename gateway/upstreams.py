"""The services behind the gateway, and how a public request becomes calls to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from flask import Response, request

from gateway.config import Settings
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
    }
)
_PASSED_ON = (
    "Accept",
    "Content-Type",
    "Content-Length",
    "If-Match",
    "If-None-Match",
    "If-Modified-Since",
    "If-Range",
    "Range",
    "Idempotency-Key",
    "Prefer",
    "Last-Event-ID",
)
_WHOLE_BYTES = 1_048_576


@dataclass(frozen=True)
class Upstreams:
    """One client per service."""

    catalog: Upstream
    bart: Upstream
    llama: Upstream

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Clients for the addresses in the settings."""
        token = settings.internal_token.get_secret_value() if settings.internal_token else None

        def client(name: str, url: str) -> Upstream:
            return Upstream(name, url, token=token, timeout_s=settings.request_timeout_s)

        return cls(
            catalog=client("catalog_service", settings.catalog_url),
            bart=client("bart_service", settings.bart_url),
            llama=client("llama_service", settings.llama_url),
        )

    def by_name(self, service: str) -> Upstream:
        """The client of a service, by the service's name."""
        return {"catalog_service": self.catalog, "bart_service": self.bart, "llama_service": self.llama}[service]


def forward(upstream: Upstream, path: str | None = None) -> Response:
    """Hand the current request on, at its own path unless told another, and hand the answer back as it comes."""
    query = request.query_string.decode("latin-1")
    target = (path or request.full_path.partition("?")[0]) + (f"?{query}" if query else "")
    headers = {name: value for name in _PASSED_ON if (value := request.headers.get(name)) is not None}
    body: Any = None
    if request.method in ("POST", "PUT", "PATCH"):
        is_form = request.mimetype == "multipart/form-data"
        body = request.stream if is_form else request.get_data()
    return respond(upstream.stream(request.method, target, body=body, headers=headers))


def respond(answer: StreamedAnswer) -> Response:
    """Make another service's answer ours. Small ones are read whole, so that their connection is free at once."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
    if answer.status >= 500 or (answer.status >= 400 and answer.headers.get("Content-Type") != CONTENT_TYPE):
        raise_for_problem(Answer(answer.status, answer.headers, b"".join(answer.chunks)))
        raise UpstreamFailed("A service behind the gateway gave an unreadable answer.")
    length = answer.headers.get("Content-Length", "")
    if request.method == "HEAD" or (length.isdigit() and int(length) <= _WHOLE_BYTES):
        return Response(b"".join(answer.chunks), status=answer.status, headers=headers)
    return Response(answer.chunks, status=answer.status, headers=headers, direct_passthrough=True)
