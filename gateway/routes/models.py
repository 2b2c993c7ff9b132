"""Which engines and models the workers run, and why."""

from __future__ import annotations

from typing import Any

from contract import public
from contract.models import Models, WorkerModels
from gateway.upstreams import Upstreams
from servicekit.operations import Routes
from servicekit.problems import ProblemError
from servicekit.upstream import parse_response


def create_routes(upstreams: Upstreams) -> Routes:
    """`GET /models`."""
    routes = Routes("models")

    @routes.implements(public.LIST_MODELS)
    def list_models() -> dict[str, Any]:
        listed, unreachable = [], []
        for worker in (upstreams.bart, upstreams.llama):
            try:
                listed += parse_response(WorkerModels, worker.call_json("GET", "/models")).models
            except ProblemError:
                unreachable.append(worker.name)
        return Models(models=listed, unreachable=unreachable).model_dump()

    return routes
