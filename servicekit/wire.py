"""HTTP connections that keep a deadline as a whole, however slowly the peer sends. Plain HTTP only.

Python's `http.client` with kept-alive connections; a general client on top of it took more than half of the time of a
call (see docs/performance.md).

    WireError
    |-- NotConnected   nothing was sent
    |-- TimedOut       the time was spent
    `-- Broken         the connection broke, or what came was not HTTP/1
"""

from __future__ import annotations

import contextlib
import socket
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, LineTooLong, UnknownProtocol
from typing import Any

from werkzeug.datastructures import Headers

from servicekit import timing
from servicekit.abort import Abort

_CONTINUE, _SWITCHING, _FINAL = 100, 101, 200
_MOST_FIELDS, _MOST_BYTES, _BLOCK = 100, 65_536, 65_536


class WireError(Exception):
    """A call without a whole answer."""


class NotConnected(WireError):
    """No connection could be made."""


class TimedOut(WireError):
    """The peer did not take the request or give the answer in time."""


class Broken(WireError):
    """The connection broke, or the answer was not HTTP/1."""


class TimedSocket(timing.LimitedSocket):
    """A socket that waits for its peer `left_s` seconds in all; a socket's own time-out starts anew with each byte.

    Only waiting counts: a pause of whoever reads the body from us costs nothing. The kernel keeps the time (see
    `timing`).
    """

    __slots__ = ("abort", "left_s")
    left_s: float
    abort: Abort | None

    def settimeout(self, value: float | None) -> None:
        """Nothing: what is left of the time rules, not a time-out for each call."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """As `socket.recv_into`. Raises TimeoutError when the time is spent."""
        return self._timed(socket.SO_RCVTIMEO, super().recv_into, *args, **kwargs)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """As `socket.sendall`. Raises TimeoutError when the time is spent."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._timed(socket.SO_SNDTIMEO, self.send, rest, flags) :]

    def _timed(self, option: int, work: Callable[..., int], *args: Any, **kwargs: Any) -> int:
        while self.left_s > 0:
            self.limit(option, self.left_s)
            started = time.monotonic()
            try:
                return work(*args, **kwargs)
            except BlockingIOError:
                continue
            finally:
                self.left_s -= time.monotonic() - started
        raise TimeoutError("timed out")


