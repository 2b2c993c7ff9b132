"""Whether the client of the current request has disconnected, so that its work can be dropped."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable

from flask import Request, g, request

from servicekit.abort import Abort

# Linux reports a disconnect even when there are unread bytes; other systems only an error or a full close.
_HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


def gone() -> Callable[[], bool]:
    """A function, callable from any thread, that says whether the current request's client has disconnected.

    gunicorn and werkzeug's server pass the socket to the application; under other servers it always returns False.
    """
    client = _socket(request)
    if client is None:
        return lambda: False
    return lambda: _closed(client)


def arrived(asked: Request) -> float | None:
    """When a request began to come in (monotonic seconds), if the server says so: it may have waited for a thread."""
    moment: float | None = getattr(asked.environ.get("gunicorn.socket"), "arrived", None)
    return moment


def abort() -> Abort:
    """The handle that fires when the current request's client hangs up; the same one for the whole request."""
    if "client_abort" not in g:
        g.client_abort = Abort()
        client = _socket(request)
        if client is not None:
            g.forget_client = _watcher().watch(client, g.client_abort.fire)
    found: Abort = g.client_abort
    return found


def forget() -> Callable[[], None] | None:
    """What ends the watch that `abort` began, to be called when the response has been sent; None if there is none."""
    end: Callable[[], None] | None = g.get("forget_client")
    return end


class Watcher:
    """Calls back when a socket's peer hangs up. One thread for all sockets, which costs nothing while nobody does.

    Needs Linux's epoll; elsewhere nothing is noticed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[int, tuple[socket.socket, Callable[[], None]]] = {}
        self._poll = select.epoll() if hasattr(select, "epoll") else None
        if self._poll is not None:
            threading.Thread(target=self._run, name="client-watcher", daemon=True).start()

    def watch(self, client: socket.socket, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called, once, if the peer hangs up before the function returned is called."""
        descriptor = client.fileno()
        if self._poll is None or descriptor < 0:
            return lambda: None
        with self._lock:
            self._unregister(descriptor)  # it may have been another connection's
            self._watched[descriptor] = watched = (client, callback)
            self._poll.register(descriptor, select.EPOLLRDHUP | select.EPOLLONESHOT)

        def end() -> None:
            with self._lock:
                if self._watched.get(descriptor) is watched:
                    del self._watched[descriptor]
                    self._unregister(descriptor)

        return end

    def _run(self) -> None:
        assert self._poll is not None
        while True:
            for descriptor, _ in self._poll.poll():
                with self._lock:
                    self._handle(descriptor)

    def _handle(self, descriptor: int) -> None:
        """Call back, unless the descriptor has become another connection's since the event was taken."""
        assert self._poll is not None
        client, callback = self._watched.get(descriptor, (None, None))
        if client is None or callback is None:
            return
        if _closed(client):
            del self._watched[descriptor]
            self._unregister(descriptor)
            callback()
        else:
            with contextlib.suppress(OSError):  # it is not there: the kernel forgets what is closed
                self._poll.modify(descriptor, select.EPOLLRDHUP | select.EPOLLONESHOT)

    def _unregister(self, descriptor: int) -> None:
        assert self._poll is not None
        with contextlib.suppress(OSError):  # it is not there: the kernel forgets what is closed
            self._poll.unregister(descriptor)


_shared: list[Watcher] = []
_making = threading.Lock()


def _watcher() -> Watcher:
    """The process's own watcher, made at the first use: a thread would not survive a fork."""
    with _making:
        if not _shared:
            _shared.append(Watcher())
        return _shared[0]


def _socket(asked: Request) -> socket.socket | None:
    client = asked.environ.get("gunicorn.socket") or asked.environ.get("werkzeug.socket")
    return client if isinstance(client, socket.socket) else None


def _closed(client: socket.socket) -> bool:
    """Polls: `recv` would wait, as the server's sockets have time-outs."""
    if client.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(client, getattr(select, "POLLRDHUP", 0))
    return any(events & (_HUNG_UP | select.POLLNVAL) for _, events in poll.poll(0))
