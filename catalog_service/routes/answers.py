"""Reading headers and writing responses, for every route of the catalog."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

from flask import Response, request
from werkzeug.wsgi import FileWrapper

from bookreader.turns import Client
from catalog_service.books import etag, matches, new_etag
from catalog_service.receipts import MOST_CHARS, RequestKey
from contract.internal import CALLER
from servicekit import clients, deadline
from servicekit.operations import JSON, refuse

TEXT = "text/plain"
MARKDOWN = "text/markdown"
_UTF8 = "; charset=utf-8"
_IN_MEMORY = 262_144


def answer(body: bytes | str, kind: str = JSON, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A response with a strong entity tag; 304 without a body, if the client of a GET has it already."""
    content = body.encode() if isinstance(body, str) else body
    tag = etag(content)
    sent = {**(headers or {}), "ETag": tag}
    if _is_known(tag):
        return Response(status=304, headers=sent)
    return Response(content, status=status, headers=sent, content_type=_with_charset(kind))


def answer_in_pieces(
    pieces: Iterable[bytes], kind: str, folder: Path, headers: dict[str, str] | None = None
) -> Response:
    """As `answer`, of a body that is made piece by piece; a large one is kept in a file in `folder`, not in memory."""
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 - closed with the response
    with contextlib.ExitStack() as stack:
        stack.callback(file.close)
        digest = new_etag()
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
        size = file.tell()
        file.seek(0)
        if size <= _IN_MEMORY:
            return answer(file.read(), kind, headers=headers)
        sent = {**(headers or {}), "ETag": f'"{digest.hexdigest()}"'}
        if _is_known(sent["ETag"]):
            return Response(status=304, headers=sent)
        stack.pop_all()
    sent["Content-Length"] = str(size)
    body = FileWrapper(cast(IO[bytes], file), _IN_MEMORY)
    return Response(body, headers=sent, content_type=_with_charset(kind), direct_passthrough=True)


def _is_known(tag: str) -> bool:
    known = request.headers.get("If-None-Match") if request.method in ("GET", "HEAD") else None
    return known is not None and matches(known.replace("W/", ""), tag)


def _with_charset(kind: str) -> str:
    return kind + (_UTF8 if kind in (TEXT, MARKDOWN) else "")


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
    """Who waits for the current request's answer; what is done for it ends when it disconnects."""
    return Client(request.headers.get(CALLER, ""), deadline.remaining_s(), clients.gone())


def patient_client() -> Client:
    """The same for what is kept once it is made: it is made to its end."""
    return Client(request.headers.get(CALLER, ""), deadline.remaining_s())


def idempotency_key() -> RequestKey | None:
    """The `Idempotency-Key` header, as the current caller's.

    Raises:
        InvalidInput: it is empty, too long, or not printable ASCII.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= MOST_CHARS and key.isascii() and key.isprintable()):
        raise refuse("Idempotency-Key", f"must be 1 to {MOST_CHARS} printable ASCII characters")
    return None if key is None else RequestKey(request.headers.get(CALLER, ""), key)
