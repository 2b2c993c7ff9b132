"""Imports that their clients do not wait for, over HTTP."""

from __future__ import annotations

from flask import Response

from catalog_service.books import to_json
from catalog_service.imports import Imports
from catalog_service.routes.answers import answer, client, idempotency_key
from catalog_service.routes.books import accepted, paging, upload
from contract import public
from contract.books import ImportForm
from contract.fields import Paging
from servicekit.operations import Routes


def create_routes(imports: Imports) -> Routes:
    """The routes of imports."""
    routes = Routes("imports")

    @routes.implements(public.BEGIN_IMPORT)
    def begin_import(form: ImportForm) -> Response:
        return accepted(imports.submit(*upload(form), client().name, idempotency_key()))

    @routes.implements(public.LIST_IMPORTS)
    def list_imports(query: Paging) -> Response:
        found, total = imports.listed(query.page, query.per_page)
        return answer(to_json(found), headers=paging("/imports", query.page, query.per_page, total, {}))

    @routes.implements(public.READ_IMPORT)
    def read_import(import_id: str) -> Response:
        return answer(to_json(imports.get(import_id)))

    @routes.implements(public.CANCEL_IMPORT)
    def cancel_import(import_id: str) -> Response:
        return answer(to_json(imports.cancel(import_id)))

    return routes
