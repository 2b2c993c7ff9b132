"""The gunicorn worker of every service: answers requests that Flask never sees as problems, and bounds slow clients."""

from __future__ import annotations

import contextlib
import errno
import json
import socket
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from servicekit import hooks, logs, problems, security_headers, socket_limits

log = logs.get_logger(__name__)


HEAD_S = 20.0
STALL_S = 30.0
SLOWEST_BYTES_S = 1024
LINGER_S = 0.05
_READ_AHEAD = 8192
_FREE_THREADS = 2


class BoundedSocket(socket_limits.LimitedSocket):
    """A client's socket whose calls have time limits: a client that stalls counts as disconnected.

    The head of a request must have arrived by `head_until` (monotonic seconds); after it, each call may take `STALL_S`,
    and a body slower than `SLOWEST_BYTES_S` uses up the client's `patience_s`.
    The kernel keeps the time (see `socket_limits`), so the descriptor must be blocking.
    """

    head_until: float | None = None
    patience_s = STALL_S
    _call_s = STALL_S
    _held: bytes | None = None

    def setblocking(self, flag: bool) -> None:
        """What the server calls blocking waits up to `STALL_S`."""
        self.settimeout(None if flag else 0.0)

    def settimeout(self, value: float | None) -> None:
        """Set how long each call may wait: `STALL_S` at most and by default, 0 for not at all."""
        blocked, self._call_s = self._call_s > 0, STALL_S if value is None else min(value, STALL_S)
        if blocked != (self._call_s > 0):
            super().setblocking(not blocked)

    def gettimeout(self) -> float:
        """How long each call may wait."""
        return self._call_s

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive; with MSG_DONTWAIT, from any thread, only what has arrived.

        Raises:
            BlockingIOError: nothing has arrived, and the caller does not wait.
            ConnectionResetError: nothing arrived in time.
        """
        if flags & socket.MSG_DONTWAIT or self._call_s == 0:
            return super().recv(size, flags)
        self._release()  # a client that waits for the response would send nothing
        started = now = time.monotonic()
        until = started + self._call_s if self.head_until is None else self.head_until
        while True:
            self.limit(socket.SO_RCVTIMEO, until - now)
            try:
                data = super().recv(size)
                break
            except BlockingIOError:
                now = time.monotonic()
                if now >= until:
                    raise ConnectionResetError(errno.ECONNRESET, "the client stalled") from None
        waited_s = time.monotonic() - started
        self.patience_s = min(STALL_S, self.patience_s - waited_s + len(data) / SLOWEST_BYTES_S)
        if self.patience_s < 0 and data:
            raise ConnectionResetError(errno.ECONNRESET, "the client is too slow")
        return data

    def more(self, wait_s: float) -> bytes | None:
        """What arrives within `wait_s` seconds, empty if the client disconnects; None if nothing does."""
        self.limit(socket.SO_RCVTIMEO, wait_s)
        try:
            return super().recv(_READ_AHEAD)
        except BlockingIOError:
            return None
        except ConnectionError:
            return b""

    @contextlib.contextmanager
    def head_and_body_together(self) -> Iterator[None]:
        """Send the first data, the head of a response, together with the data after it."""
        self._held = b""
        try:
            yield
            self._release()
        finally:
            self._held = None

    def _release(self) -> None:
        held, self._held = self._held, None
        if held:
            self.sendall(held)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """As `socket.sendfile`."""
        self._release()
        return super().sendfile(file, offset, count)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything; each step may take `STALL_S`, all of them together have no limit.

        Raises:
            ConnectionResetError: nothing could be sent in time.
        """
        if self._held == b"":
            self._held = bytes(data)
            return
        if self._held is not None:
            held, self._held = self._held, None
            data = held + data
        rest = memoryview(data)
        self.limit(socket.SO_SNDTIMEO, self._call_s)
        try:
            while rest:
                rest = rest[self.send(rest, flags) :]
        except BlockingIOError:
            raise ConnectionResetError(errno.ECONNRESET, "the client stalled") from None


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """A gthread worker without gunicorn's HTML error pages, whose threads slow clients cannot occupy."""

    def enqueue_req(self, conn: Any) -> None:
        """Pass a connection with data to read to the threads."""
        if not isinstance(conn.sock, BoundedSocket):
            conn.sock.setblocking(True)  # which a new socket object assumes of its descriptor
            conn.sock = BoundedSocket(fileno=conn.sock.detach())
        self._queued.add(conn)
        super().enqueue_req(conn)

    def init_process(self) -> None:
        """Create what the threads share, and serve."""
        self._queued: set[Any] = set()
        self._may_linger = threading.BoundedSemaphore(max(1, self.cfg.threads - _FREE_THREADS))
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Read and answer a request, and the next ones if they arrive at once.

        Passing a keep-alive connection back to the selector, and the next request to a thread, costs more CPU time than
        a small request itself (see docs/performance.md).
        """
        self._queued.discard(conn)
        while True:
            conn.sock.head_until = time.monotonic() + HEAD_S
            kept = super().handle(conn)
            if kept is not True or not self.alive or not self._continues(conn):
                return kept

    def _continues(self, conn: Any) -> bool:
        """Wait a moment for the next request, unless almost all threads do, or other connections wait for a thread.

        What arrives is kept for the thread that handles the connection next, this one or another.
        """
        if self._queued or conn.parser.unreader.buf.getvalue() or not self._may_linger.acquire(blocking=False):
            return False
        try:
            begun = conn.sock.more(LINGER_S)
        finally:
            self._may_linger.release()
        if begun is None:
            return False
        conn.parser.unreader.unread(begun)
        return not self._queued or not begun

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head has been read."""
        conn.sock.head_until = None
        conn.sock.patience_s = STALL_S
        conn.sock.setblocking(True)
        with conn.sock.head_and_body_together():
            return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer invalid HTTP, and what failed outside of the app, with a problem; the caller closes."""
        problem, request_id = _problem(exc), hooks.new_request_id()
        if isinstance(exc, ParseException):
            log.info("request_refused", reason=type(exc).__name__, request_id=request_id)
        else:
            log.error("request_failed", exc_info=exc, request_id=request_id)
        body = json.dumps({**problem.to_dict(), "instance": "", "request_id": request_id}).encode()
        status = HTTPStatus(problem.status)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: {problems.CONTENT_TYPE}\r\n"
            f"X-Request-Id: {request_id}\r\n{security_headers.LINES}Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            log.info("client_gone", request_id=request_id)


def _problem(error: BaseException) -> problems.ProblemError:
    if isinstance(error, LimitRequestLine):
        return problems.UriTooLong("The address is longer than this server reads. Send long texts in a body.")
    if isinstance(error, LimitRequestHeaders):
        return problems.HeadersTooLarge("The headers are larger than this server reads. Send fewer or shorter ones.")
    if isinstance(error, ParseException):
        return problems.BadRequest("The request is not valid HTTP: check its first line, headers and chunks.")
    return problems.InternalError("An unexpected error. Give the operator the request id.")
