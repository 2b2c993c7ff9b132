"""Cancelling calls from another thread.

A service stops the work of a client that has disconnected, so this ends computations too.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref


class Aborted(Exception):
    """The call was cancelled by us."""


class Abort:
    """Cancels any number of calls: after `fire` each of them, running or new, raises Aborted.

    A call that is still connecting ends when its connection is made or has failed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self.fired = False

    def fire(self) -> None:
        """Cancel every call, now and later."""
        with self._lock:
            self.fired = True
            for sock in self._sockets:
                with contextlib.suppress(OSError):  # it has ended meanwhile
                    sock.shutdown(socket.SHUT_RDWR)

    def check(self) -> None:
        """Raises Aborted if `fire` was called."""
        if self.fired:
            raise Aborted

    def watch(self, sock: socket.socket) -> None:
        """Add the socket of a call. Raises Aborted if `fire` was called."""
        with self._lock:
            self.check()
            self._sockets.add(sock)

    def forget(self, sock: socket.socket) -> None:
        """Remove a socket whose call has ended."""
        with self._lock:
            self._sockets.discard(sock)
