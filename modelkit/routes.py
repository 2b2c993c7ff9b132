"""The routes that both model workers have: summaries, key points, and which engines there are."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Response, request

from contract import internal
from contract.generation import OPTIONS_OF, GenerationOptions, Points, PointsTask, Summary, SummaryTask, Usage
from contract.models import ModelInfo, WorkerModels
from modelkit import answers
from modelkit.choice import Engines
from modelkit.engine import Event, Request, Result
from servicekit import deadline
from servicekit.operations import Routes, refuse

PRIORITY = "Visis-Priority"


def generation_routes(service: str, engines: Engines, *, max_tokens: int = 4096) -> Routes:
    """`/summaries`, `/points`, their event streams, and `/models`.

    Args:
        max_tokens: the longest answer that a request may ask for, whichever engine answers.
    """
    routes = Routes("generation")

    def summary_events(task: SummaryTask) -> Iterator[Event]:
        return engines.answer(task.engine, _request(_checked(service, task, max_tokens), task, length=task.length))

    def points_events(task: PointsTask) -> Iterator[Event]:
        return engines.answer(task.engine, _request(_checked(service, task, max_tokens), task, count=task.count))

    @routes.implements(internal.WRITE_SUMMARY)
    def write_summary(body: SummaryTask) -> Response:
        return answers.respond(summary_events(body), lambda result: _summary(body.text, result))

    @routes.implements(internal.STREAM_SUMMARY)
    def stream_summary(body: SummaryTask) -> Response:
        return answers.stream(summary_events(body), lambda result: _summary(body.text, result))

    @routes.implements(internal.WRITE_POINTS)
    def write_points(body: PointsTask) -> Response:
        return answers.respond(points_events(body), _points)

    @routes.implements(internal.STREAM_POINTS)
    def stream_points(body: PointsTask) -> Response:
        return answers.stream(points_events(body), _points)

    @routes.implements(internal.LIST_WORKER_MODELS)
    def list_worker_models() -> dict[str, Any]:
        rows = [
            ModelInfo(
                service=service,
                engine=status.engine,
                model=status.model,
                device=status.device,
                loaded=status.state == "ready",
                selected=selected,
                why=why,
                limits=dict(status.limits),
                card=None if status.card is None else dict(status.card),
            )
            for status, selected, why in engines.describe()
        ]
        return WorkerModels(service=service, models=rows).model_dump()

    return routes


def _request(options: dict[str, Any], task: SummaryTask | PointsTask, **wanted: Any) -> Request:
    return Request(
        text=task.text,
        options=options,
        deadline=time.monotonic() + deadline.remaining_s(),
        background=request.headers.get(PRIORITY) == "background",
        **wanted,
    )


def _checked(service: str, task: GenerationOptions, max_tokens: int) -> dict[str, Any]:
    """The options that are set.

    Raises:
        InvalidInput: one is another worker's, or out of this one's bounds.
    """
    given = task.options()
    for name in sorted(set(given) - OPTIONS_OF[service]):
        raise refuse(name, f"is not an option of {service}: remove it, or choose another engine")
    if given.get("max_tokens", 0) > max_tokens:
        raise refuse("max_tokens", f"must be less than or equal to {max_tokens}")
    return given


def _summary(text: str, result: Result) -> Summary:
    return Summary(
        summary=result.texts[0],
        engine=result.engine,
        model=result.model,
        parts=result.parts,
        input_words=_count_words(text),
        summary_words=_count_words(result.texts[0]),
        usage=_usage(result),
        **_ending(result),
    )


def _count_words(text: str) -> int:
    """Runs of characters that are not white space, without a list of them: a text may be of 64 MB."""
    return sum(1 for _ in re.finditer(r"\S+", text))


def _points(result: Result) -> Points:
    return Points.of(
        list(result.texts), engine=result.engine, model=result.model, usage=_usage(result), **_ending(result)
    )


def _ending(result: Result) -> dict[str, Any]:
    return {
        "truncated": result.truncated,
        "degraded": result.degraded_reason is not None,
        "degraded_reason": result.degraded_reason,
    }


def _usage(result: Result) -> Usage | None:
    return Usage(**asdict(result.usage)) if result.usage else None
