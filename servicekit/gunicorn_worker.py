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

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from servicekit import hooks, logs, problems, security_headers, socket_limits
from servicekit.metrics import Metrics
from servicekit.pools import Pool, Pools, PoolSize

log = logs.get_logger(__name__)


HEAD_S = 20.0
STALL_S = 30.0
SLOWEST_BYTES_S = 1024
LINGER_S = 0.05
CLOSING = PoolSize(threads=8, queue=248)
_READ_AHEAD = 8192
_FREE_THREADS = 2
_MOVED = object()  # what handling a request returns when another pool has taken it over


class BoundedSocket(socket_limits.LimitedSocket):
    """A client's socket whose calls have time limits: a client that stalls counts as disconnected.

    The head of a request must have arrived by `head_until` (monotonic seconds); after it, each call may take `STALL_S`,
    and a body slower than `SLOWEST_BYTES_S` uses up the client's `patience_s`.
    The kernel keeps the time (see `socket_limits`), so the descriptor must be blocking.
    """

    head_until: float | None = None
    patience_s = STALL_S
    arrived = 0.0  # when the request began to come in, monotonic seconds
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


class _Parsed:
    """Stands for the parser of a connection whose next request has been parsed by another thread."""

    def __init__(self, conn: Any, request: Any) -> None:
        self._conn, self._parser, self._request = conn, conn.parser, request

    def __next__(self) -> Any:
        self._conn.parser = self._parser
        return self._request


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """A gthread worker without gunicorn's HTML error pages, whose threads slow clients cannot occupy.

    A service may have several pools of threads (see `servicekit.pools`): the server's own reads the head of a request,
    and serves it unless another pool is there for its kind.
    """

    def enqueue_req(self, conn: Any) -> None:
        """Pass a connection with data to read to the threads."""
        if not isinstance(conn.sock, BoundedSocket):
            conn.sock.setblocking(True)  # which a new socket object assumes of its descriptor
            conn.sock = BoundedSocket(fileno=conn.sock.detach())
            conn.in_pool = False
        conn.sock.arrived = time.monotonic()
        self._queued.add(conn)
        super().enqueue_req(conn)

    def init_process(self) -> None:
        """Create what the threads share, and serve."""
        self._queued: set[Any] = set()
        self._may_linger = threading.BoundedSemaphore(max(1, self.cfg.threads - _FREE_THREADS))
        self._closing = Pool("closing", CLOSING)
        super().init_process()

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Keep or close a connection whose request has been answered. Runs in the main thread, so it must not wait."""
        if not fs.cancelled() and not fs.exception() and fs.result() is _MOVED:
            return
        conn.close = lambda graceful=False: self._close(conn.sock, graceful)
        super().finish_request(conn, fs)

    def _close(self, sock: BoundedSocket, graceful: bool) -> None:
        """Close a connection; gracefully, which waits for the client to read the answer, in a thread of its own."""
        if graceful:
            sock.setblocking(True)
            sock.head_until = None
        if not graceful or not self._closing.submit(util.close_graceful, sock):
            util.close(sock)

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

    def _handle_in_pool(self, conn: Any, request: Any) -> Any:
        """Answer a request that was moved to this thread's pool."""
        conn.parser, conn.in_pool = _Parsed(conn, request), True
        try:
            return super().handle(conn)
        finally:
            conn.in_pool = False

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
        conn.sock.arrived = time.monotonic()
        return not self._queued or not begun

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head has been read, here or in the pool for its kind."""
        conn.sock.head_until = None
        conn.sock.patience_s = STALL_S
        conn.sock.setblocking(True)
        if not conn.in_pool and (pool := self._pool_for(req)) is not None:
            return self._move(req, conn, pool)
        with conn.sock.head_and_body_together():
            return super().handle_request(req, conn)

    def _pool_for(self, req: Any) -> Pool | None:
        pools: Pools | None = self.wsgi.extensions.get("visis_pools")
        if pools is None:
            return None
        has_body = any(name in ("CONTENT-LENGTH", "TRANSFER-ENCODING") and value != "0" for name, value in req.headers)
        name = pools.name_for(req.method, req.path, has_body=has_body)
        return pools.by_name[name] if name else None

    def _move(self, req: Any, conn: Any, pool: Pool) -> Any:
        future = pool.submit(self._handle_in_pool, conn, req)
        if future is not None:
            future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))
            return _MOVED
        metrics: Metrics = self.wsgi.extensions["visis_metrics"]
        metrics.observe_request(req.method, "(refused)", 503, time.monotonic() - conn.sock.arrived)
        problem = problems.Busy("Too many requests of this kind are being worked on. Try again.", retry_after_s=5)
        _answer(conn.sock, problem, hooks.new_request_id())
        return False

    def _keepalive_after(self, conn: Any, keepalive: Any) -> Any:
        """Whether the connection can be used again; one that was moved belongs to the other thread already."""
        return _MOVED if keepalive is _MOVED else super()._keepalive_after(conn, keepalive)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer invalid HTTP, and what failed outside of the app, with a problem; the caller closes."""
        problem, request_id = _problem(exc), hooks.new_request_id()
        if isinstance(exc, ParseException):
            log.info("request_refused", reason=type(exc).__name__, request_id=request_id)
        else:
            log.error("request_failed", exc_info=exc, request_id=request_id)
        _answer(client, problem, request_id)


def _answer(client: socket.socket, problem: problems.ProblemError, request_id: str) -> None:
    """Answer a request that the app never saw; the caller closes the connection."""
    body = json.dumps({**problem.to_dict(), "instance": "", "request_id": request_id}).encode()
    status = HTTPStatus(problem.status)
    headers = {
        "Connection": "close",
        "Content-Type": problems.CONTENT_TYPE,
        "X-Request-Id": request_id,
        "Content-Length": str(len(body)),
        **problem.headers,
    }
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    try:
        util.write_nonblock(client, head.encode() + (security_headers.LINES + "\r\n").encode() + body)
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
