"""Books and pages: documented here, passed on to the catalog byte for byte."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_openapi import APIBlueprint

from gateway import schemas
from gateway.reading_schemas import BooksQuery
from gateway.upstreams import Upstreams, forward
from servicekit.app import array_response, blueprint, documented_only, problem_response, streamed_response
from servicekit.schemas import ChangerHeader, MakerHeader


def create_blueprint(upstreams: Upstreams) -> APIBlueprint:
    """The book routes."""
    api = blueprint("books", tag="books", description="The library.", failures=[404, 502, 503, 504])
    catalog = upstreams.catalog
    changed: dict[Any, Any] = {200: schemas.Book, 412: problem_response(412)}

    @api.post("/books/", summary="Add a book", responses={201: schemas.Book, 409: problem_response(409)})
    @documented_only
    def create_book(header: MakerHeader, body: schemas.NewBook) -> Response:
        return forward(catalog)

    @api.post(
        "/books/import",
        summary="Import a book from a file",
        description="The same bytes give the same book, with status 200. With `Accept: text/event-stream`: `progress` "
        "events `{pages_done, pages_total}` while it is read, then `book` or `problem`.",
        responses={201: schemas.Book, 200: streamed_response("Book"), 409: problem_response(409)},
    )
    @documented_only
    def import_book(header: MakerHeader, form: schemas.ImportForm) -> Response:
        return forward(catalog)

    @api.get("/books/", summary="List the books", responses={200: array_response("Book")})
    @documented_only
    def list_books(query: BooksQuery) -> Response:
        return forward(catalog)

    @api.get("/books/<book_id>", summary="Read a book's particulars", responses={200: schemas.Book})
    @documented_only
    def read_book(path: schemas.BookPath) -> Response:
        return forward(catalog)

    @api.put("/books/<book_id>", summary="Replace a book's particulars", responses=changed)
    @documented_only
    def replace_book(path: schemas.BookPath, header: ChangerHeader, body: schemas.BookReplacement) -> Response:
        return forward(catalog)

    @api.patch("/books/<book_id>", summary="Change some of a book's particulars", responses=changed)
    @documented_only
    def patch_book(path: schemas.BookPath, header: ChangerHeader, body: schemas.BookPatch) -> Response:
        return forward(catalog)

    @api.delete("/books/<book_id>", summary="Delete a book", responses={204: None, 412: problem_response(412)})
    @documented_only
    def delete_book(path: schemas.BookPath, header: ChangerHeader) -> Response:
        return forward(catalog)

    @api.get("/books/<book_id>/pages/<page_number>", summary="Read a page", responses={200: _PAGE})
    @documented_only
    def read_page(path: schemas.PagePath) -> Response:
        return forward(catalog)

    return api


_PAGE: dict[str, Any] = {
    "description": "The page; as bare text or as Markdown where the client accepts that alone.",
    "content": {
        "application/json": {"schema": schemas.Page.model_json_schema()},
        "text/plain": {"schema": {"type": "string"}},
        "text/markdown": {"schema": {"type": "string"}},
    },
}
