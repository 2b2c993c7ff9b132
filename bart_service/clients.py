"""Tells whether the client of the current request has hung up, so that its work need not be done."""

from __future__ import annotations

import socket
from collections.abc import Callable

from flask import request


def gone() -> Callable[[], bool]:
    """A question about the current request's client that may be asked from anywhere, as often as one likes.

    gunicorn gives the socket to the application; under another server the answer is always no.
    """
    client = request.environ.get("gunicorn.socket")
    if not isinstance(client, socket.socket):
        return lambda: False
    return lambda: _closed(client)


def _closed(client: socket.socket) -> bool:
    try:
        return client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
