"""Which engines and models the workers run, and why."""

from __future__ import annotations

from typing import Any

from flask_openapi import APIBlueprint

from gateway import schemas
from gateway.upstreams import Upstreams
from servicekit.app import blueprint
from servicekit.problems import ProblemError


def create_blueprint(upstreams: Upstreams) -> APIBlueprint:
    """`GET /models`."""
    api = blueprint("models", tag="models", description="Engines and models.")

    @api.get("/models", summary="Engines, models, devices and limits", responses={200: schemas.Models})
    def list_models() -> dict[str, Any]:
        models: list[dict[str, Any]] = []
        unreachable = []
        for worker in (upstreams.bart, upstreams.llama):
            try:
                listed = parse_response(schemas.WorkerModels, worker.call_json("GET", "/models"))
            except ProblemError:
                unreachable.append(worker.name)
            else:
                models += [{"service": listed.service, **model} for model in listed.models]
        return {"models": models, "unreachable": unreachable}

    return api
