"""Turns an engine's events into a response, one JSON body or a stream of events, and ends work nobody waits for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any, cast

from flask import Response, jsonify, request, stream_with_context

from llama_service.cancellation import Cancellations
from llama_service.engine import TICK_S, Event, Progress, Result, Token
from servicekit import clients, deadline, logs
from servicekit.problems import Conflict, InternalError, ProblemError, UpstreamTimeout

EVENT_STREAM = "text/event-stream"
PING_S = 5.0
log = logs.get_logger(__name__)
Body = Callable[[Result], dict[str, Any]]


def answer(events: Iterator[Event], body: Body, cancellations: Cancellations) -> Response:
    """Run the work to its end, or stream it where the client accepts an event stream.

    Problems found before the first event are raised as such, also for a stream.
    """
    work = _watched(events, cancellations)
    if request.accept_mimetypes.best_match(["application/json", EVENT_STREAM]) == EVENT_STREAM:
        first = next(work)
        return Response(stream_with_context(_stream(first, work, body)), content_type=EVENT_STREAM, headers=_NO_BUFFER)
    result = next(event for event in work if isinstance(event, Result))
    return jsonify(body(result))


_NO_BUFFER = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def _watched(events: Iterator[Event], cancellations: Cancellations) -> Iterator[Event]:
    """The events, until the deadline passes, the client goes away, or the request is cancelled."""
    client_gone, looked = clients.gone(), time.monotonic()
    # Closed here and now, not when the collector finds it: that is what gives the slots back.
    with cancellations.current() as cancelled, closing(cast(Generator[Event, None, None], events)):
        for event in events:
            if cancelled.is_set():
                raise Conflict("The request was cancelled.")
            if deadline.remaining_s() <= 0:
                raise UpstreamTimeout("The text could not be finished in the time allowed. Send long texts as a job.")
            if time.monotonic() - looked >= TICK_S:
                looked = time.monotonic()
                if client_gone():
                    log.info("client_left")
                    raise Conflict("The client closed the connection.")
            yield event


def _stream(first: Event, work: Iterator[Event], body: Body) -> Iterator[str]:
    spoke = time.monotonic()
    try:
        for event in _chain(first, work):
            written = _written(event, body)
            if not written and time.monotonic() - spoke >= PING_S:
                written = ": ping\n\n"
            if written:
                spoke = time.monotonic()
                yield written
    except ProblemError as problem:
        yield _sse("error", problem.to_dict())
    except Exception as error:  # the headers are sent: the stream is the only place left for the problem
        log.error("stream_failed", exc_info=error)
        yield _sse("error", InternalError("An unexpected error. Give the operator the request id.").to_dict())


def _chain(first: Event, rest: Iterator[Event]) -> Iterator[Event]:
    yield first
    yield from rest


def _written(event: Event, body: Body) -> str:
    match event:
        case Token(text):
            return _sse("token", {"text": text}) if text else ""
        case Progress(part, parts):
            return _sse("progress", {"part": part, "parts": parts})
        case Result():
            return _sse("done", body(event))
        case None:
            return ""


def _sse(event: str, data: dict[str, Any]) -> str:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
