"""Request bodies read to their true end or refused: never cut short without a word, never over the limit."""

from __future__ import annotations

import io
import json
import time
from functools import cached_property
from typing import IO, Any, NoReturn, cast

from flask import Request
from flask.json.provider import DefaultJSONProvider
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

DRAIN_BYTES = 268_435_456
DRAIN_S = 60.0


class BoundedRequest(Request):
    """A request whose body raises when it is longer than allowed, or shorter than announced.

    Behind a server that ends the stream itself, werkzeug would hand on such bodies cut at the limit or at the break.
    """

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body; reading it may raise ClientDisconnected or RequestEntityTooLarge."""
        limit = self.max_content_length
        if self.content_length is None and limit is not None and self.environ.get("wsgi.input_terminated"):
            return cast(IO[bytes], _ChunkedBody(self.environ["wsgi.input"], limit))
        self.environ.pop("wsgi.input_terminated", None)
        return super().stream


class _ChunkedBody(io.RawIOBase):
    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream = stream
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(min(len(buffer), self._left + 1))
        except (OSError, ParseException):
            raise ClientDisconnected from None
        self._left -= len(data)
        if self._left < 0:
            raise RequestEntityTooLarge
        buffer[: len(data)] = data
        return len(data)


class StrictJson(DefaultJSONProvider):
    """JSON as RFC 8259 has it: UTF-8 alone, no NaN or Infinity; written in the order given, not escaped to ASCII."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse.

        Raises:
            ValueError: not UTF-8, not JSON.
            RecursionError: nested too deeply.
        """
        text = s.decode("utf-8-sig") if isinstance(s, bytes) else s
        return json.loads(text, parse_constant=_refuse_constant, **kwargs)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def drain(request: Request) -> None:
    """Read a body to its end, for a bounded while; to be called after the answer has been sent.

    A socket that is closed with unread bytes is reset, and the client may lose the answer.
    """
    if request.content_length is None and not request.environ.get("HTTP_TRANSFER_ENCODING"):
        return
    stream, end, left = request.environ["wsgi.input"], time.monotonic() + DRAIN_S, DRAIN_BYTES
    if request.content_length is not None:
        left = min(left, request.content_length)
    try:
        while left > 0 and time.monotonic() < end and (chunk := stream.read(min(left, 1 << 20))):
            left -= len(chunk)
    except (OSError, ParseException):
        return
