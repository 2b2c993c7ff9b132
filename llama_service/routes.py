"""The routes of the Llama worker."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_openapi import APIBlueprint
from pydantic import Field

from llama_service.answers import answer
from llama_service.cancellation import Cancellations
from llama_service.engine import Engine, Result
from llama_service.schemas import (
    ModelAnswer,
    ModelsAnswer,
    PointsAnswer,
    PointsRequest,
    SummaryAnswer,
    SummaryRequest,
    UsageAnswer,
)
from llama_service.selection import Engines
from servicekit.app import blueprint
from servicekit.problems import NotFound
from servicekit.schemas import Model

_STREAM = (
    "With `Accept: text/event-stream` the answer comes as it is written: events `token` `{text}`, `progress`\n"
    "`{part, parts}` while a long text is read, then `done` with the whole answer, or `error` with a problem."
)


class GenerationPath(Model):
    request_id: str = Field(description="The `X-Request-Id` of the request to cancel.")


def make_api(engines: Engines) -> APIBlueprint:
    """The routes, bound to this process's engines."""
    api = blueprint("llama", tag="llama", description="Summaries and key points.", failures=(409, 413, 503, 504))
    cancellations = Cancellations()

    @api.post("/summaries", summary="Summarise a text", description=_STREAM, responses={200: SummaryAnswer})
    def summaries(body: SummaryRequest) -> Response:
        engine = engines.pick(body.engine)
        events = engine.summarise(body.text, body.length, body.generation())
        return answer(events, lambda result: _summary(body, engine, result), cancellations)

    @api.post("/points", summary="Key points of a text", description=_STREAM, responses={200: PointsAnswer})
    def points(body: PointsRequest) -> Response:
        engine = engines.pick(body.engine)
        events = engine.points(body.text, body.count, body.generation())
        return answer(events, lambda result: _points(engine, result), cancellations)

    @api.delete("/generations/<request_id>", summary="Cancel a request that is at work", responses={204: None})
    def cancel(path: GenerationPath) -> tuple[str, int]:
        if not cancellations.cancel(path.request_id):
            raise NotFound("No request with this id is at work here.")
        return "", 204

    @api.get("/models", summary="What each engine runs with, and why", responses={200: ModelsAnswer})
    def models() -> dict[str, Any]:
        rows = [
            ModelAnswer(
                engine=status.engine,
                model=status.model,
                device=status.device,
                loaded=status.state == "ready",
                selected=selected,
                why=why,
                limits=dict(status.limits),
            )
            for status, selected, why in engines.describe()
        ]
        return ModelsAnswer(service="llama_service", models=rows).model_dump()

    return api


def _summary(body: SummaryRequest, engine: Engine, result: Result) -> dict[str, Any]:
    summary = result.texts[0]
    return SummaryAnswer(
        summary=summary,
        engine=engine.name,
        model=engine.model,
        parts=result.parts,
        input_words=len(body.text.split()),
        summary_words=len(summary.split()),
        usage=_usage(result),
    ).model_dump()


def _points(engine: Engine, result: Result) -> dict[str, Any]:
    points = list(result.texts)
    text = "\n".join(f"- {point}" for point in points)
    return PointsAnswer(
        points=points, text=text, engine=engine.name, model=engine.model, usage=_usage(result)
    ).model_dump()


def _usage(result: Result) -> UsageAnswer | None:
    return UsageAnswer(**asdict(result.usage)) if result.usage else None
