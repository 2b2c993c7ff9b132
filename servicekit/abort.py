"""Breaking calls off from another thread.

A service drops the work of a client that has hung up, so that this ends computations too.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref


class Aborted(Exception):
    """The call was broken off on our side."""


class Abort:
    """A handle on any number of calls: after `fire` each of them, under way or new, raises Aborted.

    A call that is still connecting ends when its connection is there, or cannot be had.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self.fired = False

    def fire(self) -> None:
        """End every call at once; for good."""
        with self._lock:
            self.fired = True
            for sock in self._sockets:
                with contextlib.suppress(OSError):  # it has ended by itself meanwhile
                    sock.shutdown(socket.SHUT_RDWR)

    def check(self) -> None:
        """Whether to go on.

        Raises:
            Aborted: no.
        """
        if self.fired:
            raise Aborted

    def watch(self, sock: socket.socket) -> None:
        """A call is made on this socket.

        Raises:
            Aborted: `fire` was called.
        """
        with self._lock:
            self.check()
            self._sockets.add(sock)

    def forget(self, sock: socket.socket) -> None:
        """The socket is another call's now."""
        with self._lock:
            self._sockets.discard(sock)
