"""The server itself: what is not HTTP, clients that stall, bodies that lie about their length."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.http.unreader import SocketUnreader

from servicekit import gunicorn_worker
from servicekit.gunicorn_worker import BoundedSocket
from servicekit.pools import Pool, PoolSize

CLOSE = b"Host: shop\r\nConnection: close\r\n"
TYPED = CLOSE + b"Content-Type: application/json\r\n"


def exchange(address: str, sent: bytes, *, finish: bool = False) -> bytes:
    """Everything that comes back for these bytes until the server closes; `finish` half-closes after sending."""
    host, _, port = address.removeprefix("http://").partition(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(sent)
        if finish:
            connection.shutdown(socket.SHUT_WR)
        while chunk := connection.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /shoes/1 HTTP/9.9\r\n" + CLOSE + b"\r\n", 400),
        (b"GET /shoes/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /shoes/1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\r\n b\r\n\r\n", 400),
        (b"GET /shoes/1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\nSet-Cookie: b\r\n\r\n", 400),
        (b"GET /shoes/1 HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: a\r\n" * 101 + b"\r\n", 431),
        (b"POST /shoes/ HTTP/1.1\r\n" + CLOSE + b"Content-Length: -5\r\n\r\n", 400),
        (b"POST /shoes/ HTTP/1.1\r\n" + CLOSE + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (
            b"POST /shoes/ HTTP/1.1\r\n" + CLOSE + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"POST /shoes/ HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        (
            b"POST /shoes/ HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
            400,
        ),
    ],
)
def test_what_is_not_http_is_answered_with_a_problem(served: str, sent: bytes, status: int) -> None:
    head, _, body = exchange(served, sent).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Type: application/problem+json" in head
    assert b"Set-Cookie" not in head
    assert b"\r\nContent-Security-Policy: default-src 'none';" in head
    assert json.loads(body)["status"] == status


@pytest.mark.parametrize(
    "chunks", [b"zz\r\n\r\n", b'5\r\n{"na', b"-1\r\n", b'5;ext\r\n{"nameXX\r\n0\r\n\r\n', b"ffffffffffffffffff\r\nx"]
)
def test_broken_chunks_are_a_400_and_end_the_connection(served: str, chunks: bytes) -> None:
    sent = b"POST /shoes/ HTTP/1.1\r\n" + TYPED.replace(b"close", b"keep-alive")
    received = exchange(served, sent + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, finish=True)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.count(b"HTTP/1.1 ") == 1
    assert b"application/problem+json" in received


def test_a_truncated_body_is_refused_although_it_is_valid_json(served: str) -> None:
    sent = b"POST /shoes/ HTTP/1.1\r\n" + TYPED + b'Content-Length: 500\r\n\r\n{"name": "Clog"}'
    assert exchange(served, sent, finish=True).startswith(b"HTTP/1.1 400 ")


def test_a_chunked_body_over_the_limit_is_not_cut_to_it(served: str) -> None:
    body = b'{"name": "Clog"}' + b" " * (1 << 20)
    chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    sent = b"POST /shoes/ HTTP/1.1\r\n" + TYPED + b"Transfer-Encoding: chunked\r\n\r\n" + chunked
    assert exchange(served, sent).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("spare", [0, 1])
def test_a_chunked_body_up_to_the_limit_is_read(served: str, spare: int) -> None:
    body = b'{"name": "Clog"}'
    body += b" " * ((1 << 20) - len(body) - spare)
    chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    sent = b"POST /shoes/ HTTP/1.1\r\n" + TYPED + b"Transfer-Encoding: chunked\r\n\r\n" + chunked
    assert exchange(served, sent).startswith(b"HTTP/1.1 201 ")


def test_http_1_0_is_answered_and_closed(served: str) -> None:
    assert b'{"shoe_id":7}' in exchange(served, b"GET /shoes/7 HTTP/1.0\r\n\r\n")


def test_pipelined_requests_are_answered_in_order_whatever_bodies_they_carry(served: str) -> None:
    first = b"GET /shoes/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n" + b"G" * 30
    second = b"GET /shoes/2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n0\r\n\r\n"
    third = b"GET /shoes/3 HTTP/1.1\r\n" + CLOSE + b"\r\n"
    received = exchange(served, first + second + third)
    assert received.count(b"HTTP/1.1 200 OK") == 3
    assert [received.index(f'"shoe_id":{n}'.encode()) for n in (1, 2, 3)] == sorted(
        received.index(f'"shoe_id":{n}'.encode()) for n in (1, 2, 3)
    )


def test_headers_cannot_change_the_path(served: str) -> None:
    sent = (
        b"GET /shoes/7 HTTP/1.1\r\n" + CLOSE + b"PATH_INFO: /fail\r\nSCRIPT_NAME: /shoes\r\nX-Original-Url: /fail\r\n"
    )
    assert b'{"shoe_id":7}' in exchange(served, sent + b"X-Http-Method-Override: DELETE\r\n\r\n")


@contextmanager
def connected() -> Iterator[tuple[BoundedSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with BoundedSocket(fileno=ours.detach()) as bounded, theirs:
        yield bounded, theirs


def test_a_client_that_sends_no_head_in_time_counts_as_disconnected() -> None:
    with connected() as (bounded, _):
        bounded.head_until = 0.0
        with pytest.raises(ConnectionResetError):
            bounded.recv(1)


def test_a_client_that_stalls_within_a_body_counts_as_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "STALL_S", 0.01)
    with connected() as (bounded, _):
        bounded.setblocking(True)
        with pytest.raises(ConnectionResetError):
            bounded.recv(1)


def test_a_client_that_trickles_its_body_counts_as_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(gunicorn_worker.time, "monotonic", lambda: now.__setitem__(0, now[0] + 1.0) or now[0])
    with connected() as (bounded, theirs):
        bounded.setblocking(True)
        bounded.patience_s = gunicorn_worker.STALL_S
        theirs.sendall(b"x" * 100)
        received = b"".join(bounded.recv(1) for _ in range(int(gunicorn_worker.STALL_S)))
        assert received == b"x" * int(gunicorn_worker.STALL_S)
        with pytest.raises(ConnectionResetError):
            bounded.recv(1)
        theirs.sendall(b"x" * gunicorn_worker.SLOWEST_BYTES_S * 40)
        bounded.patience_s = gunicorn_worker.STALL_S
        for _ in range(40):
            bounded.recv(gunicorn_worker.SLOWEST_BYTES_S)


def test_a_client_that_stops_reading_counts_as_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "STALL_S", 0.01)
    with connected() as (bounded, _):
        bounded.setblocking(True)
        with pytest.raises(ConnectionResetError):
            bounded.sendall(bytes(1 << 24))


def test_a_bounded_socket_sends_all_to_a_client_that_reads_slowly() -> None:
    sent = os.urandom(1 << 22)
    received = bytearray()
    with connected() as (bounded, theirs):
        bounded.setblocking(True)
        sender = threading.Thread(target=bounded.sendall, args=(sent,))
        sender.start()
        while len(received) < len(sent):
            received += theirs.recv(10_000)
        sender.join()
    assert received == sent


def test_a_peek_never_waits_and_leaves_the_time_limits_alone() -> None:
    peek = socket.MSG_PEEK | socket.MSG_DONTWAIT
    with connected() as (bounded, theirs):
        bounded.setblocking(True)
        with pytest.raises(BlockingIOError):
            bounded.recv(1, peek)
        theirs.sendall(b"x")
        assert bounded.recv(1, peek) == b"x"
        assert bounded.recv(1) == b"x"
        theirs.close()
        assert bounded.recv(1, peek) == b""
        assert bounded.gettimeout() == gunicorn_worker.STALL_S


def test_a_bounded_socket_reads_available_bytes_and_polls_without_blocking() -> None:
    with connected() as (bounded, theirs):
        bounded.setblocking(False)
        with pytest.raises(BlockingIOError):
            bounded.recv(1)
        bounded.setblocking(True)
        threading.Thread(target=theirs.sendall, args=(b"shoe",)).start()
        assert bounded.recv(4) == b"shoe"


def test_a_client_that_disconnects_before_its_problem_is_no_error() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        gunicorn_worker.ProblemWorker.handle_error(SimpleNamespace(), None, ours, None, ValueError())


def test_closing_a_connection_waits_for_its_client_in_a_thread_of_its_own() -> None:
    go_on, closing = threading.Event(), Pool("closing", PoolSize(threads=1, queue=1))
    assert closing.submit(go_on.wait, 20)
    with connected() as (bounded, theirs), connected() as (other, _):
        threads = SimpleNamespace(_closing=closing)
        gunicorn_worker.ProblemWorker._close(threads, bounded, graceful=True)
        assert bounded.fileno() >= 0
        gunicorn_worker.ProblemWorker._close(threads, other, graceful=True)  # too many wait: at once
        assert other.fileno() < 0
        theirs.shutdown(socket.SHUT_WR)
        go_on.set()
        assert theirs.recv(1) == b""


@pytest.mark.parametrize(
    ("sent", "queued", "lingering", "stays"),
    [
        (b"GET", set(), 0, True),
        (b"", set(), 0, False),
        (b"GET", {"another connection"}, 0, False),
        (b"GET", set(), 6, False),
    ],
)
def test_a_thread_keeps_an_active_connection_unless_others_wait(
    sent: bytes, queued: set[str], lingering: int, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gunicorn_worker, "LINGER_S", 0.001)
    with connected() as (bounded, theirs):
        theirs.sendall(sent)
        unreader = SocketUnreader(bounded)
        connection = SimpleNamespace(sock=bounded, parser=SimpleNamespace(unreader=unreader))
        threads = SimpleNamespace(_queued=queued, _may_linger=threading.BoundedSemaphore(6))
        for _ in range(lingering):
            threads._may_linger.acquire()
        assert gunicorn_worker.ProblemWorker._continues(threads, connection) is stays
        bounded.setblocking(False)
        rest = b"" if stays else receive_rest(bounded)
        assert unreader.take_buffered() + rest == sent


def test_bytes_that_a_thread_has_read_ahead_are_kept_for_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queued: set[str] = set()
    with connected() as (bounded, theirs):
        theirs.sendall(b"GET")
        unreader = SocketUnreader(bounded)
        connection = SimpleNamespace(sock=bounded, parser=SimpleNamespace(unreader=unreader))
        threads = SimpleNamespace(_queued=queued, _may_linger=threading.BoundedSemaphore(1))
        more = bounded.more
        monkeypatch.setattr(bounded, "more", lambda wait_s: queued.add("another") or more(wait_s), raising=False)
        assert gunicorn_worker.ProblemWorker._continues(threads, connection) is False
        assert unreader.take_buffered() == b"GET"


def receive_rest(bounded: BoundedSocket) -> bytes:
    try:
        return bounded.recv(100)
    except BlockingIOError:
        return b""


def test_a_thread_notices_that_its_client_has_hung_up() -> None:
    with connected() as (bounded, theirs):
        theirs.close()
        assert bounded.more(1.0) == b""


def test_a_head_leaves_together_with_the_body() -> None:
    with connected() as (bounded, theirs):
        theirs.setblocking(False)
        with bounded.head_and_body_together():
            bounded.sendall(b"head ")
            with pytest.raises(BlockingIOError):
                theirs.recv(100)
            bounded.sendall(b"body ")
            assert theirs.recv(100) == b"head body "
            bounded.sendall(b"more")
            assert theirs.recv(100) == b"more"
        bounded.sendall(b"next")
        assert theirs.recv(100) == b"next"


def test_a_head_without_a_body_leaves_at_the_end_and_not_at_all_if_the_answer_failed() -> None:
    with connected() as (bounded, theirs):
        theirs.setblocking(False)
        with bounded.head_and_body_together():
            bounded.sendall(b"head")
        assert theirs.recv(100) == b"head"
        with contextlib.suppress(ValueError), bounded.head_and_body_together():
            bounded.sendall(b"head")
            raise ValueError
        bounded.sendall(b"problem")
        assert theirs.recv(100) == b"problem"


def test_a_head_is_not_held_back_while_more_is_received() -> None:
    with connected() as (bounded, theirs):
        bounded.setblocking(True)
        theirs.setblocking(False)
        theirs.sendall(b"rest of a body")
        with bounded.head_and_body_together():
            bounded.sendall(b"head")
            assert bounded.recv(100) == b"rest of a body"
            assert theirs.recv(100) == b"head"


def test_a_file_is_sent_behind_its_head(tmp_path: Path) -> None:
    path = tmp_path / "audio"
    path.write_bytes(b"file")
    with connected() as (bounded, theirs), path.open("rb") as file:
        bounded.setblocking(True)
        with bounded.head_and_body_together():
            bounded.sendall(b"head ")
            bounded.sendfile(file)
        assert theirs.recv(5) + theirs.recv(4) == b"head file"


def test_a_time_limit_is_set_only_when_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []
    with connected() as (bounded, _):
        monkeypatch.setattr(bounded, "setsockopt", lambda *args: shown.append(args[1]), raising=False)
        for seconds in (29.9, 29.8, 29.0, 28.9, 1.5, 1.4):
            bounded.limit(socket.SO_RCVTIMEO, seconds)
        bounded.limit(socket.SO_SNDTIMEO, 1.4)
    assert shown == [socket.SO_RCVTIMEO] * 4 + [socket.SO_SNDTIMEO]
