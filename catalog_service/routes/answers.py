"""Reading requests and writing answers, for every route of the catalog."""

from __future__ import annotations

from flask import Response, request
from werkzeug.datastructures import FileStorage

from catalog_service.books import MAX_ID, no_book
from servicekit.problems import InvalidInput, NotFound

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
_ANY = frozenset({"", "*/*"})


def json_answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A response of ready JSON."""
    return Response(body, status=status, headers=headers, content_type=JSON)


def wants(*offered: str) -> str:
    """Which of the offered types the client prefers; the first, if it does not care or wants none of them."""
    accepted = request.headers.get("Accept", "")
    if accepted in _ANY or accepted == offered[0]:
        return offered[0]
    return request.accept_mimetypes.best_match(offered, offered[0])


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
        raise _refuse(others[0][:100], "is not a file field of this route: name it file")
    if len(files) != 1:
        raise _refuse(
            "file", "is required, as a file part (curl: -F file=@book.pdf)" if not files else "is given twice"
        )
    return files[0]


def form_fields() -> dict[str, str]:
    """The text fields of the form; empty ones count as not given.

    Raises:
        InvalidInput: a field is given twice.
    """
    for name, values in request.form.lists():
        if len(values) > 1:
            raise _refuse(name[:100], "is given twice")
        if name == "file":
            raise _refuse("file", "must be a file part with a file name (curl: -F file=@book.pdf)")
    return {name: value for name, value in request.form.items() if value != ""}


def query_fields() -> dict[str, str]:
    """The query's parameters.

    Raises:
        InvalidInput: one is given twice.
    """
    for name, values in request.args.lists():
        if len(values) > 1:
            raise _refuse(name[:100], "is given twice")
    return request.args.to_dict()


def _refuse(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field} {message}.", errors=[{"field": field, "message": message}])
