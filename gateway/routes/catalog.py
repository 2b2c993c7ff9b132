"""What the gateway passes on to catalog_service as it is: rows of the contract's table, no code of their own."""

from __future__ import annotations

from typing import Any

from flask import Response

from contract import public
from gateway.upstreams import Upstreams, forward
from servicekit.operations import Routes


def create_routes(upstreams: Upstreams) -> Routes:
    """The routes of books, pages, search, summaries and jobs."""
    routes = Routes("catalog")

    def pass_on(**_path: Any) -> Response:
        return forward(upstreams.catalog)

    for operation in public.CATALOG:
        routes.implements(operation, validated=False)(pass_on)
    return routes
