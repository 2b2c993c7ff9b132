"""Full-text search over HTTP."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response

from catalog_service.books import to_json
from catalog_service.library import Library
from catalog_service.routes.answers import answer
from catalog_service.routes.books import paging
from catalog_service.search import search
from contract import public
from contract.books import SearchQuery
from servicekit.operations import Routes


def create_routes(library: Library) -> Routes:
    """The route of the search."""
    routes = Routes("search")

    @routes.implements(public.SEARCH_PAGES)
    def search_pages(query: SearchQuery) -> Response:
        hits, total = search(library.db, query.q, query.page, query.per_page, query.book_id)
        found = [{**asdict(hit), "url": f"/books/{hit.book_id}/pages/{hit.page_number}"} for hit in hits]
        headers = paging(
            "/search", query.page, query.per_page, total, query.model_dump(include={"q", "book_id"}, exclude_none=True)
        )
        return answer(to_json(found), headers=headers)

    return routes
