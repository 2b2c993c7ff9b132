"""Calls of a worker that another thread can break off: what `servicekit.upstream` cannot do, and only jobs need.

A worker whose client has hung up drops the work, so that breaking off ends the computation too.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from servicekit import deadline, hooks, logs
from servicekit.problems import UpstreamFailed, UpstreamTimeout
from servicekit.upstream import Answer, raise_for_problem

PRIORITY, BACKGROUND = "Visis-Priority", "background"
_CONNECT_S = 2.0
log = logs.get_logger(__name__)


class BrokenOff(Exception):
    """The call was broken off on our side."""


class Calls:
    """The calls of one job. After `break_off` every call, under way or new, raises BrokenOff.

    Args:
        request_id: in the workers' logs; the calls of a job share it.
        timeout_s: the longest one call may take.
    """

    def __init__(self, *, request_id: str, timeout_s: float, token: str | None = None) -> None:
        self._timeout_s = timeout_s
        self._headers = {
            hooks.REQUEST_ID: request_id,
            PRIORITY: BACKGROUND,
            deadline.HEADER: str(int(timeout_s * 1000)),
            **({hooks.INTERNAL_TOKEN: token} if token else {}),
        }
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()
        self._over = False

    def post(self, url: str, path: str, payload: Mapping[str, Any], *, accept: str = "application/json") -> Answer:
        """Send JSON and read the whole answer.

        Raises:
            BrokenOff: `break_off` was called.
            UpstreamFailed, UpstreamTimeout: no connection, a broken answer, or none in time.
            ProblemError: what the worker answered.
        """
        address = urlsplit(url)
        make = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        line = make(address.hostname or "", address.port, timeout=_CONNECT_S)
        body = json.dumps(payload, ensure_ascii=False).encode()
        headers = {**self._headers, "Content-Type": "application/json", "Accept": accept}
        try:
            self._begin(line)
            line.connect()
            if line.sock is not None:
                line.sock.settimeout(self._timeout_s)
            line.request("POST", address.path.rstrip("/") + path, body, headers)
            response = line.getresponse()
            answer = Answer(response.status, dict(response.headers.items()), response.read())
        except (OSError, http.client.HTTPException) as error:
            raise self._failure(address.netloc, error) from None
        finally:
            with self._lock:
                self._open.discard(line)
            line.close()
        raise_for_problem(answer)
        return answer

    def break_off(self) -> None:
        """End every call under way at once; for good."""
        with self._lock:
            self._over = True
            lines = list(self._open)
        for line in lines:
            if isinstance(line.sock, socket.socket):
                _shut(line.sock)

    def _begin(self, line: http.client.HTTPConnection) -> None:
        with self._lock:
            if self._over:
                raise BrokenOff
            self._open.add(line)

    def _failure(self, name: str, error: Exception) -> Exception:
        if self._over:
            return BrokenOff()
        log.warning("part_call_failed", worker=name, reason=type(error).__name__)
        if isinstance(error, TimeoutError):
            return UpstreamTimeout("The engine did not finish a part in time.")
        return UpstreamFailed("The engine cannot be reached, or broke off.")


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself meanwhile
