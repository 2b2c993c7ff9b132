"""Turns an engine's events into a response, one JSON body or a stream of events, and ends work nobody waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any, cast

from flask import Response, jsonify, request, stream_with_context

from llama_service.cancellation import Cancellations
from llama_service.engine import TICK_S, Event, Progress, Result, Token
from servicekit import clients, deadline, events, logs
from servicekit.problems import Conflict, InternalError, ProblemError, UpstreamTimeout

PING_S = 5.0
log = logs.get_logger(__name__)
Body = Callable[[Result], dict[str, Any]]


def answer(found: Iterator[Event], body: Body, cancellations: Cancellations) -> Response:
    """Run the work to its end, or stream it where the client accepts an event stream.

    Problems found before the first event are raised as such, also for a stream.
    """
    work = _watched(found, cancellations)
    if request.accept_mimetypes.best_match(["application/json", events.MEDIA_TYPE]) == events.MEDIA_TYPE:
        first = next(work)
        lines = stream_with_context(_stream(first, work, body))
        return Response(lines, content_type=events.CONTENT_TYPE, headers=events.HEADERS)
    result = next(event for event in work if isinstance(event, Result))
    return jsonify(body(result))


def _watched(found: Iterator[Event], cancellations: Cancellations) -> Iterator[Event]:
    """The events, until the deadline passes, the client goes away, or the request is cancelled."""
    client_gone, looked = clients.gone(), time.monotonic()
    # Closed here and now, not when the collector finds it: that is what gives the slots back.
    with cancellations.current() as cancelled, closing(cast(Generator[Event, None, None], found)):
        for event in found:
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
                written = events.PING
            if written:
                spoke = time.monotonic()
                yield written
    except ProblemError as problem:
        yield events.encode("error", problem.to_dict())
    except Exception as error:  # the headers are sent: the stream is the only place left for the problem
        log.error("stream_failed", exc_info=error)
        yield events.encode("error", InternalError("An unexpected error. Give the operator the request id.").to_dict())


def _chain(first: Event, rest: Iterator[Event]) -> Iterator[Event]:
    yield first
    yield from rest


def _written(event: Event, body: Body) -> str:
    match event:
        case Token(text):
            return events.encode("token", {"text": text}) if text else ""
        case Progress(part, parts):
            return events.encode("progress", {"part": part, "parts": parts})
        case Result():
            return events.encode("done", body(event))
        case None:
            return ""
