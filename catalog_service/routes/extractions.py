"""Reading a file without storing it, over HTTP."""

from __future__ import annotations

from typing import Any

from flask import request

from catalog_service.library import Library
from catalog_service.routes.answers import client
from contract import internal
from contract.books import Extraction, FileName, PageText
from servicekit.operations import Routes


def create_routes(library: Library) -> Routes:
    """The route of extractions."""
    routes = Routes("extractions")

    @routes.implements(internal.EXTRACT_FILE)
    def extract_file(query: FileName) -> dict[str, Any]:
        document = library.extract(request.stream, query.name, client())
        found = document.metadata
        return Extraction(
            title=found.title,
            author=found.author,
            language=found.language,
            format=found.format,
            page_count=len(document.pages),
            word_count=document.word_count,
            pages=[PageText(page_number=n, text=page.text) for n, page in enumerate(document.pages, 1)],
        ).model_dump()

    return routes