class Response(HTTPResponse):
    """An answer, its body still to be read. `headers` has every field, repeats included.

    Whoever has it must call `whole` or `end`.
    """

    headers: Headers  # type: ignore[assignment]
    _failed = _over = False
    _done: Callable[[bool], None]

    def whole(self) -> bytes:
        """The rest of the body; ends the call.

        Raises:
            WireError: it did not come whole.
        """
        try:
            return self._guarded(self.read)
        finally:
            self.end()

    def some(self) -> bytes:
        """The next piece of the body, empty at its end.

        Raises:
            WireError: nothing more came.
        """
        piece = self._guarded(self.read1, _BLOCK)
        if not piece and self.length:
            self._failed = True
            raise Broken("the body broke off")
        return piece

    def end(self) -> None:
        """End the call. The connection is kept if the whole body has been read, else closed."""
        if self._over:
            return
        self._over = True
        ended = self.length == 0 or (self.length is None and self.isclosed())
        self.close()
        self._done(ended and not self.will_close and not self._failed)

    def _guarded(self, read: Callable[..., bytes], *args: int) -> bytes:
        try:
            return read(*args)
        except (OSError, HTTPException, ValueError) as error:
            self._failed = True
            if isinstance(error, TimeoutError):
                raise TimedOut(str(error)) from None
            raise Broken(type(error).__name__) from None

    def begin(self) -> None:
        """Read the head, without the e-mail parser that took a seventh of the gateway's computing time.

        Raises:
            HTTPException: it is not one of HTTP/1.
        """
        status, fields = _CONTINUE, Headers()
        while _CONTINUE <= status < _FINAL and status != _SWITCHING:
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
            fields = self._read_fields()
        if not version.startswith("HTTP/1."):
            raise UnknownProtocol(version)
        self.code = self.status = status
        self.reason = reason.strip()
        self.version = 10 if version == "HTTP/1.0" else 11
        self.headers = fields
        self.msg = fields  # type: ignore[assignment]
        empty = self._method == "HEAD" or status in (204, 304)  # type: ignore[attr-defined]
        self.chunked = not empty and fields.get("transfer-encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.length = 0 if empty else self._announced()
        endless = self.length is None and not self.chunked
        self.will_close = endless or self._check_close()  # type: ignore[attr-defined]

    def _read_fields(self) -> Headers:
        fields: list[tuple[str, str]] = []
        for _ in range(_MOST_FIELDS):
            line = self.fp.readline(_MOST_BYTES + 1)
            if not line.endswith(b"\n"):
                raise LineTooLong("header line") if len(line) > _MOST_BYTES else HTTPException("the head broke off")
            name, colon, value = line.decode("iso-8859-1").partition(":")
            if not colon:
                if name.strip():
                    raise HTTPException("a header line without a colon")
                return Headers(fields)
            fields.append((name, value.strip()))
        raise HTTPException("too many headers")

    def _announced(self) -> int | None:
        """Bytes of the body, where they are told."""
        told = set(self.headers.getlist("content-length"))
        if self.chunked or not told:
            return None
        length = told.pop()
        if told or not (length.isascii() and length.isdigit()):
            raise HTTPException("no length")
        return int(length)


class _Connection(HTTPConnection):
    """A connection that may be used for one call after another."""

    response_class = Response
    sock: TimedSocket | None

    def ready(self, left_s: float, connect_s: float, abort: Abort | None) -> None:
        """Connect, unless it is connected; from here on its calls have `left_s` seconds.

        Raises:
            Aborted: the call was broken off.
            NotConnected: there is no connection.
        """
        sock = self.sock
        if sock is None:
            until, self.timeout = time.monotonic() + left_s, min(connect_s, left_s)
            try:
                sock = self._connected()
            except OSError as error:
                raise NotConnected(type(error).__name__) from None
            left_s = until - time.monotonic()
        sock.left_s = left_s
        sock.abort = abort
        if abort is not None:
            abort.watch(sock)

    def rest(self) -> None:
        """Its call has ended: nobody may break it off any more."""
        if self.sock is not None and self.sock.abort is not None:
            self.sock.abort.forget(self.sock)
            self.sock.abort = None

    def _connected(self) -> TimedSocket:
        self.connect()
        plain: Any = self.sock
        plain.setblocking(True)
        self.sock = sock = TimedSocket(fileno=plain.detach())
        sock.abort = None
        return sock

    def usable(self) -> bool:
        """Whether the peer has neither closed it nor sent what nobody asked for, which would pass for an answer."""
        return self.sock is not None and not timing.readable(self.sock, 0.0)

    def exchange(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Response:
        """Send a request and read the head of the answer.

        Raises:
            WireError: nothing whole came back.
        """
        try:
            # A peer that hangs up may have answered before it had read everything, and said why.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.request(method, path, body=body, headers=headers)
            return self.getresponse()  # type: ignore[return-value]
        except TimeoutError as error:
            raise TimedOut(str(error)) from None
        except (OSError, HTTPException, ValueError) as error:
            raise Broken(type(error).__name__) from None


class Pool:
    """Connections to one address, made as they are needed; up to `keep` idle ones stay open."""

    def __init__(self, host: str, port: int, *, keep: int = 64) -> None:
        self._host, self._port = host, port
        self._idle: deque[_Connection] = deque(maxlen=keep)
        self._closed = False
        self.made = 0
        weakref.finalize(self, _close_all, self._idle).atexit = False

    def open(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        left_s: float,
        body: Any = None,
        connect_s: float = 2.0,
        abort: Abort | None = None,
    ) -> Response:
        """Make a call; the answer's body is still to be read.

        Args:
            path: path with query, already encoded.
            body: bytes, or a readable file; one without a Content-Length is sent in chunks.
            left_s: seconds that waiting for the peer may take, the body of the answer included.
            abort: with which another thread may break the call off.

        Raises:
            Aborted: it was broken off before it began.
            WireError: nothing whole came back.
        """
        connection = self._take()
        try:
            connection.ready(left_s, connect_s, abort)
            response = connection.exchange(method, path, body, headers)
        except BaseException:
            connection.close()
            raise
        response._done = lambda reusable: self._give(connection, reusable)
        return response

    def close(self) -> None:
        """Close the idle connections, and the others as they become so."""
        self._closed = True
        _close_all(self._idle)

    def _take(self) -> _Connection:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                self.made += 1
                return _Connection(self._host, self._port, blocksize=_BLOCK)
            if connection.usable():
                return connection
            connection.close()

    def _give(self, connection: _Connection, reusable: bool) -> None:
        if not reusable or self._closed or len(self._idle) == self._idle.maxlen:
            connection.close()
        else:
            connection.rest()
            self._idle.append(connection)


def _close_all(idle: deque[_Connection]) -> None:
    while idle:
        idle.pop().close()
