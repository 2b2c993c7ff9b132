"""Request bodies, read to their end or refused: never truncated silently, never over the limit."""

from __future__ import annotations

import io
import json
import tempfile
import time
from functools import cached_property
from typing import IO, Any, NoReturn, cast

from flask import Request, current_app
from flask.json.provider import DefaultJSONProvider
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from servicekit import problems

DRAIN_BYTES = 268_435_456
DRAIN_S = 60.0
_IN_MEMORY = 500_000


class StrictForm(FormDataParser):
    """Parses forms, and says what is wrong where werkzeug would return an empty form."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """As `FormDataParser.parse`.

        Raises:
            BadRequest: the form cannot be read.
            TooLarge: it has too many parts.
        """
        self.silent = False
        make, made = self.stream_factory, list[IO[bytes]]()

        def make_noted(*given: Any, **named: Any) -> IO[bytes]:
            made.append(make(*given, **named))
            return made[-1]

        self.stream_factory = make_noted
        try:
            return super().parse(stream, mimetype, content_length, options)
        except (ValueError, HTTPException) as error:
            for file in made:
                file.close()
            raise self._explained(error, stream, options or {}) from None

    def _explained(self, error: Exception, stream: IO[bytes], options: dict[str, str]) -> Exception:
        if isinstance(error, RequestEntityTooLarge) and not (isinstance(stream, _ChunkedBody) and stream.over_limit):
            return problems.TooLarge(
                f"The form has more than {self.max_form_parts:,} parts. Send fewer.", limit_parts=self.max_form_parts
            )
        if isinstance(error, HTTPException):
            return error
        if not options.get("boundary"):
            return problems.BadRequest(
                "The form has no boundary: let your HTTP client set the Content-Type of a multipart form itself."
            )
        return problems.BadRequest("The form is incomplete, or not multipart. Send it again.")


class BoundedRequest(Request):
    """A request whose body raises when it is longer than allowed, or shorter than announced.

    Behind a server that ends the stream itself, werkzeug would return such bodies truncated.
    """

    form_data_parser_class = StrictForm

    def _get_file_stream(self, *_given: Any, **_named: Any) -> IO[bytes]:
        """Where a form's file goes: memory if it is small, else a file without a name in the app's upload folder."""
        folder = current_app.config["UPLOAD_FOLDER"]
        return cast(IO[bytes], tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=folder))

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

    @property
    def over_limit(self) -> bool:
        """Whether more than the limit was received."""
        return self._left < 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(min(len(buffer), self._left + 1))
        except (OSError, ParseException):
            raise ClientDisconnected from None
        self._left -= len(data)
        if self.over_limit:
            raise RequestEntityTooLarge
        buffer[: len(data)] = data
        return len(data)


class StrictJson(DefaultJSONProvider):
    """JSON as in RFC 8259: UTF-8 only, no NaN or Infinity; written in the order given, not escaped to ASCII."""

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
    """Read the rest of a body, within limits; to be called after the response has been sent.

    Closing a socket with unread bytes resets it, and the client may lose the response.
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
