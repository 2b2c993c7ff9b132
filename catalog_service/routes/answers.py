"""Reading requests and writing answers, for every route of the catalog."""

from __future__ import annotations

from flask import Response, request
from werkzeug.datastructures import FileStorage

from catalog_service.books import MAX_ID, etag, matches, no_book
from catalog_service.receipts import MOST_CHARS
from servicekit.problems import InvalidInput, NotFound

JSON = "application/json"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
_UTF8 = "; charset=utf-8"


def answer(body: bytes | str, kind: str = JSON, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A response with a strong entity tag; 304 without a body, if the client of a GET has it already."""
    content = body.encode() if isinstance(body, str) else body
    tag = etag(content)
    sent = {**(headers or {}), "ETag": tag}
    known = request.headers.get("If-None-Match") if request.method in ("GET", "HEAD") else None
    if known is not None and matches(known.replace("W/", ""), tag):
        return Response(status=304, headers=sent)
    return Response(
        content, status=status, headers=sent, content_type=kind + (_UTF8 if kind in (TEXT, MARKDOWN) else "")
    )


def wants(*offered: str) -> str:
    """Which of the offered types the client prefers; the first, if it does not care or wants none of them."""
    accepted = request.headers.get("Accept", "")
    if not accepted or accepted == "*/*" or accepted == offered[0]:
        return offered[0]
    return request.accept_mimetypes.best_match(offered, offered[0])


def expected() -> str | None:
    """The `If-Match` header."""
    return request.headers.get("If-Match")


def idempotency_key() -> str | None:
    """The `Idempotency-Key` header.

    Raises:
        InvalidInput: it is empty, too long, or not printable ASCII.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= MOST_CHARS and key.isascii() and key.isprintable()):
        raise refuse("Idempotency-Key", f"must be 1 to {MOST_CHARS} printable ASCII characters")
    return key


def number(text: str) -> int:
    """A whole number from a path, or 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4000 else 0


def book_number(text: str) -> int:
    """A book's id from a path.

    Raises:
        NotFound: it is none.
    """
    found = number(text)
    if not 0 < found <= MAX_ID:
        if text.isascii() and text.isdigit():
            raise no_book(found)
        raise NotFound("A book's id is a whole number from 1.")
    return found


def uploaded() -> FileStorage:
    """The one file of the form.

    Raises:
        InvalidInput: there is none, or more than one, or another file field.
    """
    files = request.files.getlist("file")
    others = sorted(set(request.files) - {"file"})
    if others:
        raise refuse(others[0][:100], "is not a file field of this route: name it file")
    if len(files) != 1:
        raise refuse("file", "is required, as a file part (curl: -F file=@book.pdf)" if not files else "is given twice")
    return files[0]


def form_fields() -> dict[str, str]:
    """The text fields of the form; empty ones count as not given.

    Raises:
        InvalidInput: a field is given twice.
    """
    for name, values in request.form.lists():
        if len(values) > 1:
            raise refuse(name[:100], "is given twice")
        if name == "file":
            raise refuse("file", "must be a file part with a file name (curl: -F file=@book.pdf)")
    return {name: value for name, value in request.form.items() if value != ""}


def query_fields() -> dict[str, str]:
    """The query's parameters.

    Raises:
        InvalidInput: one is given twice.
    """
    if not request.query_string:
        return {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise refuse(name[:100], "is given twice")
    return request.args.to_dict()


def refuse(field: str, message: str) -> InvalidInput:
    """The problem of one field."""
    return InvalidInput(f"{field} {message}.", errors=[{"field": field, "message": message}])
