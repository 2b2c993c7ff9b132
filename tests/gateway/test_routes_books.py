"""Book routes: what the catalog is asked, and what of its answer comes back."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.keys import Keys

BOOK = {"id": 1, "title": "Clogs", "author": "A. Cobbler"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/books/"),
        ("GET", "/books"),
        ("GET", "/books/1"),
        ("GET", "/books/1/"),
        ("GET", "/books/1/pages/7"),
        ("GET", "/books/1/pages/7/"),
        ("DELETE", "/books/1"),
        ("PUT", "/books/1"),
        ("PATCH", "/books/1"),
        ("POST", "/books/"),
        ("POST", "/books"),
    ],
)
def test_the_catalog_is_asked_the_same(services: Any, gateway: FlaskClient, method: str, path: str) -> None:
    services.catalog.answer(path, BOOK)
    kwargs = {"json": {"title": "Clogs"}} if method in ("PUT", "PATCH", "POST") else {}
    response = gateway.open(path, method=method, **kwargs)
    assert response.status_code == 200
    assert (services.catalog.last.method, services.catalog.last.path) == (method, path)
    assert response.get_json() == BOOK


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 304])
def test_statuses_of_success_come_back(services: Any, gateway: FlaskClient, status: int) -> None:
    services.catalog.answer("/books/1", BOOK, status, ETag='"7"')
    response = gateway.get("/books/1")
    assert response.status_code == status
    assert response.headers["ETag"] == '"7"'


@pytest.mark.parametrize(
    ("status", "slug"),
    [(404, "not-found"), (409, "conflict"), (412, "precondition-failed"), (413, "too-large"), (422, "invalid-input")],
)
def test_problems_of_the_client_come_back_as_they_are(
    services: Any, gateway: FlaskClient, status: int, slug: str
) -> None:
    services.catalog.problem("/books/1", status, slug, errors=[{"field": "title", "message": "is required"}])
    response = gateway.get("/books/1")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.get_json(force=True)["errors"][0]["field"] == "title"


@pytest.mark.parametrize(
    ("status", "slug", "given", "expected"),
    [
        (500, "internal-error", 502, "upstream-failed"),
        (502, "upstream-failed", 502, "upstream-failed"),
        (503, "busy", 503, "busy"),
        (503, "not-ready", 503, "not-ready"),
        (504, "upstream-timeout", 504, "upstream-timeout"),
        (507, "storage-full", 507, "storage-full"),
        (401, "unauthorized", 502, "upstream-failed"),  # our own token is wrong: nothing that the client could mend
    ],
)
def test_problems_of_the_service_become_ours(
    services: Any, gateway: FlaskClient, status: int, slug: str, given: int, expected: str
) -> None:
    services.catalog.problem("/books/1", status, slug)
    response = gateway.get("/books/1")
    assert response.status_code == given
    assert response.get_json(force=True)["type"] == f"/problems#{expected}"
    assert response.get_json(force=True)["instance"] == "/books/1"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 418, 431, 500, 502])
@pytest.mark.parametrize("kind", ["text/html", "application/json", ""])
def test_an_answer_that_is_no_problem_never_reaches_the_client(
    services: Any, gateway: FlaskClient, status: int, kind: str
) -> None:
    services.catalog.answer("/books/1", b"<h1>secret stack</h1>", status, Content_Type=kind)
    response = gateway.get("/books/1")
    assert response.content_type == "application/problem+json"
    assert response.status_code >= 400
    assert "secret" not in response.text


def test_retry_after_of_a_busy_service_is_passed_on(services: Any, gateway: FlaskClient) -> None:
    services.catalog.problem("/books/1", 503, "busy")
    services.catalog.answers["/books/1"].headers["Retry-After"] = "7"
    assert gateway.get("/books/1").headers["Retry-After"] == "7"


def test_bodies_and_their_types_are_passed_on_byte_for_byte(services: Any, gateway: FlaskClient) -> None:
    services.catalog.answer("/books/", BOOK, 201, Location="/books/1")
    sent = b' {"title" : "Cl\\u00f6gs", "x":1}\n'
    response = gateway.post("/books/", data=sent, content_type="application/json; charset=utf-8")
    assert response.headers["Location"] == "/books/1"
    assert services.catalog.last.body == sent
    assert services.catalog.last.headers["Content-Type"] == "application/json; charset=utf-8"


def test_uploads_are_passed_on_with_file_name_and_length(services: Any, gateway: FlaskClient) -> None:
    services.catalog.answer("/books/import", BOOK, 201)
    content = bytes(range(256)) * 1000
    response = gateway.post("/books/import", data={"file": (io.BytesIO(content), "Bücher\r\n.pdf"), "title": "T"})
    assert response.status_code == 201
    assert content in services.catalog.last.body
    assert int(services.catalog.last.headers["Content-Length"]) == len(services.catalog.last.body)


def test_conditions_and_ranges_are_passed_on_and_nothing_private_is(
    services: Any, make_gateway: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    services.catalog.answer("/books/1", BOOK)
    key, _ = Keys(tmp_path / "keys.json").create("test", ["read"])
    passed = {"If-None-Match": '"7"', "Range": "bytes=0-1", "Accept": "text/plain", "Idempotency-Key": "k"}
    kept = {
        "Authorization": f"Bearer {key}",
        "Cookie": "a=b",
        "Visis-Internal-Token": "forged",
        "X-Forwarded-For": "::1",
    }
    make_gateway(keys_file=tmp_path / "keys.json").get("/books/1", headers={**passed, **kept})
    got = services.catalog.last.headers
    assert passed.items() <= got.items()
    assert not set(kept) & set(got)


def test_the_token_id_and_deadline_go_along(services: Any, make_gateway: Callable[..., FlaskClient]) -> None:
    services.catalog.answer("/books/1", BOOK)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    make_gateway(internal_token="hush", request_timeout_s=9).get(
        "/books/1", headers={"X-Request-Id": "id-1", "traceparent": trace, "Visis-Deadline-Ms": "4000"}
    )
    got = services.catalog.last.headers
    assert (got["Visis-Internal-Token"], got["X-Request-Id"], got["traceparent"]) == ("hush", "id-1", trace)
    assert 4000 < int(got["Visis-Deadline-Ms"]) <= 9000


def test_a_deadline_from_outside_is_not_heeded(services: Any, gateway: FlaskClient) -> None:
    services.catalog.answer("/books/1", BOOK)
    assert gateway.get("/books/1", headers={"Visis-Deadline-Ms": "0"}).status_code == 200


@pytest.mark.parametrize("header", ["Connection", "Keep-Alive", "Server", "Upgrade"])
def test_what_concerns_one_connection_stays_behind(services: Any, gateway: FlaskClient, header: str) -> None:
    services.catalog.answer("/books/1", BOOK).headers[header] = "secret"
    assert "secret" not in str(gateway.get("/books/1").headers)


def test_a_head_has_the_headers_of_a_get_and_no_body(services: Any, gateway: FlaskClient) -> None:
    services.catalog.answer("/books/1", BOOK, ETag='"7"')
    got, head = gateway.get("/books/1"), gateway.head("/books/1")
    assert services.catalog.last.method == "HEAD"
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.data))
    assert head.headers["ETag"] == '"7"'


def test_a_head_of_nothing_is_a_404(services: Any, gateway: FlaskClient) -> None:
    services.catalog.problem("/books/9", 404, "not-found")
    response = gateway.head("/books/9")
    assert (response.status_code, response.data) == (404, b"")


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
def test_a_body_where_none_belongs_does_not_reach_the_catalog(services: Any, gateway: FlaskClient, method: str) -> None:
    services.catalog.answer("/books/1", BOOK)
    for _ in range(2):
        assert gateway.open("/books/1", method=method, data=b"GET /evil HTTP/1.1\r\n\r\n").status_code == 200
    assert {received.path for received in services.catalog.received} == {"/books/1"}
    assert services.catalog.last.headers.get("Content-Length", "0") == "0"


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        ("/books/?page=2&per_page=5", "/books/?page=2&per_page=5"),
        ("/books/?q=a%20b%26c", "/books/?q=a%20b%26c"),
        ("/books/?q=%E9%9D%B4+x", "/books/?q=%E9%9D%B4+x"),
        ("/books/?q=%zz&&=", "/books/?q=%zz&&="),
    ],
)
def test_paths_and_queries_reach_the_catalog_as_they_were_meant(
    services: Any, gateway: FlaskClient, asked: str, passed: str
) -> None:
    services.catalog.answer(passed.partition("?")[0], BOOK)
    assert gateway.get(asked).status_code == 200
    assert services.catalog.last.path == passed
    assert "X-Evil" not in services.catalog.last.headers


def test_raw_bytes_in_a_query_are_escaped(services: Any, gateway: FlaskClient) -> None:
    services.catalog.answer("/books/", BOOK)
    gateway.get("/books/", environ_overrides={"QUERY_STRING": "q=\xc3\xa9 \x7f<#"})
    assert services.catalog.last.path == "/books/?q=%C3%A9%20%7F%3C%23"


@pytest.mark.parametrize(
    "path", ["/books/1/pages/1/../../2", "/books/1%2Fpages%2F1%2Fx", "/books//1", "/books/1//pages/7", "/extractions",
             "/metrics/../books/1", "/internal/jobs/claimable", "/jobs/claimable", "/books/1%3Fpage%3D2",
             "/books/1%23x", "/books/%2541", "/books/%E9%9D%B4", "/books/1%0d%0aX-Evil:%20y",
             "/books/%00", "/books/%2e%2e"]
)  # fmt: skip
def test_paths_the_gateway_does_not_have_never_reach_the_catalog(
    services: Any, gateway: FlaskClient, path: str
) -> None:
    response = gateway.get(path)
    assert response.status_code == 404
    assert services.catalog.received == []


def test_a_long_answer_streams_while_it_is_made(services: Any, gateway: FlaskClient) -> None:
    go_on = threading.Event()
    script = services.catalog.answer("/books/1")
    script.parts, script.go_on = [b"first", b"second"], go_on
    response = gateway.get("/books/1", buffered=False)
    chunks = response.iter_encoded()
    assert next(iter(chunks)) == b"first"
    go_on.set()
    assert b"".join(chunks) == b"second"


def test_a_client_that_hangs_up_frees_the_connection(services: Any, gateway: FlaskClient) -> None:
    go_on = threading.Event()
    script = services.catalog.answer("/books/1")
    script.parts, script.go_on = [b"x" * 100] * 3, go_on
    response = gateway.get("/books/1", buffered=False)
    next(iter(response.iter_encoded()))
    response.close()
    go_on.set()
    services.catalog.answer("/books/2", BOOK)
    assert gateway.get("/books/2").status_code == 200


def test_an_answer_shorter_than_announced_is_a_502(services: Any, gateway: FlaskClient) -> None:
    script = services.catalog.answer("/books/1", BOOK)
    script.headers |= {"Content-Length": "5000", "Connection": "close"}
    assert gateway.get("/books/1").status_code == 502


def test_repeated_headers_are_all_passed_on(services: Any, gateway: FlaskClient) -> None:
    script = services.catalog.answer("/books/1", BOOK)
    script.headers |= {"Link": "<a>; rel=next", "link": "<b>; rel=last"}
    assert gateway.get("/books/1").headers.getlist("Link") == ["<a>; rel=next", "<b>; rel=last"]


def test_a_catalog_that_is_down_is_a_502(make_gateway: Callable[..., FlaskClient], dead_address: str) -> None:
    response = make_gateway(catalog_url=dead_address).get("/books/1")
    assert response.status_code == 502
    assert response.get_json(force=True)["type"] == "/problems#upstream-failed"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused_at_the_door(services: Any, gateway: FlaskClient, body: bytes) -> None:
    for method, path in (("POST", "/books/"), ("PUT", "/books/1"), ("PATCH", "/books/1")):
        assert gateway.open(path, method=method, data=body, content_type="application/json").status_code in (400, 422)
    assert services.catalog.received == []


def test_an_upload_that_is_no_form_is_refused_at_the_door(services: Any, gateway: FlaskClient) -> None:
    assert gateway.post("/books/import", data=b"%PDF", content_type="application/pdf").status_code == 415
    assert services.catalog.received == []
