"""Connections to other services: how the head of an answer is read (deadlines and faults are in tests/faults)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import urllib3
from urllib3.exceptions import ProtocolError

from servicekit import deadline
from servicekit.wire import TimedPool

LINE = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def answering(*answers: bytes) -> Iterator[TimedPool]:
    """A pool to a server that gives these bytes, one to each request of one connection, and then closes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                for answer in answers:
                    client.recv(65_536)
                    client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        pool = TimedPool("127.0.0.1", listener.getsockname()[1], retries=False)
        try:
            yield pool
        finally:
            pool.close()
            thread.join()


def ask(pool: TimedPool, method: str = "GET") -> urllib3.BaseHTTPResponse:
    return pool.urlopen(method, "/", headers={deadline.HEADER: "5000"}, retries=False)


def test_fields_keep_their_repeats_and_their_latin_1_bytes() -> None:
    head = LINE + b'ETag: "a:b"\r\nlink:one\r\nLink:  two \r\nX-Name: caf\xe9\r\nContent-Length: 2\r\n\r\nok'
    with answering(head) as pool:
        answer = ask(pool)
    assert answer.data == b"ok"
    assert list(answer.headers.iteritems()) == [
        ("ETag", '"a:b"'),
        ("link", "one"),
        ("link", "two"),
        ("X-Name", "café"),
        ("Content-Length", "2"),
    ]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (LINE + b"Content-Length: 0\r\n\r\n", b""),
        (LINE + b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (LINE + b"\r\nto the end", b"to the end"),
        (LINE + b"Content-Length: -4\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", b"old"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + LINE + b"Content-Length: 2\r\n\r\nok", b"ok"),
    ],
)
def test_the_body_ends_where_the_head_says(answer: bytes, body: bytes) -> None:
    with answering(answer) as pool:
        assert ask(pool).data == body


@pytest.mark.parametrize(
    ("method", "head"),
    [("HEAD", LINE + b"Content-Length: 5\r\n\r\n"), ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")],
)
def test_a_connection_is_used_again_after_an_answer_without_a_body(method: str, head: bytes) -> None:
    with answering(head, LINE + b"Content-Length: 4\r\n\r\nnext") as pool:
        assert ask(pool, method).data == b""
        assert ask(pool).data == b"next"
        assert pool.num_connections == 1


@pytest.mark.parametrize(
    "head",
    [
        b"SMTP ready\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        LINE + b"no colon here\r\n\r\n",
        LINE + b"A: a\r\n" * 101 + b"\r\n",
        LINE + b"A: " + b"a" * 70_000 + b"\r\n\r\n",
    ],
)
def test_a_head_that_is_not_http_is_a_broken_answer(head: bytes) -> None:
    with answering(head) as pool, pytest.raises(ProtocolError):
        ask(pool)
