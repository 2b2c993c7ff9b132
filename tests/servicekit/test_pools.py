"""Which pool serves a request, and what a full one does: nothing that waits keeps reads from being served."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from servicekit.operations import Operation
from servicekit.pools import Pool, Pools, PoolSize
from tests.servicekit.conftest import serving


def operation(method: str, path: str, kind: str = "") -> Operation:
    return Operation("x", method, path, "X", "x", {}, kind=kind)


POOLS = Pools(
    [
        operation("GET", "/shoes/{shoe_id}"),
        operation("GET", "/shoes/{shoe_id}/photo", "download"),
        operation("GET", "/shoes/{shoe_id}/photo.txt"),
        operation("POST", "/photos", "upload"),
        operation("GET", "/news", "wait"),
    ],
    {name: PoolSize(1) for name in ("write", "upload", "download")},
)


@pytest.mark.parametrize(
    ("method", "path", "has_body", "pool"),
    [
        ("GET", "/shoes/7", False, None),
        ("GET", "/shoes/7", True, "write"),
        ("GET", "/nowhere", False, None),
        ("OPTIONS", "/photos", False, None),
        ("DELETE", "/shoes/7", False, "write"),
        ("BREW", "/shoes/7", False, "write"),
        ("GET", "/shoes/7/photo", False, "download"),
        ("HEAD", "/shoes/7/photo/", False, "download"),
        ("GET", "/shoes/7/ph%6Fto", False, "download"),
        ("GET", "/shoes/7/photo.txt", False, None),
        ("GET", "/shoes/7/8/photo", False, None),
        ("GET", "/news", False, None),
        ("POST", "/photos", True, "upload"),
        ("POST", "/photos/", True, "upload"),
        ("PUT", "/photos", True, "write"),
    ],
)
def test_the_pool_follows_from_the_head_of_a_request(method: str, path: str, has_body: bool, pool: str | None) -> None:
    assert POOLS.name_for(method, path, has_body=has_body) == pool


def test_a_service_with_one_pool_serves_everything_by_it() -> None:
    assert Pools([operation("POST", "/photos", "upload")], {}).name_for("POST", "/photos", has_body=True) is None


def test_a_pool_takes_no_more_than_its_threads_and_its_queue() -> None:
    pool, go_on = Pool("shoes", PoolSize(threads=1, queue=1)), threading.Event()
    taken = [pool.submit(go_on.wait, 20) for _ in range(2)]
    assert pool.submit(go_on.wait, 20) is None
    go_on.set()
    assert [one.result(20) for one in taken if one] == [True, True]
    again = pool.submit(int, "7")
    assert again is not None
    assert again.result(20) == 7


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """Two threads of its own, two for uploads and two for writes."""
    with serving(SHOP_THREADS="2", SHOP_POOLS="1") as address:
        yield address


PHOTO = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 100 + b"\r\n--b--\r\n"
HEAD = b"POST /photos HTTP/1.1\r\nHost: shop\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
LATER = 20


@contextlib.contextmanager
def half_sent(address: str, path: bytes = b"/photos") -> Iterator[socket.socket]:
    """A connection on which the beginning of a photo has been sent."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = HEAD.replace(b"/photos", path) + str(len(PHOTO)).encode()
        connection.sendall(head + b"\r\n\r\n" + PHOTO[:-LATER])
        yield connection


def received(connection: socket.socket) -> bytes:
    """The next response, which has a body in one piece."""
    head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    while not body:
        body = connection.recv(65536)
    return head + b"\r\n\r\n" + body


def refused(address: str) -> requests.Response:
    """The answer to a photo as soon as one is refused; until then, others may have been finished."""
    while True:
        answer = requests.post(f"{address}/photos", files={"file": b"x"}, timeout=20)
        if answer.status_code != 200:
            return answer


@pytest.mark.parametrize("path", [b"/photos", b"/shoes/"])
def test_slow_bodies_leave_the_threads_of_reads_alone(shop: str, path: bytes) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(half_sent(shop, path))
        for number in range(20):
            assert requests.get(f"{shop}/shoes/{number + 1}", timeout=20).status_code == 200


def test_an_upload_beyond_the_pool_is_refused_with_retry_after(shop: str) -> None:
    with half_sent(shop) as first, half_sent(shop) as second:
        answer = refused(shop)
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert answer.json()["type"] == "/problems#busy"
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Connection"] == "close"
        for upload in (first, second):
            upload.sendall(PHOTO[-LATER:])
            assert b'{"bytes":100}' in received(upload)


def test_a_connection_goes_on_after_a_request_that_another_pool_served(shop: str) -> None:
    with half_sent(shop) as connection:
        connection.sendall(PHOTO[-LATER:])
        assert b'{"bytes":100}' in received(connection)
        connection.sendall(b"GET /shoes/7 HTTP/1.1\r\nHost: shop\r\n\r\n")
        assert b'{"shoe_id":7}' in received(connection)
        connection.sendall(HEAD + str(len(PHOTO)).encode() + b"\r\n\r\n" + PHOTO)
        assert b'{"bytes":100}' in received(connection)
