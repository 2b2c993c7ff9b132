"""Text, chapters, pictures, files and search: documented here, passed on to the catalog byte for byte."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_openapi import APIBlueprint

from gateway import reading_schemas as schemas
from gateway.schemas import BookPath, PagePath
from gateway.upstreams import Upstreams, forward
from servicekit.app import blueprint, documented_only
from servicekit.upstream import Upstream


def create_blueprint(upstreams: Upstreams) -> APIBlueprint:
    """The routes for reading and finding."""
    api = blueprint(
        "reading", tag="reading", description="Text, chapters, pictures, search.", failures=[404, 502, 503, 504]
    )
    _add_text(api, upstreams.catalog)
    _add_pictures(api, upstreams.catalog)
    return api


def _add_text(api: APIBlueprint, catalog: Upstream) -> None:
    @api.get(
        "/books/<book_id>/text",
        summary="Read a book's text, whole or some pages",
        description="`Accept: text/plain` (the default) or `application/json`.",
        responses={200: _TEXT},
    )
    @documented_only
    def read_text(path: BookPath, query: schemas.SpanQuery) -> Response:
        return forward(catalog)

    @api.get("/books/<book_id>/chapters", summary="List the chapters", responses={200: schemas.Chapters})
    @documented_only
    def list_chapters(path: BookPath) -> Response:
        return forward(catalog)

    @api.get(
        "/search",
        summary="Search in all pages",
        description='All words must occur; `"a phrase"` keeps words together, `-word` leaves pages out. Best first.',
        responses={200: schemas.SearchHits},
    )
    @documented_only
    def search_pages(query: schemas.SearchQuery) -> Response:
        return forward(catalog)


def _add_pictures(api: APIBlueprint, catalog: Upstream) -> None:
    @api.get("/books/<book_id>/cover", summary="See the cover", responses={200: _PICTURE})
    @documented_only
    def read_cover(path: BookPath) -> Response:
        return forward(catalog)

    @api.get("/books/<book_id>/file", summary="Download the original file", responses={200: _FILE, 206: _FILE})
    @documented_only
    def read_file(path: BookPath) -> Response:
        return forward(catalog)

    @api.get("/books/<book_id>/pages/<page_number>/image", summary="See a page of a PDF", responses={200: _PICTURE})
    @documented_only
    def read_page_image(path: PagePath, query: schemas.ImageQuery) -> Response:
        return forward(catalog)

    @api.get(
        "/books/<book_id>/pages/<page_number>/images",
        summary="List the pictures on a page",
        responses={200: schemas.PageImages},
    )
    @documented_only
    def list_images(path: PagePath) -> Response:
        return forward(catalog)

    @api.get(
        "/books/<book_id>/pages/<page_number>/images/<image_number>",
        summary="See a picture on a page",
        responses={200: _PICTURE},
    )
    @documented_only
    def read_image(path: schemas.ImagePath) -> Response:
        return forward(catalog)


_BOOKS = ("application/pdf", "application/epub+zip", "text/html", "text/markdown", "text/plain")
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_PICTURE: dict[str, Any] = {
    "description": "A picture",
    "content": {f"image/{kind}": _BYTES for kind in ("jpeg", "png", "gif", "webp")},
}
_FILE: dict[str, Any] = {
    "description": "Byte for byte as it was imported; takes `Range`. The entity tag is the file's SHA-256.",
    "content": dict.fromkeys((*_BOOKS, "application/octet-stream"), _BYTES),
}
_TEXT: dict[str, Any] = {
    "description": "The text; page by page as JSON.",
    "content": {
        "text/plain": {"schema": {"type": "string"}},
        "application/json": {"schema": {"$ref": "#/components/schemas/BookText"}},
    },
}
