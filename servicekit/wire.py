"""HTTP connections that keep a deadline as a whole, however slowly the peer sends. Plain HTTP only."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPMessage, HTTPResponse, LineTooLong, UnknownProtocol
from typing import Any

from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from servicekit import deadline, timing
from servicekit.abort import Abort

_CONTINUE, _MOST_FIELDS, _MOST_BYTES = 100, 100, 65_536


class TimedSocket(socket.socket):
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
        if self.left_s <= 0:
            raise TimeoutError("timed out")
        timing.limit(self, option, self.left_s)
        started = time.monotonic()
        try:
            return work(*args, **kwargs)
        except BlockingIOError:
            raise TimeoutError("timed out") from None
        finally:
            self.left_s -= time.monotonic() - started


class _Response(HTTPResponse):
    """A response whose head is read without the e-mail parser, which took a seventh of the gateway's computing time."""

    _begun = False

    def begin(self) -> None:
        """Read the head.

        Raises:
            HTTPException: it is not one of HTTP/1.
        """
        if self._begun:
            return
        self._begun = True
        status, fields = _CONTINUE, HTTPMessage()
        while status == _CONTINUE:
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
            fields = self._read_fields()
        if not version.startswith("HTTP/1."):
            raise UnknownProtocol(version)
        self.code = self.status = status
        self.reason = reason.strip()
        self.version = 10 if version == "HTTP/1.0" else 11
        self.headers = self.msg = fields
        self.chunked = fields.get("transfer-encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.length = self._announced()
        endless = self.length is None and not self.chunked
        self.will_close = endless or self._check_close()  # type: ignore[attr-defined]

    def _read_fields(self) -> HTTPMessage:
        fields = HTTPMessage()
        for _ in range(_MOST_FIELDS):
            line = self.fp.readline(_MOST_BYTES + 1)
            if len(line) > _MOST_BYTES:
                raise LineTooLong("header line")
            name, colon, value = line.decode("iso-8859-1").partition(":")
            if not colon:
                if name.strip():
                    raise HTTPException("a header line without a colon")
                return fields
            fields[name] = value.strip()
        raise HTTPException("too many headers")

    def _announced(self) -> int | None:
        """Bytes of the body, where they are known."""
        if self._method == "HEAD" or self.status in (204, 304):  # type: ignore[attr-defined]
            return 0
        length = self.headers.get("content-length", "")
        return int(length) if length.isascii() and length.isdigit() and not self.chunked else None


class TimedConnection(HTTPConnection):
    """A connection that holds itself to the deadline it announces to the other side."""

    response_class = _Response
    _until = 0.0
    abort: Abort | None = None  # of the call that is made now

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **kwargs: Any) -> None:
        """As `HTTPConnection.request`; `headers` must have the deadline."""
        left_s = int(headers[deadline.HEADER]) / 1000
        self._until = time.monotonic() + left_s
        if isinstance(self.sock, TimedSocket):
            self.sock.left_s = left_s
            self._watch(self.sock)
        super().request(method, url, body=body, headers=headers, **kwargs)

    def connect(self) -> None:
        """As `HTTPConnection.connect`."""
        super().connect()
        plain: Any = self.sock
        plain.setblocking(True)
        timed = TimedSocket(fileno=plain.detach())
        timed.left_s = self._until - time.monotonic()
        timed.abort = None
        self.sock = timed
        self._watch(timed)

    def _watch(self, sock: TimedSocket) -> None:
        if sock.abort is not None:
            sock.abort.forget(sock)
        sock.abort = self.abort
        if sock.abort is not None:
            sock.abort.watch(sock)


class TimedPool(HTTPConnectionPool):
    """Kept-alive connections to one address."""

    ConnectionCls = TimedConnection

    def _make_request(self, conn: Any, *args: Any, abort: Abort | None = None, **kwargs: Any) -> Any:
        """Takes what is given to `urlopen` besides its own arguments; only here is the connection known."""
        conn.abort = abort
        return super()._make_request(conn, *args, **kwargs)
