"""What happens around every request: ids, deadline, internal token, access line, metrics."""

from __future__ import annotations

import hmac
import random
import re
import time
from collections.abc import Callable, Iterable

import structlog
from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import BadRequest

from servicekit import bodies, clients, deadline, logs
from servicekit.abort import Aborted
from servicekit.metrics import Metrics
from servicekit.problems import Busy, InvalidInput, NotJson, Unauthorized, UnsupportedMediaType
from servicekit.settings import ServiceSettings

REQUEST_ID = "X-Request-Id"
TRACEPARENT = "traceparent"
INTERNAL_TOKEN = "Visis-Internal-Token"  # noqa: S105 - the header's name
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/version"})
LONG_WAIT_S = 1.0
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_TIMING = re.compile(r"([A-Za-z0-9_.-]{1,64});dur=([0-9]{1,12}(?:\.[0-9]{1,6})?)")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
log = logs.get_logger("access")


def install(
    app: Flask,
    *,
    settings: ServiceSettings,
    metrics: Metrics,
    public: bool,
    guards: Iterable[Callable[[], None]] = (),
) -> None:
    """Register the hooks on `app`; `guards` run before any body is read.

    A `public` service asks for no internal token, and ignores the caller's deadline.
    """
    checked = tuple(guards)

    # One hook, and the request instead of its proxy: this runs for every request, and each costs a look-up.
    def before() -> None:
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        begin(asked)
        check_wait(asked)
        check_token(asked)
        for guard in checked:
            guard()

    def begin(asked: Request) -> None:
        g.started = time.perf_counter()
        given = asked.headers.get(REQUEST_ID, "")
        g.request_id = request_id = given if _REQUEST_ID.fullmatch(given) else new_request_id()
        fields = {"request_id": request_id}
        trace = asked.headers.get(TRACEPARENT, "")
        if _TRACEPARENT.fullmatch(trace):
            g.traceparent = trace
            fields["trace_id"] = trace[3:35]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**fields)
        given = asked.headers.get(deadline.HEADER, "") if not public else ""
        deadline.start(given, settings.request_timeout_s, clients.arrived(asked))

    def check_wait(asked: Request) -> None:
        """Drop what waited for a thread until nobody wants the answer any more."""
        arrived = clients.arrived(asked)
        if arrived is None or time.monotonic() - arrived < LONG_WAIT_S:
            return
        if clients.gone()():
            raise Aborted
        if not deadline.remaining_s():
            raise Busy("The request waited too long for its turn. Try again.", retry_after_s=5)

    def check_token(asked: Request) -> None:
        token = settings.internal_token
        if public or token is None or asked.path in OPEN_PATHS:
            return
        given = asked.headers.get(INTERNAL_TOKEN, "")
        if not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
            raise Unauthorized("This service answers only the gateway of its deployment.")

    def finish(response: Response) -> Response:
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        response.headers[REQUEST_ID] = g.get("request_id", "")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if asked.method == "OPTIONS" or response.status_code == 204:
            response.headers.pop("Content-Type", None)  # there is no body
        if asked.content_length or asked.headers.get("Transfer-Encoding"):
            response.call_on_close(lambda: bodies.drain(asked))
        if forget := clients.forget():
            response.call_on_close(forget)
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        own = f"{app.import_name};dur={seconds * 1000:.1f}"
        response.headers["Server-Timing"] = summed_timings([*g.get("server_timing", []), own])
        route = asked.url_rule.rule if asked.url_rule else "(none)"
        metrics.observe_request(asked.method, route, response.status_code, seconds)
        if asked.path not in OPEN_PATHS:
            log.info(
                "request_served",
                method=asked.method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response

    app.before_request(before)
    app.after_request(finish)


def new_request_id() -> str:
    """An id for a request that came without one: 32 hexadecimal digits.

    Not from the system's generator, whose call releases the GIL: an id need not be hard to guess.
    """
    return f"{random.getrandbits(128):032x}"


def summed_timings(headers: Iterable[str]) -> str:
    """One `Server-Timing` of several, with the durations (ms) of each name added up: a request may make many calls."""
    totals: dict[str, float] = {}
    for name, duration in _TIMING.findall(", ".join(headers)):
        totals[name] = totals.get(name, 0.0) + float(duration)
    return ", ".join(f"{name};dur={total:.1f}" for name, total in totals.items())


def require_json() -> None:
    """Read the request's body as JSON.

    Raises:
        UnsupportedMediaType: the content type is not a JSON one.
        NotJson: the body is empty, not UTF-8, not JSON, or nested too deeply to read.
        InvalidInput: the body is JSON, but not an object.
    """
    if not request.is_json:
        raise UnsupportedMediaType(
            "Send the body as JSON with Content-Type: application/json.", accepted=["application/json"]
        )
    data = request.get_data(cache=True)
    if not data.strip():
        raise NotJson("The body is empty. Send a JSON object.")
    try:
        value = request.get_json()
    except RecursionError:
        raise NotJson("The JSON is nested too deeply.") from None
    except BadRequest:
        raise NotJson("The body could not be read as JSON. Check quotes, commas and the UTF-8 encoding.") from None
    if not isinstance(value, dict):
        raise InvalidInput(
            "The body must be a JSON object.", errors=[{"field": "body", "message": "must be an object"}]
        )
