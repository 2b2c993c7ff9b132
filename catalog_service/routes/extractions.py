"""Reading a file without storing it, over HTTP."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint

from catalog_service import schemas
from catalog_service.books import to_json
from catalog_service.library import Library
from catalog_service.routes.answers import answer, form_fields, uploaded
from servicekit.app import blueprint, documented_only
from servicekit.schemas import Model


class _Nothing(Model):
    """No text fields."""


def create_blueprint(library: Library) -> APIBlueprint:
    """The route of extractions."""
    api = blueprint("extractions", tag="books", description="The library.", failures=[503, 507])

    @api.post("/extractions", summary="Read a file without storing it", responses={200: schemas.Extraction})
    @documented_only
    def extract(form: schemas.FileForm) -> Response:
        file = uploaded()
        schemas.parse(_Nothing, form_fields())
        document = library.extract(file.stream, file.filename or "")
        about = document.about
        told = {
            "title": about.title,
            "author": about.author,
            "language": about.language,
            "format": about.format,
            "page_count": len(document.pages),
            "word_count": document.word_count,
            "pages": [{"page_number": n, "text": page.text} for n, page in enumerate(document.pages, 1)],
        }
        return answer(to_json(told))

    return api
