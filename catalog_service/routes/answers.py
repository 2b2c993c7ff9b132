"""Reading headers and writing responses, for every route of the catalog."""

from __future__ import annotations

from flask import Response, request

from bookreader.turns import Client
from catalog_service.books import etag, matches
from catalog_service.receipts import MOST_CHARS, RequestKey
from contract.internal import CALLER
from servicekit import clients, deadline
from servicekit.operations import JSON, refuse

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
    """Which of the offered types the client prefers; the first, if it has no preference or takes none of them."""
    accepted = request.headers.get("Accept", "")
    if not accepted or accepted == "*/*" or accepted == offered[0]:
        return offered[0]
    return request.accept_mimetypes.best_match(offered, offered[0])


def if_match() -> str | None:
    """The `If-Match` header."""
    return request.headers.get("If-Match")


def client() -> Client:
    """Who waits for the current request's answer."""
    return Client(request.headers.get(CALLER, ""), deadline.remaining_s(), clients.gone())


def idempotency_key() -> RequestKey | None:
    """The `Idempotency-Key` header, as the current caller's.

    Raises:
        InvalidInput: it is empty, too long, or not printable ASCII.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= MOST_CHARS and key.isascii() and key.isprintable()):
        raise refuse("Idempotency-Key", f"must be 1 to {MOST_CHARS} printable ASCII characters")
    return None if key is None else RequestKey(request.headers.get(CALLER, ""), key)
