"""Whether the client of the current request has disconnected, so that its work can be dropped."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

from flask import request

# Linux reports a disconnect even when there are unread bytes; other systems only an error or a full close.
_HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


def gone() -> Callable[[], bool]:
    """A function, callable from any thread, that says whether the current request's client has disconnected.

    gunicorn and werkzeug's server pass the socket to the application; under other servers it always returns False.
    """
    client = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if not isinstance(client, socket.socket):
        return lambda: False
    return lambda: _closed(client)


def _closed(client: socket.socket) -> bool:
    """Polls: `recv` would wait, as the server's sockets have time-outs."""
    if client.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(client, getattr(select, "POLLRDHUP", 0))
    return any(events & (_HUNG_UP | select.POLLNVAL) for _, events in poll.poll(0))
