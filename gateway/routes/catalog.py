"""What the gateway passes on to catalog_service as it is: rows of the contract's table, no code of their own."""

from __future__ import annotations

import functools
from typing import Any

from flask import Response

from contract import public
from gateway.spool import Spool
from gateway.upstreams import Upstreams, forward
from servicekit.operations import Operation, Routes


def create_routes(upstreams: Upstreams, spool: Spool) -> Routes:
    """The routes of books, pages, search, summaries and jobs."""
    routes = Routes("catalog")

    def pass_on(operation: Operation, **_path: Any) -> Response:
        return forward(upstreams.catalog, operation, spool)

    for operation in public.CATALOG:
        routes.implements(operation, validated=False)(functools.partial(pass_on, operation))
    return routes
