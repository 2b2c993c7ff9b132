"""HTTP/1.1 connections that keep a deadline over the whole call, however slowly the peer sends. Plain HTTP only.

Not `http.client`, nor a client on top of it: they take a head that breaks off for a whole one, their time-outs start
again with each byte, and a call costs them more (figures in docs/performance.md).

    CallError
    |-- NotConnected   nothing was sent
    |-- TimedOut       the deadline has passed
    `-- Broken         the connection broke, or what came was not HTTP/1
"""

from __future__ import annotations

import contextlib
import re
import socket
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from typing import Any

from werkzeug.datastructures import Headers

from servicekit import socket_limits
from servicekit.abort import Abort

_MAX_FIELDS, _MAX_LINE, _BLOCK = 100, 65_536, 65_536
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*)?\r?\n")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_NOT_IN_A_LINE = re.compile(r"[\x00\r\n]")
_LENGTH = re.compile("[0-9]{1,18}")
_BODY_EXPECTED = frozenset({"POST", "PUT", "PATCH"})


class CallError(Exception):
    """A call without a whole response."""


class NotConnected(CallError):
    """No connection could be made."""


class TimedOut(CallError):
    """The peer did not take the request or send the response in time."""


class Broken(CallError):
    """The connection broke, or the response was not HTTP/1."""


