"""Connections to other services: how the head of an answer is read (deadlines and faults are in tests/faults)."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from servicekit import socket_limits
from servicekit.abort import Abort
from servicekit.http_client import Broken, Pool, Response

LINE = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def answering(*answers: bytes, received: list[bytes] | None = None) -> Iterator[Pool]:
    """A pool to a server that gives these bytes, one to each request of one connection, and then closes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                for answer in answers:
                    asked = client.recv(65_536)
                    if received is not None:
                        received.append(asked)
                    client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        pool = Pool("127.0.0.1", listener.getsockname()[1])
        try:
            yield pool
        finally:
            pool.close()
            thread.join()


def ask(pool: Pool, method: str = "GET") -> Response:
    return pool.open(method, "/", headers={}, left_s=5.0)


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "2"}, {"content-length": "2"}])
def test_a_request_has_one_content_length(headers: dict[str, str]) -> None:
    received: list[bytes] = []
    with answering(LINE + b"Content-Length: 0\r\n\r\n", received=received) as pool:
        pool.open("PATCH", "/", headers=headers, body=b"{}", left_s=5.0).whole()
    assert received[0].lower().count(b"content-length: 2\r\n") == 1


@pytest.mark.parametrize(
    ("body", "headers", "sent"),
    [
        (None, {}, b"content-length: 0\r\n\r\n"),
        (io.BytesIO(b"abc"), {"Content-Length": "3"}, b"content-length: 3\r\n\r\nabc"),
        (io.BytesIO(b"abc"), {}, b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        (io.BytesIO(b""), {}, b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    ],
)
def test_a_body_is_sent_with_its_length_or_in_chunks(body: Any, headers: dict[str, str], sent: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        pool = Pool("127.0.0.1", listener.getsockname()[1])
        thread = threading.Thread(
            target=lambda: pool.open("POST", "/x?y=1", headers=headers, body=body, left_s=5.0).end()
        )
        thread.start()
        client, _ = listener.accept()
        with client, client.makefile("rb") as file:
            expected = b"post /x?y=1 http/1.1\r\n" + sent
            assert file.read(len(expected)).lower() == expected
            client.sendall(LINE + b"Content-Length: 0\r\n\r\n")
            thread.join()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/a b", {}),
        ("/a\r\nX: 1", {}),
        ("/é\u2013", {}),
        ("/", {"X": "1\r\nY: 2"}),
        ("/", {"X\nY": "1"}),
        ("/", {"X": "\0"}),
        ("/", {"X": "\u2013"}),
    ],
)
def test_characters_that_would_end_a_line_of_the_request_are_refused(path: str, headers: dict[str, str]) -> None:
    with answering() as pool:
        with pytest.raises(Broken):
            pool.open("GET", path, headers=headers, left_s=5.0)
        assert pool.made == 0
        socket.create_connection((pool._host, pool._port)).close()  # what the server waits for


def test_a_large_body_arrives_whole() -> None:
    body = bytes(range(256)) * 4096
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        pool = Pool("127.0.0.1", listener.getsockname()[1])
        thread = threading.Thread(
            target=lambda: received.append(pool.open("PUT", "/", headers={}, body=body, left_s=20.0).whole())
        )
        thread.start()
        client, _ = listener.accept()
        with client, client.makefile("rb") as file:
            while file.readline() != b"\r\n":
                pass
            assert file.read(len(body)) == body
            client.sendall(LINE + b"Content-Length: 2\r\n\r\nok")
            thread.join()
        pool.close()
    assert received == [b"ok"]


def test_fields_keep_their_repeats_and_their_latin_1_bytes() -> None:
    head = LINE + b'ETag: "a:b"\r\nlink:one\r\nLink:  two \r\nX-Name: caf\xe9\r\nContent-Length: 2\r\n\r\nok'
    with answering(head) as pool:
        answer = ask(pool)
        assert answer.whole() == b"ok"
    assert list(answer.headers) == [
        ("ETag", '"a:b"'),
        ("link", "one"),
        ("Link", "two"),
        ("X-Name", "café"),
        ("Content-Length", "2"),
    ]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (LINE + b"Content-Length: 0\r\n\r\n", b""),
        (LINE + b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (LINE + b"\r\nto the end", b"to the end"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", b"old"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + LINE + b"Content-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + LINE + b"Content-Length: 2\r\n\r\nok", b"ok"),
        (LINE + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    ],
)
def test_the_body_ends_where_the_head_says(answer: bytes, body: bytes) -> None:
    with answering(answer) as pool:
        assert ask(pool).whole() == body


@pytest.mark.parametrize(
    ("method", "head"),
    [("HEAD", LINE + b"Content-Length: 5\r\n\r\n"), ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")],
)
def test_a_connection_is_used_again_after_an_answer_without_a_body(method: str, head: bytes) -> None:
    with answering(head, LINE + b"Content-Length: 4\r\n\r\nnext") as pool:
        assert ask(pool, method).whole() == b""
        assert ask(pool).whole() == b"next"
        assert pool.made == 1


@pytest.mark.parametrize(
    "head",
    [
        b"SMTP ready\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        LINE + b"no colon here\r\n\r\n",
        LINE + b"Content-Type: text/plain\r\n",
        LINE + b"Content-Type: text/pl",
        b"HTTP/1.1 200",
        LINE + b"Content-Length: -4\r\n\r\nbody",
        LINE + b"Content-Length: 2, 2\r\n\r\nbody",
        LINE + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nbody",
        LINE + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nbody",
        LINE + b"A: a\r\n" * 101 + b"\r\n",
        LINE + b"A: " + b"a" * 70_000 + b"\r\n\r\n",
    ],
)
def test_a_head_that_is_not_http_is_an_error(head: bytes) -> None:
    with answering(head) as pool, pytest.raises(Broken):
        ask(pool)


@pytest.mark.parametrize(
    "answer",
    [
        LINE + b"Content-Length: 9\r\n\r\nhalf",
        LINE + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        LINE + b"Transfer-Encoding: chunked\r\n\r\nnine\r\nhalf",
        LINE + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
)
@pytest.mark.parametrize("way", ["whole", "in_pieces"])
def test_a_truncated_body_is_an_error(answer: bytes, way: str) -> None:
    with answering(answer) as pool:
        response = ask(pool)
        with pytest.raises(Broken):
            response.whole() if way == "whole" else list(iter(response.some, b""))
        response.end()
        assert not pool._idle


def test_a_connection_whose_body_was_not_read_to_the_end_is_closed() -> None:
    with answering(LINE + b"Content-Length: 8\r\n\r\nhalfhalf") as pool:
        ask(pool).end()
        assert not pool._idle


def test_a_connection_that_the_peer_has_closed_is_not_used_again() -> None:
    with answering(LINE + b"Content-Length: 2\r\n\r\nok") as pool:
        ask(pool).whole()
        (kept,) = pool._idle
        assert kept.sock is not None
        kept.sock.recv(1)  # returns when the peer has closed
        with contextlib.closing(pool._take(5.0)) as taken:
            assert taken is not kept
        assert kept.sock.fileno() == -1


def test_an_unsolicited_response_is_not_used_for_the_next_call() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        pool = Pool("127.0.0.1", listener.getsockname()[1])
        ended: list[bytes] = []
        for body in (b"1", b"2"):
            thread = threading.Thread(target=lambda: ended.append(ask(pool).whole()))
            thread.start()
            client, _ = listener.accept()
            client.recv(65_536)
            client.sendall(LINE + b"Content-Length: 1\r\n\r\n" + body)
            thread.join()
            (kept,) = pool._idle
            client.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
            assert kept.sock is not None
            assert socket_limits.readable(kept.sock, 5.0)
            client.close()
        assert ended == [b"1", b"2"]
        pool.close()


def test_an_abort_leaves_connections_alone_whose_calls_have_ended() -> None:
    abort = Abort()
    with answering(LINE + b"Content-Length: 2\r\n\r\nok", LINE + b"Content-Length: 4\r\n\r\nnext") as pool:
        pool.open("GET", "/", headers={}, left_s=5.0, abort=abort).whole()
        abort.fire()
        assert ask(pool).whole() == b"next"
        assert pool.made == 1


def test_a_response_that_is_ended_twice_releases_its_connection_once() -> None:
    with answering(LINE + b"Content-Length: 2\r\n\r\nok") as pool:
        answer = ask(pool)
        answer.whole()
        answer.end()
        assert len(pool._idle) == 1


def test_no_more_than_so_many_idle_connections_are_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        pool = Pool("127.0.0.1", listener.getsockname()[1], keep=2)
        answers = []
        for _ in range(3):
            thread = threading.Thread(target=lambda: answers.append(ask(pool)))
            thread.start()
            client, _ = listener.accept()
            with client:
                client.recv(65_536)
                client.sendall(LINE + b"Content-Length: 2\r\n\r\nok")
                thread.join()
        assert [answer.whole() for answer in answers] == [b"ok"] * 3
        assert (pool.made, len(pool._idle)) == (3, 2)
        pool.close()
        assert not pool._idle
