"""Books and their pages over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask_openapi import APIBlueprint

from catalog_service import schemas
from catalog_service.books import to_json
from catalog_service.library import Library
from catalog_service.routes.answers import (
    JSON,
    TEXT,
    book_number,
    form_fields,
    json_answer,
    number,
    query_fields,
    uploaded,
    wants,
)
from catalog_service.schemas import parse
from servicekit.app import blueprint, documented_only
from servicekit.problems import NotFound


def create_blueprint(library: Library) -> APIBlueprint:
    """The routes of books and pages."""
    api = blueprint("books", tag="books", description="The library.", failures=[404, 503, 507])
    _add_writes(api, library)
    _add_reads(api, library)
    return api


def _add_writes(api: APIBlueprint, library: Library) -> None:
    @api.post("/books/", summary="Add a book", responses={201: schemas.Book})
    @documented_only
    def create_book(body: schemas.NewBook) -> Response:
        new = parse(schemas.NewBook, request.get_json())
        return _made(library, library.create(_stored(new), new.text))

    @api.post("/books/import", summary="Import a book from a file", responses={201: schemas.Book, 200: schemas.Book})
    @documented_only
    def import_book(form: schemas.ImportForm) -> Response:
        file = uploaded()
        said = parse(schemas.ImportFields, form_fields())
        book_id, new = library.import_file(file.stream, file.filename or "", _stored(said))
        return _made(library, book_id, 201 if new else 200)

    @api.put("/books/<book_id>", summary="Replace a book's particulars", responses={200: schemas.Book})
    @documented_only
    def replace_book(path: schemas.BookPath, body: schemas.BookReplacement, book_id: str) -> Response:
        replacement = parse(schemas.BookReplacement, request.get_json())
        return json_answer(to_json(library.change(book_number(book_id), _stored(replacement))))

    @api.patch("/books/<book_id>", summary="Change some of a book's particulars", responses={200: schemas.Book})
    @documented_only
    def patch_book(path: schemas.BookPath, body: schemas.BookPatch, book_id: str) -> Response:
        patch = parse(schemas.BookPatch, request.get_json())
        return json_answer(to_json(library.change(book_number(book_id), _stored(patch, only_given=True))))

    @api.delete("/books/<book_id>", summary="Delete a book", responses={204: None})
    @documented_only
    def delete_book(path: schemas.BookPath, book_id: str) -> Response:
        library.delete(book_number(book_id))
        return Response(status=204)


def _add_reads(api: APIBlueprint, library: Library) -> None:
    @api.get("/books/", summary="List the books", responses={200: schemas.array_of("Book")})
    @documented_only
    def list_books(query: schemas.ListQuery) -> Response:
        wanted = parse(schemas.ListQuery, query_fields())
        found, total = library.books.list(wanted.page, wanted.per_page)
        headers = {"X-Total-Count": str(total), "Link": _links(wanted.page, wanted.per_page, total)}
        return json_answer(to_json(found), headers=headers)

    @api.get("/books/<book_id>", summary="Read a book's particulars", responses={200: schemas.Book})
    @documented_only
    def read_book(path: schemas.BookPath, book_id: str) -> Response:
        return json_answer(to_json(library.books.get(book_number(book_id))))

    @api.get("/books/<book_id>/pages/<page_number>", summary="Read a page", responses={200: schemas.Page})
    @documented_only
    def read_page(path: schemas.PagePath, book_id: str, page_number: str) -> Response:
        page = library.books.page(book_number(book_id), number(page_number))
        if wants(JSON, "text/plain") != JSON:
            return Response(page.text, content_type=TEXT, headers={"Vary": "Accept"})
        return json_answer(to_json(_page(page)), headers={"Vary": "Accept"})

    @api.get("/books/<book_id>/text", summary="Read the whole text", responses={200: schemas.BookText})
    @documented_only
    def read_text(path: schemas.BookPath, query: schemas.SpanQuery, book_id: str) -> Response:
        span = parse(schemas.SpanQuery, query_fields())
        book = library.books.get(book_number(book_id))
        last = min(span.last_page or book["page_count"], book["page_count"])
        if book["page_count"] and span.first_page > book["page_count"]:
            raise NotFound(f"Book {book['id']} has no page {span.first_page}: its pages are 1 to {book['page_count']}.")
        pages = library.books.pages(book["id"], book["revision"], span.first_page, last)
        if wants("text/plain", JSON) != JSON:
            return Response("\n\n".join(text for _, text in pages), content_type=TEXT, headers={"Vary": "Accept"})
        answer = {
            "book_id": book["id"],
            "title": book["title"],
            "revision": book["revision"],
            "first_page": span.first_page,
            "last_page": last,
            "page_count": book["page_count"],
            "pages": [{"page_number": page_number, "text": text} for page_number, text in pages],
        }
        return json_answer(to_json(answer), headers={"Vary": "Accept"})


def _stored(fields: schemas.BookFields, *, only_given: bool = False) -> dict[str, Any]:
    return fields.model_dump(mode="json", exclude={"text"}, exclude_unset=only_given)


def _made(library: Library, book_id: int, status: int = 201) -> Response:
    return json_answer(to_json(library.books.get(book_id)), status, {"Location": f"/books/{book_id}"})


def _page(page: Any) -> dict[str, Any]:
    path = f"/books/{page.book_id}/pages/"
    return {
        "book_id": page.book_id,
        "page_number": page.number,
        "page_count": page.page_count,
        "revision": page.revision,
        "text": page.text,
        "word_count": page.word_count,
        "problem": page.problem,
        "prev": f"{path}{page.number - 1}" if page.number > 1 else None,
        "next": f"{path}{page.number + 1}" if page.number < page.page_count else None,
    }


def _links(page: int, per_page: int, total: int) -> str:
    """The `Link` header of a list (RFC 8288)."""
    last = max(1, -(-total // per_page))
    pages = {
        "first": 1,
        "prev": page - 1 if page > 1 else None,
        "next": page + 1 if page < last else None,
        "last": last,
    }
    return ", ".join(
        f'</books/?{urlencode({"page": at, "per_page": per_page})}>; rel="{rel}"' for rel, at in pages.items() if at
    )
