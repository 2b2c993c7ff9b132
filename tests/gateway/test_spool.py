"""Bodies on their way through: received whole before the catalog is called, bounded, and gone afterwards."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.config import Settings
from gateway.places import Places
from gateway.spool import Spool, SpoolFull
from tests.faults.services import served

BOOK = {"id": 1, "title": "Clogs", "author": "A. Cobbler"}
LARGE = bytes(range(256)) * 8000


def form(content: bytes) -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + content + b"\r\n--b--\r\n"


def upload(content: bytes = LARGE) -> dict[str, Any]:
    return {"data": form(content), "content_type": "multipart/form-data; boundary=b"}


@pytest.fixture
def gateway_with(make_gateway: Callable[..., FlaskClient], services: Any, tmp_path: Any) -> Callable[..., FlaskClient]:
    """Makes a gateway that spools to a folder of its own, before a catalog that takes imports."""
    services.catalog.answer("/books/import", BOOK, 201)
    return lambda **settings: make_gateway(home=tmp_path, **settings)


def metric(client: FlaskClient, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


def test_a_body_goes_on_byte_for_byte_and_leaves_nothing_behind(
    services: Any, gateway_with: Callable[..., FlaskClient], tmp_path: Any
) -> None:
    client = gateway_with()
    assert client.post("/books/import", **upload()).status_code == 201
    assert LARGE in services.catalog.last.body
    assert int(services.catalog.last.headers["Content-Length"]) == len(services.catalog.last.body)
    assert list((tmp_path / "gateway" / "spool").iterdir()) == []
    assert metric(client, "visis_spool_bytes") == 0


def test_a_large_json_body_goes_on_byte_for_byte(services: Any, gateway_with: Callable[..., FlaskClient]) -> None:
    services.catalog.answer("/books/", BOOK, 201)
    sent = b'{"title": "T", "author": "A", "text": "' + b"lamp " * 50_000 + b'"}'
    assert gateway_with().post("/books/", data=sent, content_type="application/json").status_code == 201
    assert services.catalog.last.body == sent


@pytest.fixture
def address(services: Any, tmp_path: Any) -> Iterator[tuple[str, int]]:
    """Where a gateway listens that takes two uploads at a time."""
    services.catalog.answer("/books/import", BOOK, 201)
    settings = Settings(home=tmp_path, catalog_url=services.catalog.address, max_uploads=2)
    with served(create_app(settings)) as found:
        yield found


def ask(address: tuple[str, int], sent: bytes) -> bytes:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_the_catalog_is_not_called_before_the_body_is_there(services: Any, address: tuple[str, int]) -> None:
    sent = form(LARGE)
    head = b"POST /books/import HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data;"
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(head + b" boundary=b\r\nContent-Length: %d\r\n\r\n" % len(sent) + sent[:-1])
        get = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        while b"visis_uploads 1.0" not in ask(address, get):
            pass
        assert services.catalog.received == []
        # One caller may have half of the places.
        assert b" 503 " in ask(address, head + b" boundary=b\r\nContent-Length: 100000\r\n\r\n").partition(b"\n")[0]
        connection.sendall(sent[-1:])
        assert b" 201 " in connection.recv(65536)
    assert services.catalog.last.body == sent


def test_a_body_that_takes_too_long_is_a_408(services: Any, gateway_with: Callable[..., FlaskClient]) -> None:
    response = gateway_with(upload_timeout_s=1e-9).post("/books/import", **upload())
    assert (response.status_code, response.content_type) == (408, "application/problem+json")
    assert services.catalog.received == []


def test_bodies_for_which_there_is_no_room_are_refused_as_busy(gateway_with: Callable[..., FlaskClient]) -> None:
    client = gateway_with(spool_mb=2)
    for _ in range(2):
        response = client.post("/books/import", **upload())
        assert (response.status_code, int(response.headers["Retry-After"])) == (503, 10)
    assert client.post("/books/import", **upload(LARGE[:500_000])).status_code == 201


def test_a_body_over_the_limit_is_refused_before_it_is_received(gateway_with: Callable[..., FlaskClient]) -> None:
    client = gateway_with(max_body_bytes=1_000_000)
    assert client.post("/books/import", **upload()).status_code == 413
    assert metric(client, "visis_spool_bytes") == 0


def test_a_caller_without_the_scope_is_refused_before_its_body_is_received(
    gateway_with: Callable[..., FlaskClient],
) -> None:
    client = gateway_with(anonymous="never", upload_timeout_s=1e-9)
    assert client.post("/books/import", **upload()).status_code == 401


def test_a_large_answer_frees_the_catalog_before_the_client_reads_it(
    services: Any, gateway_with: Callable[..., FlaskClient]
) -> None:
    services.catalog.answer("/books/1/file", LARGE, Content_Type="application/pdf")
    client = gateway_with()
    response = client.get("/books/1/file", buffered=False)
    assert metric(client, 'visis_upstream_in_flight{upstream="catalog_service"}') == 0
    assert metric(client, "visis_spool_bytes") >= len(LARGE)
    assert b"".join(response.iter_encoded()) == LARGE
    response.close()
    assert metric(client, "visis_spool_bytes") == 0


def test_an_answer_for_which_there_is_no_room_is_passed_on_as_it_comes(
    services: Any, gateway_with: Callable[..., FlaskClient]
) -> None:
    services.catalog.answer("/books/1/file", LARGE, Content_Type="application/pdf")
    client = gateway_with(spool_mb=1)
    response = client.get("/books/1/file", buffered=False)
    assert metric(client, 'visis_upstream_in_flight{upstream="catalog_service"}') == 1
    assert b"".join(response.iter_encoded()) == LARGE
    response.close()
    assert metric(client, "visis_spool_bytes") == 0
    assert metric(client, 'visis_upstream_in_flight{upstream="catalog_service"}') == 0


def test_a_large_answer_that_breaks_off_is_a_502(services: Any, gateway_with: Callable[..., FlaskClient]) -> None:
    script = services.catalog.answer("/books/1/file", LARGE, Content_Type="application/pdf")
    script.headers |= {"Content-Length": str(len(LARGE) + 1), "Connection": "close"}
    client = gateway_with()
    assert client.get("/books/1/file").status_code == 502
    assert metric(client, "visis_spool_bytes") == 0


def test_one_caller_cannot_take_the_whole_spool(tmp_path: Any) -> None:
    spool = Spool(tmp_path, 1 << 20)
    hog, other = spool.file("hog"), spool.file("other")
    hog.write(bytes(1 << 19))
    with pytest.raises(SpoolFull):
        hog.write(b"x")
    other.write(bytes(1 << 19))
    hog.close()
    other.close()
    assert spool.used_bytes() == 0


def test_places_are_bounded_in_all_and_for_one_caller() -> None:
    places = Places(total=3, per_caller=2)
    assert [places.take("a") for _ in range(3)] == [True, True, False]
    assert [places.take("b", 2), places.take("b")] == [False, True]
    assert places.taken() == 3
    places.release("a")
    assert places.take("b")


def test_calls_of_one_kind_do_not_keep_out_those_of_another(
    services: Any, gateway_with: Callable[..., FlaskClient]
) -> None:
    go_on = threading.Event()
    services.catalog.answer("/books/1", BOOK)
    script = services.catalog.answer("/books/import", BOOK, 201)
    script.parts, script.go_on = [b"{}"], go_on
    client = gateway_with(max_catalog_calls=1)
    first = client.post("/books/import", **upload(), buffered=False)
    assert client.post("/books/import", **upload()).status_code == 503
    assert client.get("/books/1").status_code == 200
    go_on.set()
    first.close()
