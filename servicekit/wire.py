"""HTTP connections that keep a deadline as a whole, however slowly the peer sends. Plain HTTP only."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from servicekit import deadline
from servicekit.abort import Abort

T = TypeVar("T")


class TimedSocket(socket.socket):
    """A socket that waits for its peer `left_s` seconds in all; a socket's own time-out starts anew with each byte.

    Only waiting counts: a pause of whoever reads the body from us costs nothing.
    """

    __slots__ = ("abort", "left_s")
    left_s: float
    abort: Abort | None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """As `socket.recv_into`. Raises TimeoutError when the time is spent."""
        return self._timed(super().recv_into, *args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """As `socket.sendall`. Raises TimeoutError when the time is spent."""
        return self._timed(super().sendall, *args, **kwargs)

    def _timed(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if self.left_s <= 0:
            raise TimeoutError("timed out")
        started = time.monotonic()
        self.settimeout(self.left_s)
        try:
            return work(*args, **kwargs)
        finally:
            self.left_s -= time.monotonic() - started


class TimedConnection(HTTPConnection):
    """A connection that holds itself to the deadline it announces to the other side."""

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