class DeadlineSocket(socket_limits.LimitedSocket):
    """A socket that waits for its peer `left_s` seconds in all; a socket's own time-out starts again with each byte.

    Only waiting counts: a pause of whoever reads the body from us costs nothing. The kernel keeps the time (see
    `socket_limits`).
    """

    __slots__ = ("left_s",)
    left_s: float

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """As `socket.recv_into`. Raises TimeoutError when the time is spent."""
        return self._timed(socket.SO_RCVTIMEO, super().recv_into, *args, **kwargs)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """As `socket.sendall`. Raises TimeoutError when the time is spent."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._timed(socket.SO_SNDTIMEO, self.send, rest, flags) :]

    def _timed(self, option: int, call: Callable[..., int], *args: Any, **kwargs: Any) -> int:
        while self.left_s > 0:
            self.limit(option, self.left_s)
            started = time.monotonic()
            try:
                return call(*args, **kwargs)
            except BlockingIOError:
                continue
            finally:
                self.left_s -= time.monotonic() - started
        raise TimeoutError("timed out")


class _Connection:
    """A connection that serves one call after another."""

    def __init__(self, host: str, port: int, connect_s: float) -> None:
        plain = socket.create_connection((host, port), connect_s)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setblocking(True)
        self.sock = DeadlineSocket(fileno=plain.detach())
        self.abort: Abort | None = None

    def begin(self, left_s: float, abort: Abort | None) -> None:
        """Start a call that may wait `left_s` seconds in all. Raises Aborted if `abort` has fired."""
        self.sock.left_s = left_s
        self.abort = abort
        if abort is not None:
            abort.watch(self.sock)

    def finish(self) -> None:
        """End the call: its `abort` no longer reaches this connection."""
        if self.abort is not None:
            self.abort.forget(self.sock)
            self.abort = None

    def reusable(self) -> bool:
        """Whether the peer has neither closed it nor sent anything unasked, which would pass for the next response."""
        return not socket_limits.readable(self.sock, 0.0)

    def close(self) -> None:
        """Close it; unread bytes are lost."""
        self.sock.close()


class Response:
    """A response whose body is still to be read. `headers` has every field, repeats included.

    Whoever has it must call `whole` or `end`.
    """

    def __init__(self, connection: _Connection, method: str, release: Callable[[_Connection, bool], None]) -> None:
        self._connection: _Connection | None = connection
        self._file = BufferedReader(socket.SocketIO(connection.sock, "r"))
        self._release = release
        http_1_1, self.status, self.headers = _read_head(self._file)
        self._keep = http_1_1 and "close" not in self.headers.get("Connection", "").lower()
        self._complete = method == "HEAD" or self.status in (204, 304)
        self._pieces: Iterator[bytes] = iter(()) if self._complete else self._body()

    def whole(self) -> bytes:
        """The rest of the body; ends the call.

        Raises:
            CallError: it did not arrive whole.
        """
        try:
            with _errors():
                return b"".join(self._pieces)
        finally:
            self.end()

    def some(self) -> bytes:
        """The next piece of the body, empty at its end.

        Raises:
            CallError: the body broke off.
        """
        with _errors():
            return next(self._pieces, b"")

    def end(self) -> None:
        """End the call. The connection is kept if the whole body has been read, else closed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._release(connection, self._keep and self._complete)

    def _body(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            pieces = self._chunks()
        elif (length := _content_length(self.headers)) is not None:
            pieces = self._exactly(length)
        else:
            self._keep = False
            pieces = iter(lambda: self._file.read1(_BLOCK), b"")
        return self._until_complete(pieces)

    def _until_complete(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        yield from pieces
        self._complete = True

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            if not (piece := self._file.read1(min(size, _BLOCK))):
                raise Broken("the body broke off")
            size -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := self._chunk_size():
            yield from self._exactly(size)
            if self._file.readline(3) != b"\r\n":
                raise Broken("a chunk has no end")
        while self._file.readline(_MAX_LINE).strip(b"\r\n"):
            pass  # trailers

    def _chunk_size(self) -> int:
        if not (found := _CHUNK_LINE.fullmatch(self._file.readline(_MAX_LINE))):
            raise Broken("a chunk has no size")
        return int(found[1], 16)


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
        """Make a call; the response's body is still to be read.

        Args:
            path: path with query, already encoded.
            headers: a `Content-Length` is added for bytes where it is missing.
            body: bytes, or a readable file; one without a `Content-Length` is sent in chunks.
            left_s: seconds that waiting for the peer may take, the body of the response included.
            abort: with which another thread may cancel the call.

        Raises:
            Aborted: it was cancelled before it began.
            CallError: no whole response came back.
        """
        with _errors():
            head, chunked = _request_head(method, path, headers, body)
        until = time.monotonic() + left_s
        connection = self._take(min(connect_s, left_s))
        try:
            connection.begin(until - time.monotonic(), abort)
            with _errors():
                # A peer that hangs up may have answered before it had read everything, and said why.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    _send(connection.sock, head, body, chunked)
                return Response(connection, method, self._give)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the idle connections, and the others as they become so."""
        self._closed = True
        _close_all(self._idle)

    def _take(self, connect_s: float) -> _Connection:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            if connection.reusable():
                return connection
            connection.close()
        self.made += 1
        try:
            return _Connection(self._host, self._port, connect_s)
        except OSError as error:
            raise NotConnected(type(error).__name__) from None

    def _give(self, connection: _Connection, reusable: bool) -> None:
        if not reusable or self._closed or len(self._idle) == self._idle.maxlen:
            connection.close()
        else:
            connection.finish()
            self._idle.append(connection)


def _close_all(idle: deque[_Connection]) -> None:
    while idle:
        idle.pop().close()


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """Turn what reading and writing raise into errors of ours."""
    try:
        yield
    except TimeoutError as error:
        raise TimedOut(str(error)) from None
    except (OSError, ValueError) as error:
        raise Broken(type(error).__name__) from None


def _request_head(method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[bytes, bool]:
    """The head of a request, and whether its body is sent in chunks.

    Raises:
        ValueError: the path or a header cannot be sent.
    """
    lines = [f"{method} {path} HTTP/1.1", *map(": ".join, headers.items())]
    readable = hasattr(body, "read")
    measured = any(name.lower() == "content-length" for name in headers)  # twice the same header is malformed
    chunked = readable and not measured
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    elif not (readable or measured) and (body is not None or method in _BODY_EXPECTED):
        lines.append(f"Content-Length: {len(body or b'')}")
    if " " in path or any(map(_NOT_IN_A_LINE.search, lines)):
        raise ValueError("the path or a header has characters that end it")
    return "\r\n".join([*lines, "", ""]).encode("iso-8859-1"), chunked


def _send(sock: socket.socket, head: bytes, body: Any, chunked: bool) -> None:
    if not hasattr(body, "read"):
        small = body is None or len(body) <= _BLOCK
        for data in [head + (body or b"")] if small else [head, body]:
            sock.sendall(data)
        return
    sock.sendall(head)
    while block := body.read(_BLOCK):
        sock.sendall(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
    if chunked:
        sock.sendall(b"0\r\n\r\n")


def _read_head(file: BufferedReader[socket.SocketIO]) -> tuple[bool, int, Headers]:
    """Whether it is HTTP/1.1, status and fields of a response; interim ones (1xx) are skipped."""
    while True:
        if not (found := _STATUS_LINE.fullmatch(file.readline(_MAX_LINE))):
            raise Broken("not a status line of HTTP/1")
        fields = _read_fields(file)
        if (status := int(found[2])) >= 200:
            return found[1] == b"1", status, Headers(fields)


def _read_fields(file: BufferedReader[socket.SocketIO]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    while (line := file.readline(_MAX_LINE)) not in (b"\r\n", b"\n"):
        name, colon, value = line.decode("iso-8859-1").partition(":")
        if not colon or not line.endswith(b"\n") or len(fields) == _MAX_FIELDS:
            raise Broken("the head broke off, or is too large")
        fields.append((name, value.strip()))
    return fields


def _content_length(headers: Headers) -> int | None:
    lengths = set(headers.getlist("Content-Length"))
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise Broken("no valid Content-Length")
    return int(lengths.pop()) if lengths else None
