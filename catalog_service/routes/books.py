"""Books over HTTP: the list, the metadata, and imports."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, stream_with_context
from peewee import Database

from bookreader.document import Progress
from catalog_service import receipts
from catalog_service.books import MOST_FOUND, Wanted, to_json
from catalog_service.database import explain
from catalog_service.imports import Imports
from catalog_service.library import Library
from catalog_service.receipts import RequestKey
from catalog_service.routes.answers import answer, client, idempotency_key, if_match, wants
from contract import public
from contract.books import Book, BookFields, BookPatch, BookReplacement, ImportForm, ListBooksQuery, NewBook
from contract.events import BookDoneEvent, ProblemEvent, ProgressEvent
from servicekit import events, logs
from servicekit.abort import Aborted
from servicekit.operations import JSON, Routes
from servicekit.problems import Conflict, InternalError, ProblemError

PROGRESS_S = 0.1
log = logs.get_logger(__name__)


def create_routes(library: Library, imports: Imports) -> Routes:
    """The routes of books."""
    routes = Routes("books")
    _add_creating(routes, library, imports)
    _add_changing(routes, library)
    _add_reading(routes, library)
    return routes


def _add_creating(routes: Routes, library: Library, imports: Imports) -> None:
    def free_key() -> RequestKey | None:
        key = idempotency_key()
        if key is not None and imports.pending(key):
            raise Conflict("The file that came with this Idempotency-Key is being imported. GET /imports lists it.")
        return key

    @routes.implements(public.CREATE_BOOK)
    def create_book(body: NewBook) -> Response:
        return _created(library.create(_stored(body), body.text, free_key()))

    @routes.implements(public.IMPORT_BOOK)
    def import_book(form: ImportForm) -> Response:
        if _prefers_no_wait():
            return accepted(imports.submit(*upload(form), client().name, idempotency_key()), "respond-async")
        if wants(JSON, events.MEDIA_TYPE) != JSON:
            return follow_import(form)
        return _created(library.import_file(*upload(form), free_key(), client()))

    @routes.implements(public.FOLLOW_IMPORT)
    def follow_import(form: ImportForm) -> Response:
        steps = library.importing(*upload(form), free_key(), client())
        first = next(steps)  # here, so that what is refused before the first page has a status of its own
        lines = stream_with_context(_progress(chain([first], steps), library.db))
        return Response(lines, content_type=events.CONTENT_TYPE, headers=events.HEADERS)


def upload(form: ImportForm) -> tuple[Any, str, dict[str, Any]]:
    """A file, its name, and what its sender says of it."""
    return form.file.stream, form.file.filename, form.model_dump(mode="json", exclude={"file"})


def _prefers_no_wait() -> bool:
    """Whether the client asks to be answered at once (RFC 7240)."""
    preferences = request.headers.get("Prefer", "").lower().split(",")
    return "respond-async" in (one.partition(";")[0].strip() for one in preferences)


def _add_changing(routes: Routes, library: Library) -> None:
    @routes.implements(public.REPLACE_BOOK)
    def replace_book(book_id: int, body: BookReplacement) -> Response:
        return answer(to_json(library.change(book_id, _stored(body), if_match())))

    @routes.implements(public.UPDATE_BOOK)
    def update_book(book_id: int, body: BookPatch) -> Response:
        return answer(to_json(library.change(book_id, _stored(body, only_given=True), if_match())))

    @routes.implements(public.DELETE_BOOK)
    def delete_book(book_id: int) -> Response:
        library.delete(book_id, if_match())
        return Response(status=204)


def _add_reading(routes: Routes, library: Library) -> None:
    @routes.implements(public.LIST_BOOKS)
    def list_books(query: ListBooksQuery) -> Response:
        filters = Wanted(**query.model_dump(exclude={"page", "per_page"}))
        found, total = library.books.listed(query.page, query.per_page, filters)
        kept = {name: value for name, value in asdict(filters).items() if value and name != "after" and value != "id"}
        after = found[-1]["id"] if len(found) == query.per_page else None
        whole = total < MOST_FOUND or not (filters.by_words or filters.language)
        headers = paging("/books/", query.page, query.per_page, total, kept, after, whole)
        return answer(to_json(found), headers=headers)

    @routes.implements(public.READ_BOOK)
    def read_book(book_id: int) -> Response:
        return answer(to_json(library.books.get(book_id)))


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


def _stored(fields: BookFields, *, only_given: bool = False) -> dict[str, Any]:
    return fields.model_dump(mode="json", exclude={"text"}, exclude_unset=only_given)


def _progress(steps: Iterator[Progress | receipts.Answer], db: Database) -> Iterator[str]:
    """An import's steps as server-sent events, a few a second."""
    sent = 0.0
    try:
        for step in steps:
            if isinstance(step, receipts.Answer):
                yield events.encode(BookDoneEvent(result=Book.model_validate_json(step.body)))
            elif time.monotonic() - sent >= PROGRESS_S:
                sent = time.monotonic()
                yield events.encode(ProgressEvent(done=step.pages_done, total=step.pages_total, unit="pages"))
    except ProblemError as problem:
        yield events.encode(ProblemEvent(problem=problem.to_model()))
    except Aborted:
        return  # nobody reads on
    except Exception as error:  # the head is sent: the stream is the only place left for the problem
        explained = explain(db, error)
        if explained is None:
            log.error("import_failed", exc_info=error)
            explained = InternalError("An unexpected error. Give the operator the request id. Nothing was stored.")
        yield events.encode(ProblemEvent(problem=explained.to_model()))


def accepted(begun: dict[str, Any], preference: str = "") -> Response:
    """The import of a file: 202 if it has not ended."""
    answer = Response(to_json(begun), content_type=JSON, headers={"Location": f"/imports/{begun['id']}"})
    if begun["finished_at"] is None:
        answer.status_code = 202
        answer.headers["Retry-After"] = "2"
    if preference:
        answer.headers["Preference-Applied"] = preference
    return answer


def _created(created: receipts.Answer) -> Response:
    return answer(created.body, status=created.status, headers={"Location": f"/books/{created.book_id}"})
