"""Turns an engine's events into a response, JSON or an event stream, and ends work that nobody waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import chain
from typing import cast

from flask import Response, request, stream_with_context

from contract import events
from contract.generation import Points, Summary
from modelkit.engine import Event, Part, Passages, Progress, Restart, Result, Token
from servicekit import clients, deadline, logs
from servicekit import events as sse
from servicekit.problems import Conflict, InternalError, ProblemError, UpstreamTimeout

PING_S = 5.0
log = logs.get_logger(__name__)
Convert = Callable[[Result], Summary | Points]


def respond(found: Iterator[Event], convert: Convert) -> Response:
    """Run the work to its end, or stream it where the client accepts an event stream.

    Raises:
        ProblemError: why there is no answer.
    """
    if request.accept_mimetypes.best_match(["application/json", sse.MEDIA_TYPE]) == sse.MEDIA_TYPE:
        return stream(found, convert)
    with closing(_watched(found)) as work:
        result = next(event for event in work if isinstance(event, Result))
    return Response(convert(result).model_dump_json(), content_type="application/json")


def stream(found: Iterator[Event], convert: Convert) -> Response:
    """The events as they come, `done` or `problem` last.

    Raises:
        ProblemError: one that was found before the first event.
    """
    work = _watched(found)
    first = next(work)
    lines = stream_with_context(_lines(chain([first], work), convert))
    response = Response(lines, content_type=sse.CONTENT_TYPE, headers=sse.HEADERS)
    response.call_on_close(work.close)
    return response


def _watched(found: Iterator[Event]) -> Generator[Event, None, None]:
    """The events, until the deadline passes or the client goes away."""
    client_gone = clients.gone()
    # Closed at once, not by the garbage collector: closing releases slots and cancels what is queued.
    with closing(cast(Generator[Event, None, None], found)):
        for event in found:
            if deadline.remaining_s() <= 0:
                raise UpstreamTimeout("The text could not be finished within the deadline. Send long texts as a job.")
            if client_gone():
                log.info("client_left")
                raise Conflict("The client closed the connection.")
            yield event


def _lines(work: Iterator[Event], convert: Convert) -> Iterator[str]:
    sent = time.monotonic()
    try:
        for event in work:
            if event is not None and not isinstance(event, Passages):
                sent = time.monotonic()
                yield sse.encode(_message(event, convert))
            elif time.monotonic() - sent >= PING_S:
                sent = time.monotonic()
                yield sse.PING
    except ProblemError as problem:
        yield _failed(problem)
    except Exception as error:  # the headers are sent: the stream is the only place left for the problem
        log.error("stream_failed", exc_info=error)
        yield _failed(InternalError("An unexpected error. Give the operator the request id."))


def _message(event: Token | Progress | Part | Restart | Result, convert: Convert) -> events.Event:
    match event:
        case Token(text):
            return events.TokenEvent(text=text)
        case Progress(done, total):
            return events.ProgressEvent(done=done, total=total, unit="parts")
        case Part(level, part, parts, summary):
            return events.PartEvent(level=level, part=part, parts=parts, summary=summary)
        case Restart(reason):
            return events.RestartEvent(reason=reason)
        case Result():
            made = convert(event)
            if isinstance(made, Summary):
                return events.SummaryDoneEvent(result=made)
            return events.PointsDoneEvent(result=made)


def _failed(problem: ProblemError) -> str:
    return sse.encode(events.ProblemEvent(problem=problem.to_model()))
