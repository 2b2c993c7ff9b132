"""The routes that both model workers have: summaries, key points, and which engines there are."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, request

from contract import internal
from contract.generation import GenerationOptions, Points, PointsTask, Summary, SummaryTask, Usage
from contract.models import ModelInfo, WorkerModels
from modelkit import answers
from modelkit.choice import Engines
from modelkit.engine import Event, Request, Result
from servicekit import deadline
from servicekit.operations import Routes, refuse

PRIORITY = "Visis-Priority"
Options = Mapping[str, int | None]


def generation_routes(service: str, engines: Engines, options: Options) -> Routes:
    """`/summaries`, `/points`, their event streams, and `/models`.

    Args:
        options: the generation options that the worker's model has, each with its largest value where that is lower
            than the contract's.
    """
    routes = Routes("generation")

    def summary_events(task: SummaryTask) -> Iterator[Event]:
        return engines.answer(task.engine, _request(service, options, task, length=task.length))

    def points_events(task: PointsTask) -> Iterator[Event]:
        return engines.answer(task.engine, _request(service, options, task, count=task.count))

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


def _request(service: str, options: Options, task: SummaryTask | PointsTask, **wanted: Any) -> Request:
    return Request(
        text=task.text,
        options=_checked(service, options, task),
        deadline=time.monotonic() + deadline.remaining_s(),
        background=request.headers.get(PRIORITY) == "background",
        **wanted,
    )


def _checked(service: str, options: Options, task: GenerationOptions) -> dict[str, Any]:
    given = task.options()
    for name, value in given.items():
        if name not in options:
            raise refuse(name, f"is not an option of {service}: remove it, or choose another engine")
        highest = options[name]
        if highest is not None and value > highest:
            raise refuse(name, f"must be less than or equal to {highest}")
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
    )


def _count_words(text: str) -> int:
    """Runs of characters that are not white space, without a list of them: a text may be of 64 MB."""
    return sum(1 for _ in re.finditer(r"\S+", text))


def _points(result: Result) -> Points:
    return Points.of(list(result.texts), engine=result.engine, model=result.model, usage=_usage(result))


def _usage(result: Result) -> Usage | None:
    return Usage(**asdict(result.usage)) if result.usage else None
