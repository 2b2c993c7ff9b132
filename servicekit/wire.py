"""HTTP connections that keep a deadline as a whole, however slowly the peer sends. Plain HTTP only."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from servicekit import deadline

T = TypeVar("T")


class TimedSocket(socket.socket):
    """A socket that waits for its peer `left_s` seconds in all; a socket's own time-out starts anew with each byte.

    Only waiting counts: a pause of whoever reads the body from us costs nothing.
    """

    __slots__ = ("left_s",)
    left_s: float

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

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **kwargs: Any) -> None:
        """As `HTTPConnection.request`; `headers` must have the deadline."""
        left_s = int(headers[deadline.HEADER]) / 1000
        self._until = time.monotonic() + left_s
        if isinstance(self.sock, TimedSocket):
            self.sock.left_s = left_s
        super().request(method, url, body=body, headers=headers, **kwargs)

    def connect(self) -> None:
        """As `HTTPConnection.connect`."""
        super().connect()
        plain: Any = self.sock
        timed = TimedSocket(fileno=plain.detach())
        timed.left_s = self._until - time.monotonic()
        self.sock = timed


class TimedPool(HTTPConnectionPool):
    """Kept-alive connections to one address."""

    ConnectionCls = TimedConnection
