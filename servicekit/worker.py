"""The gunicorn worker of every service: requests too broken for Flask are answered as problems, too."""

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

from servicekit import hooks, logs, problems, security_headers, timing

log = logs.get_logger(__name__)


HEAD_S = 20.0
STALL_S = 30.0
SLOWEST_BYTES_S = 1024
LINGER_S = 0.05
_READ_AHEAD = 8192
_FREE_THREADS = 2


class BoundedSocket(timing.LimitedSocket):
    """A client's socket on which no call blocks for ever: a client that stalls counts as gone.

    The head of a request must be there by `head_until` (monotonic seconds); after it, each call may take `STALL_S`, and
    a body that comes more slowly than `SLOWEST_BYTES_S` uses up the client's `patience_s`.
    The kernel keeps the time (see `timing`), so the descriptor must be blocking.
    """

    head_until: float | None = None
    patience_s = STALL_S
    _call_s = STALL_S
    _held: bytes | None = None

    def setblocking(self, flag: bool) -> None:
        """What the server calls blocking is blocking for a while."""
        self.settimeout(None if flag else 0.0)

    def settimeout(self, value: float | None) -> None:
        """How long each call may take, `STALL_S` at most and by default; 0 for not at all."""
        blocked, self._call_s = self._call_s > 0, STALL_S if value is None else min(value, STALL_S)
        if blocked != (self._call_s > 0):
            super().setblocking(not blocked)

    def gettimeout(self) -> float:
        """How long each call may take."""
        return self._call_s

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive; with MSG_DONTWAIT, from any thread, what is there already.

        Raises:
            BlockingIOError: nothing is there, and the caller does not wait.
            ConnectionResetError: nothing came in time.
        """
        if flags & socket.MSG_DONTWAIT or self._call_s == 0:
            return super().recv(size, flags)
        self._release()  # nobody waits for a client that waits for an answer
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
        """What comes within so many seconds, empty if the client hangs up; None if nothing does."""
        self.limit(socket.SO_RCVTIMEO, wait_s)
        try:
            return super().recv(_READ_AHEAD)
        except BlockingIOError:
            return None
        except ConnectionError:
            return b""

    @contextlib.contextmanager
    def head_and_body_together(self) -> Iterator[None]:
        """Let what is sent first, the head of an answer, leave with what is sent after it, if there is anything."""
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
        """Send everything; each step may take `STALL_S`, all of them together as long as they need.

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
    """A gthread worker without gunicorn's HTML error pages, whose threads no slow client can hold."""

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection that has something to say to the threads."""
        if not isinstance(conn.sock, BoundedSocket):
            conn.sock.setblocking(True)  # as a new socket believes itself to be, whatever its descriptor says
            conn.sock = BoundedSocket(fileno=conn.sock.detach())
        self._queued.add(conn)
        super().enqueue_req(conn)

    def init_process(self) -> None:
        """Make what its threads share, and serve."""
        self._queued: set[Any] = set()
        self._may_linger = threading.BoundedSemaphore(max(1, self.cfg.threads - _FREE_THREADS))
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it, and the next ones if they come at once.

        Handing a kept-alive connection back to the selector, and a thread the next request, cost more processor time
        than a small request itself (see docs/performance.md).
        """
        self._queued.discard(conn)
        while True:
            conn.sock.head_until = time.monotonic() + HEAD_S
            kept = super().handle(conn)
            if kept is not True or not self.alive or not self._continues(conn):
                return kept

    def _continues(self, conn: Any) -> bool:
        """Read on for a moment, unless almost all threads do so already, or other connections wait for one.

        What comes is left to whoever handles the connection next, this thread or another.
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
        """Answer what could not be parsed as HTTP, or failed outside of the app, with a problem; the caller closes."""
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
