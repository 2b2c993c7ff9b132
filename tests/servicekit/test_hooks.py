"""Around every request: its id, its deadline, the internal token, the form of its body."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from servicekit import hooks
from servicekit.gunicorn_worker import BoundedSocket

JSON = {"Content-Type": "application/json"}
DEEP = 100_000
TOKEN = "s3cret-token"


def test_a_request_id_is_made(client: FlaskClient) -> None:
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second
    assert len(first) == 32


def test_a_given_request_id_is_kept(client: FlaskClient) -> None:
    response = client.get("/nothing", headers={"X-Request-Id": "My.own_id-7"})
    assert response.headers["X-Request-Id"] == "My.own_id-7"
    assert response.get_json(force=True)["request_id"] == "My.own_id-7"


@pytest.mark.parametrize(
    "hostile", ["", " ", "a b", "a\tb", "x" * 129, "<script>", "é", "\N{FULLWIDTH DIGIT ONE}", "id\x7f", 'a"b', "a;b=c"]
)
def test_a_hostile_request_id_is_replaced(client: FlaskClient, hostile: str) -> None:
    given = client.get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": hostile}).headers["X-Request-Id"]
    assert given != hostile
    assert len(given) == 32


@pytest.mark.parametrize("hostile", ["a\r\nSet-Cookie: x=y", "a\nb", "id\n"])
def test_a_request_id_cannot_split_the_response(client: FlaskClient, hostile: str) -> None:
    response = client.get("/nothing", environ_overrides={"HTTP_X_REQUEST_ID": hostile})
    assert "Set-Cookie" not in response.headers
    assert hostile.strip() not in response.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "empty"),
        (b" \r\n\t ", 400, "empty"),
        (b"{", 400, "could not be read as JSON"),
        (b"{'name': 'Clog'}", 400, "could not be read as JSON"),
        (b'{"name": "Clog"}}', 400, "could not be read as JSON"),
        (b'{"name": "Cl\xffog"}', 400, "UTF-8"),
        ('{"name": "Clog"}'.encode("utf-16"), 400, "UTF-8"),
        (b'{"name": "\xed\xa0\x80"}', 400, "UTF-8"),
        (b'{"name": "Clog", "size": NaN}', 400, "JSON"),
        (b'{"name": "Clog", "size": Infinity}', 400, "JSON"),
        (b'{"name": "Clog", "size": -Infinity}', 400, "JSON"),
        (b'{"name": "Clog", "size": ' + b"9" * 5000 + b"}", 400, "JSON"),
        (b'{"name": "tab\tin"}', 400, "JSON"),
        (b"[" * DEEP, 400, "nested too deeply"),
        (b'{"name":' * DEEP, 400, "nested too deeply"),
        (b"[" * DEEP + b"]" * DEEP, 400, "nested too deeply"),
        (b"[]", 422, "must be a JSON object"),
        (b'"text"', 422, "must be a JSON object"),
        (b'"{\\"name\\": \\"Clog\\"}"', 422, "must be a JSON object"),
        (b"null", 422, "must be a JSON object"),
        (b"7", 422, "must be a JSON object"),
        (b'{"name": "Clog", "size": 1e999}', 422, "size"),
        (b'{"name": "Clog", "size": 1.5}', 422, "size"),
        (b'{"name": "Clog", "size": "4 2"}', 422, "size"),
        (b'{"name": "nul \\u0000"}', 422, "NUL"),
        (b'{"name": "half \\ud83d"}', 422, "lone surrogates"),
        (b'{"name": null}', 422, "name must be a string"),
        (b'{"name": {"$ne": 1}}', 422, "name must be a string"),
        (b'{"name": "Clog", "__proto__": {}}', 422, "__proto__ is not a field"),
    ],
)
@pytest.mark.parametrize("method_and_path", [("POST", "/shoes/")])
def test_a_wrong_body_gets_a_problem_that_says_what_to_change(
    client: FlaskClient, method_and_path: tuple[str, str], body: bytes, status: int, says: str
) -> None:
    method, path = method_and_path
    response = client.open(path, method=method, data=body, headers=JSON)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert says in response.get_json(force=True)["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * DEEP, b'{"size": NaN}'])
def test_routes_that_only_document_their_body_still_want_a_json_object(client: FlaskClient, body: bytes) -> None:
    assert client.put("/shoes/1", data=body, headers=JSON).status_code in (400, 422)


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_json_route_refuses_other_types(client: FlaskClient, kind: str | None) -> None:
    response = client.post("/shoes/", data=b'{"name": "Clog"}', content_type=kind)
    assert response.status_code == 415
    assert response.get_json(force=True)["accepted"] == ["application/json"]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"]
)
def test_json_types_are_read(client: FlaskClient, kind: str) -> None:
    assert client.post("/shoes/", data=b'{"name": "Clog"}', content_type=kind).status_code == 201


@pytest.mark.parametrize(
    "body", ['{"name": "Clog"}'.encode("utf-8-sig"), b' {"name": "\\ud83d\\udc62"}', '{"name":"靴"}'.encode()]
)
def test_json_with_a_byte_order_mark_pairs_and_any_script_is_read(client: FlaskClient, body: bytes) -> None:
    response = client.post("/shoes/", data=body, headers=JSON)
    assert response.status_code == 201
    assert response.get_json()["name"] == json.loads(body)["name"]


def test_of_duplicate_keys_the_last_counts(client: FlaskClient) -> None:
    response = client.post("/shoes/", data=b'{"name": "Clog", "name": "Boot"}', headers=JSON)
    assert response.get_json()["name"] == "Boot"


@pytest.mark.parametrize("kind", [None, "application/json", "application/x-www-form-urlencoded"])
def test_a_form_route_refuses_other_types(client: FlaskClient, kind: str | None) -> None:
    response = client.post("/photos", data=b"file=1", content_type=kind)
    assert response.status_code == 415
    assert "multipart/form-data" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "HEAD"])
def test_a_body_where_none_belongs_is_ignored(client: FlaskClient, method: str) -> None:
    assert client.open("/healthz", method=method, data=b"{", headers=JSON).status_code in (200, 405)


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        (None, 29, 30),
        ("5000", 4, 5),
        ("0", 0, 0),
        ("60000", 29, 30),
        ("9" * 400, 29, 30),
        ("9" * 5000, 29, 30),
        ("-5", 29, 30),
        ("1e3", 29, 30),
        ("5000, 1", 29, 30),
        ("²", 29, 30),
        ("٣", 29, 30),
        ("nan", 29, 30),
        ("", 29, 30),
        (" 5000", 29, 30),
    ],
)
def test_the_deadline_header_shortens_the_time_and_nothing_else(
    make_client: Callable[..., FlaskClient], given: str | None, low: float, high: float
) -> None:
    extra = {} if given is None else {"HTTP_VISIS_DEADLINE_MS": given}
    response = make_client(request_timeout_s=30, public=False).get("/deadline", environ_overrides=extra)
    assert response.status_code == 200
    assert low <= response.get_json()["seconds"] <= high


@pytest.fixture
def internal(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    """A shop that answers only its deployment."""
    return make_client(public=False, internal_token=SecretStr(TOKEN))


@pytest.mark.parametrize("path", ["/shoes/1", "/docs", "/openapi.json", "/nothing", "/healthz/", "/problems"])
@pytest.mark.parametrize("given", [None, "", "wrong", TOKEN + "x", TOKEN[:-1], "é", TOKEN.upper()])
def test_an_internal_service_refuses_calls_without_its_token(
    internal: FlaskClient, path: str, given: str | None
) -> None:
    response = internal.get(path, environ_overrides={} if given is None else {"HTTP_VISIS_INTERNAL_TOKEN": given})
    assert response.status_code == 401
    assert TOKEN not in response.text


def test_an_internal_service_answers_its_gateway(internal: FlaskClient) -> None:
    assert internal.get("/shoes/1", headers={"Visis-Internal-Token": TOKEN}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/version"])
def test_operators_routes_need_no_token(internal: FlaskClient, path: str) -> None:
    assert internal.get(path).status_code == 200


def test_a_public_service_ignores_the_clients_deadline(make_client: Callable[..., FlaskClient]) -> None:
    response = make_client(request_timeout_s=30, public=True).get("/deadline", headers={"Visis-Deadline-Ms": "5"})
    assert response.get_json()["seconds"] > 20


def test_a_public_service_asks_for_no_internal_token(make_client: Callable[..., FlaskClient]) -> None:
    assert make_client(public=True, internal_token=SecretStr(TOKEN)).get("/shoes/1").status_code == 200


def test_an_upload_route_reads_a_file(client: FlaskClient) -> None:
    files: dict[str, Any] = {"file": (io.BytesIO(b"12345"), "clog.png")}
    assert client.post("/photos", data=files).get_json() == {"bytes": 5}


def test_no_answer_may_be_sniffed(client: FlaskClient) -> None:
    for path in ("/healthz", "/nothing", "/docs", "/fail"):
        assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_server_timing_adds_up_the_calls_to_each_service():
    headers = ["queue;dur=1.5, catalog;dur=2", "catalog;dur=3.25", "nonsense", "gateway;dur=9"]
    assert hooks.summed_timings(headers) == "queue;dur=1.5, catalog;dur=5.2, gateway;dur=9.0"


@pytest.mark.parametrize(
    ("waited_s", "disconnected", "status"),
    [(0.0, True, 200), (5.0, False, 200), (5.0, True, 499), (1000.0, False, 503)],
)
def test_what_waited_for_a_thread_until_nobody_wants_it_is_dropped(
    client: FlaskClient, waited_s: float, disconnected: bool, status: int
) -> None:
    ours, theirs = socket.socketpair()
    with BoundedSocket(fileno=ours.detach()) as bounded, theirs:
        bounded.arrived = time.monotonic() - waited_s
        if disconnected:
            theirs.close()
        response = client.get("/shoes/7", environ_overrides={"gunicorn.socket": bounded})
    assert response.status_code == status


def test_the_deadline_counts_from_when_the_request_came_in(client: FlaskClient) -> None:
    ours, theirs = socket.socketpair()
    with BoundedSocket(fileno=ours.detach()) as bounded, theirs:
        bounded.arrived = time.monotonic() - 60.0
        left_s = client.get("/deadline", environ_overrides={"gunicorn.socket": bounded}).get_json()["seconds"]
    assert 40.0 < left_s <= 50.0
