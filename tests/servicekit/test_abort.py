"""Calls are broken off by another thread at whatever point they are, and only they."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from servicekit.abort import Abort, Aborted
from servicekit.upstream import Answer, Upstream

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
WHOLE = HEAD + b"Content-Length: 4\r\n\r\ndone"
WAIT_S = 20


@dataclass
class Peer:
    """A server of one connection at a time. It answers with `said`, and with `rest` (if any) once it may `go_on`."""

    said: bytes
    rest: bytes = b""
    go_on: threading.Event = field(default_factory=threading.Event)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    asked: queue.Queue[None] = field(default_factory=queue.Queue)
    hung_up: threading.Event = field(default_factory=threading.Event)
    client: socket.socket | None = None
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.client, _ = self.listener.accept()
                self.connections += 1
                with self.client as client:
                    while client.recv(65_536):
                        client.sendall(self.said)
                        self.asked.put(None)
                        if self.rest:
                            self.go_on.wait(WAIT_S)
                            client.sendall(self.rest)
                self.hung_up.set()

    def stop(self) -> None:
        for sock in filter(None, (self.listener, self.client)):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@contextlib.contextmanager
def peer(said: bytes) -> Iterator[Peer]:
    made = Peer(said)
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.stop()
    thread.join()


def started(upstream: Upstream, abort: Abort | None) -> tuple[threading.Thread, list[Answer | Aborted]]:
    """A call in a thread, and where its end will be."""
    ends: list[Answer | Aborted] = []

    def call() -> None:
        try:
            ends.append(upstream.call("GET", "/x", abort=abort, timeout_s=3 * WAIT_S))
        except Aborted as error:
            ends.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    return thread, ends


@pytest.mark.parametrize(
    "said",
    [
        b"",
        HEAD[:20],
        HEAD + b"Content-Length: 100\r\n\r\nhalf",
        HEAD + b"Connection: close\r\n\r\nhalf",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
    ids=["unanswered", "in_head", "in_body", "in_body_without_length", "in_chunks"],
)
def test_a_call_is_cancelled_at_any_point_and_is_not_retried(said):
    with peer(said) as service:
        upstream, abort = Upstream("worker", service.url), Abort()
        thread, ends = started(upstream, abort)
        service.asked.get(timeout=WAIT_S)
        abort.fire()
        thread.join(WAIT_S)
        assert [type(end) for end in ends] == [Aborted]
        assert service.hung_up.wait(WAIT_S)
        assert service.connections == 1
        replica = upstream._replicas.all()[0]
        assert (replica.in_flight, replica.failures) == (0, 0)


def test_no_call_is_begun_after_it():
    with peer(WHOLE) as service:
        upstream, abort = Upstream("worker", service.url), Abort()
        abort.fire()
        for _ in range(2):
            with pytest.raises(Aborted):
                upstream.call("GET", "/x", abort=abort)
            assert service.asked.empty()
            assert upstream.call("GET", "/x").body == b"done"  # the second time, a connection is there already
            service.asked.get()


def test_a_connection_that_another_call_uses_now_is_left_alone():
    with peer(WHOLE) as service:
        upstream, abort = Upstream("worker", service.url), Abort()
        upstream.call("GET", "/x", abort=abort)
        service.asked.get(timeout=WAIT_S)
        service.said, service.rest = WHOLE[:-2], WHOLE[-2:]
        thread, ends = started(upstream, None)
        service.asked.get(timeout=WAIT_S)
        abort.fire()
        service.go_on.set()
        thread.join(WAIT_S)
        assert [getattr(end, "body", end) for end in ends] == [b"done"]
        assert service.connections == 1
