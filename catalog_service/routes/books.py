"""Books over HTTP: the list, the particulars, and imports."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, stream_with_context
from flask_openapi import APIBlueprint
from peewee import Database

from catalog_service import receipts, schemas
from catalog_service.books import MOST_FOUND, Wanted, to_json
from catalog_service.database import explain
from catalog_service.library import Library
from bookreader.document import Progress
from catalog_service.routes.answers import (
    JSON,
    answer,
    book_number,
    expected,
    form_fields,
    idempotency_key,
    query_fields,
    uploaded,
    wants,
)
from catalog_service.schemas import parse
from servicekit import events, logs
from servicekit.app import array_response, blueprint, documented_only, problem_response, streamed_response
from servicekit.problems import InternalError, ProblemError
from servicekit.schemas import ChangerHeader, MakerHeader

PROGRESS_S = 0.1
log = logs.get_logger(__name__)


def create_blueprint(library: Library) -> APIBlueprint:
    """The routes of books."""
    api = blueprint("books", tag="books", description="The library.", failures=[404, 503, 507])
    _add_makers(api, library)
    _add_changers(api, library)
    _add_readers(api, library)
    return api


def _add_makers(api: APIBlueprint, library: Library) -> None:
    @api.post("/books/", summary="Add a book", responses={201: schemas.Book, 409: problem_response(409)})
    @documented_only
    def create_book(header: MakerHeader, body: schemas.NewBook) -> Response:
        new = parse(schemas.NewBook, request.get_json())
        return _made(library.create(_stored(new), new.text, idempotency_key()))

    @api.post(
        "/books/import",
        summary="Import a book from a file",
        description="The same bytes give the same book, with status 200. With `Accept: text/event-stream`: `progress` "
        "events `{pages_done, pages_total}` while it is read, then `book` or `problem`.",
        responses={201: schemas.Book, 200: streamed_response("Book"), 409: problem_response(409)},
    )
    @documented_only
    def import_book(header: MakerHeader, form: schemas.ImportForm) -> Response:
        file = uploaded()
        said = parse(schemas.ImportFields, form_fields())
        asked = (file.stream, file.filename or "", _stored(said), idempotency_key())
        if wants(JSON, events.MEDIA_TYPE) == JSON:
            return _made(library.import_file(*asked))
        steps = library.importing(*asked)
        first = next(steps)  # here, so that what is refused before the first page has a status of its own
        lines = stream_with_context(_progress(chain([first], steps), library.db))
        return Response(lines, content_type=events.CONTENT_TYPE, headers=events.HEADERS)


def _add_changers(api: APIBlueprint, library: Library) -> None:
    changed: dict[Any, Any] = {200: schemas.Book, 412: problem_response(412)}

    @api.put("/books/<book_id>", summary="Replace a book's particulars", responses=changed)
    @documented_only
    def replace_book(
        path: schemas.BookPath, header: ChangerHeader, body: schemas.BookReplacement, book_id: str
    ) -> Response:
        replacement = parse(schemas.BookReplacement, request.get_json())
        return answer(to_json(library.change(book_number(book_id), _stored(replacement), expected())))

    @api.patch("/books/<book_id>", summary="Change some of a book's particulars", responses=changed)
    @documented_only
    def patch_book(path: schemas.BookPath, header: ChangerHeader, body: schemas.BookPatch, book_id: str) -> Response:
        patch = parse(schemas.BookPatch, request.get_json())
        return answer(to_json(library.change(book_number(book_id), _stored(patch, only_given=True), expected())))

    @api.delete("/books/<book_id>", summary="Delete a book", responses={204: None, 412: problem_response(412)})
    @documented_only
    def delete_book(path: schemas.BookPath, header: ChangerHeader, book_id: str) -> Response:
        library.delete(book_number(book_id), expected())
        return Response(status=204)


def _add_readers(api: APIBlueprint, library: Library) -> None:
    @api.get(
        "/books/",
        summary="List the books",
        description="To read it all, follow the `next` links: with their `after` each page is as fast as the first. "
        f"With `q`, `author` or `language`, `X-Total-Count` counts up to {MOST_FOUND:,}.",
        responses={200: array_response("Book")},
    )
    @documented_only
    def list_books(query: schemas.ListQuery) -> Response:
        wanted = parse(schemas.ListQuery, fields) if (fields := query_fields()) else _FIRST_PAGE
        filters = Wanted(wanted.q, wanted.author, wanted.language, wanted.sort, wanted.after)
        found, total = library.books.listed(wanted.page, wanted.per_page, filters)
        kept = {name: value for name, value in asdict(filters).items() if value and name != "after" and value != "id"}
        after = found[-1]["id"] if len(found) == wanted.per_page else None
        whole = total < MOST_FOUND or not (filters.q or filters.author or filters.language)
        headers = paging("/books/", wanted.page, wanted.per_page, total, kept, after, whole)
        return answer(to_json(found), headers=headers)

    @api.get("/books/<book_id>", summary="Read a book's particulars", responses={200: schemas.Book})
    @documented_only
    def read_book(path: schemas.BookPath, book_id: str) -> Response:
        return answer(to_json(library.books.get(book_number(book_id))))


_FIRST_PAGE = schemas.ListQuery()


def paging(
    path: str,
    page: int,
    per_page: int,
    total: int,
    kept: dict[str, str],
    after: int | None = None,
    whole: bool = True,
) -> dict[str, str]:
    """The `X-Total-Count` and `Link` headers of a list (RFC 8288).

    Args:
        kept: the query's other parameters.
        after: the last book on this page, if it is full: the next page begins behind it.
        whole: whether `total` counts all; if not, no last page is named.
    """
    last = max(1, -(-total // per_page))
    follows = page < last or (not whole and after is not None)
    pages = {"first": 1, "prev": page - 1, "next": page + 1 if follows else 0, "last": last if whole else 0}
    links = []
    for rel, at in pages.items():
        if at > 0:
            behind = {"after": after} if rel == "next" and after is not None else {}
            links.append(f'<{path}?{urlencode({**kept, "page": at, "per_page": per_page, **behind})}>; rel="{rel}"')
    return {"X-Total-Count": str(total), "Link": ", ".join(links)}


def _stored(fields: schemas.BookFields, *, only_given: bool = False) -> dict[str, Any]:
    return fields.model_dump(mode="json", exclude={"text"}, exclude_unset=only_given)


def _progress(steps: Iterator[Progress | receipts.Answer], db: Database) -> Iterator[str]:
    """An import's steps as server-sent events, a few a second."""
    told = 0.0
    try:
        for step in steps:
            if isinstance(step, receipts.Answer):
                yield events.encode("book", json.loads(step.body))
            elif time.monotonic() - told >= PROGRESS_S:
                told = time.monotonic()
                yield events.encode("progress", asdict(step))
    except ProblemError as problem:
        yield events.encode("problem", problem.to_dict())
    except Exception as error:  # the head is sent: the stream is the only place left for the problem
        explained = explain(db, error)
        if explained is None:
            log.error("import_failed", exc_info=error)
            explained = InternalError("An unexpected error. Give the operator the request id. Nothing was stored.")
        yield events.encode("problem", explained.to_dict())


def _made(made: receipts.Answer) -> Response:
    return answer(made.body, status=made.status, headers={"Location": f"/books/{made.book_id}"})
