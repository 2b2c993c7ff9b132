"""Full-text search over HTTP."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response
from flask_openapi import APIBlueprint

from catalog_service import schemas
from catalog_service.books import to_json
from catalog_service.library import Library
from catalog_service.routes.answers import answer, query_fields
from catalog_service.routes.books import paging
from catalog_service.search import RANKED, search
from servicekit.app import array_response, blueprint, documented_only


def create_blueprint(library: Library) -> APIBlueprint:
    """The route of the search."""
    api = blueprint("search", tag="search", description="Find pages by their words.", failures=[503])

    @api.get(
        "/search",
        summary="Search in all pages",
        description='All words must occur; `"a phrase"` keeps words together, `-word` leaves pages out. Best first. '
        f"`X-Total-Count` counts up to {RANKED:,}.",
        responses={200: array_response("SearchHit")},
    )
    @documented_only
    def search_pages(query: schemas.SearchQuery) -> Response:
        wanted = schemas.parse(schemas.SearchQuery, query_fields())
        hits, total = search(library.db, wanted.q, wanted.page, wanted.per_page)
        told = [{**asdict(hit), "url": f"/books/{hit.book_id}/pages/{hit.page_number}"} for hit in hits]
        headers = paging("/search", wanted.page, wanted.per_page, total, {"q": wanted.q})
        return answer(to_json(told), headers=headers)

    return api
