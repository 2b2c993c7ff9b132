"""Tells whether the client of the current request has hung up, so that its work need not be done."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

from flask import request

# Linux tells of a hang-up behind bytes not yet read; elsewhere only an error or a full close shows.
_HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


def gone() -> Callable[[], bool]:
    """A question about the current request's client that may be asked from anywhere, as often as one likes.

    gunicorn and werkzeug's own server give the socket to the application; under another the answer is always no.
    """
    client = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if not isinstance(client, socket.socket):
        return lambda: False
    return lambda: _closed(client)


def _closed(client: socket.socket) -> bool:
    """Never waits: `recv` would, as the server's sockets have time-outs."""
    if client.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(client, getattr(select, "POLLRDHUP", 0))
    return any(events & (_HUNG_UP | select.POLLNVAL) for _, events in poll.poll(0))
