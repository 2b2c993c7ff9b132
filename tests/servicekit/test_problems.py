"""Every failure is one `application/problem+json`, whoever raised it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

import pytest
import requests
from flask.testing import FlaskClient
from pydantic import BaseModel, Field, ValidationError
from werkzeug.test import TestResponse

from servicekit import problems
from servicekit.problems import ProblemError, all_problems
from servicekit.schemas import Storable

MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}
MIB = 1 << 20


def assert_problem(response: TestResponse, status: int, slug: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json(force=True)
    assert set(body) >= MEMBERS
    assert body["type"] == f"/problems#{slug}"
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-Id"]
    return body


@pytest.mark.parametrize("kind", all_problems(), ids=lambda kind: kind.slug)
def test_every_problem_renders_as_rfc_9457(client: FlaskClient, kind: type[ProblemError]) -> None:
    body = assert_problem(client.get(f"/problem/{kind.slug}"), kind.status, kind.slug)
    assert body["title"] == kind.title
    assert body["detail"] == "What to change."
    assert body["instance"] == f"/problem/{kind.slug}"


def test_slugs_are_unique_and_the_tree_at_the_top_names_every_problem() -> None:
    slugs = [kind.slug for kind in all_problems()]
    assert len(set(slugs)) == len(slugs)
    for kind in all_problems():
        assert f"── {kind.__name__} {kind.status}" in (problems.__doc__ or "")


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/shoes/1/%2e%2e/x", 404, "not-found"),
        ("DELETE", "/shoes/", 405, "method-not-allowed"),
        ("TRACE", "/shoes/", 405, "method-not-allowed"),
        ("PROPFIND", "/shoes/", 405, "method-not-allowed"),
        ("GET", "/fail", 500, "internal-error"),
        ("GET", "/shoes/0", 404, "not-found"),
        ("GET", "/shoes/%00", 404, "not-found"),
        ("GET", "/shoes/%ff%fe", 404, "not-found"),
        ("GET", "/docs/assets/../../../../etc/passwd", 404, "not-found"),
        ("GET", "/docs/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404, "not-found"),
        ("GET", "/docs/assets/%00", 404, "not-found"),
    ],
)
def test_werkzeugs_own_errors_are_problems(client: FlaskClient, method: str, path: str, status: int, slug: str) -> None:
    assert_problem(client.open(path, method=method), status, slug)


def test_a_405_lists_the_methods(client: FlaskClient) -> None:
    assert set(client.delete("/shoes/").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_an_unexpected_error_reveals_nothing_to_the_client(client: FlaskClient) -> None:
    response = client.get("/fail")
    assert "best of shoes" not in response.text
    assert "KeyError" not in response.text


def test_validation_errors_name_each_field_and_never_its_value(client: FlaskClient) -> None:
    response = client.post("/shoes/", json={"name": " ", "size": "secret text", "colour": "red"})
    body = assert_problem(response, 422, "invalid-input")
    assert {item["field"]: item["message"] for item in body["errors"]} == {
        "name": "must not be empty or only white space",
        "size": "must be a whole number",
        "colour": "is not a field of this route: remove it",
    }
    assert "secret text" not in response.text


@pytest.mark.parametrize("name", ["\ud800", "\udfff" * 300, "a\x00b", "\r\nSet-Cookie: a=b"])
def test_field_names_that_utf8_or_headers_cannot_hold_still_get_a_problem(client: FlaskClient, name: str) -> None:
    sent = json.dumps({"name": "Clog", name: 1})
    body = assert_problem(client.post("/shoes/", data=sent, content_type="application/json"), 422, "invalid-input")
    assert len(body["errors"]) == 1
    assert len(body["errors"][0]["field"]) <= 200


def test_many_errors_are_bounded(client: FlaskClient) -> None:
    body = assert_problem(client.post("/shoes/", json={f"f{n}": n for n in range(5000)}), 422, "invalid-input")
    assert len(body["errors"]) == 50
    assert body["detail"].endswith("; and 4998 more.")


def test_every_503_says_when_to_come_again_and_what_is_not_installed_never() -> None:
    assert problems.NotReady("Loading.").headers == {"Retry-After": "5"}
    assert problems.NotReady("It failed.", retry_after_s=60).headers == {"Retry-After": "60"}
    assert problems.NotInstalled("No model.").headers == {}


def test_members_and_headers_of_a_problem_reach_the_client(make_client: Callable[..., FlaskClient]) -> None:
    response = make_client().get("/problem/busy")
    assert response.headers["Retry-After"] == "1"
    assert problems.Busy("Wait.", retry_after_s=2.1, queued=7).headers == {"Retry-After": "3"}
    assert problems.Busy("Wait.", queued=7).to_dict()["queued"] == 7


def test_a_body_over_the_limit_is_413_and_says_the_limit(make_client: Callable[..., FlaskClient]) -> None:
    response = make_client(max_body_bytes=2048).post("/shoes/", json={"name": "x" * 4096})
    body = assert_problem(response, 413, "too-large")
    assert body["limit_bytes"] == 2048
    assert "2,048 bytes" in body["detail"]


@pytest.mark.parametrize(
    ("path", "status"), [("/shoes/", 413), ("/photos", 415), ("/nothing", 404), ("/fail", 405), ("/healthz", 405)]
)
@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_a_refusal_reaches_a_client_that_sends_70_mib_first(
    served: str, path: str, status: int, connection: str
) -> None:
    headers = {"Content-Type": "application/json", "Connection": connection}
    response = requests.post(served + path, data=bytes(70 * MIB), headers=headers, timeout=60)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "status"), [("/shoes/", 413), ("/photos", 413), ("/nothing", 404)])
def test_a_refusal_reaches_a_client_that_sends_70_mib_in_chunks(served: str, path: str, status: int) -> None:
    kind = "application/json" if path != "/photos" else "multipart/form-data; boundary=b"

    def chunks() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        for _ in range(70):
            yield bytes(MIB)

    headers = {"Content-Type": kind, "Connection": "close"}
    response = requests.post(served + path, data=chunks(), headers=headers, timeout=60)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_connection_serves_on_after_a_413(served: str) -> None:
    with requests.Session() as session:
        headers = {"Content-Type": "application/json"}
        assert session.post(f"{served}/shoes/", data=bytes(3 * MIB), headers=headers, timeout=60).status_code == 413
        assert session.post(f"{served}/shoes/", json={"name": "Clog"}, timeout=60).status_code == 201


def test_a_client_that_never_sends_its_announced_body_gets_its_refusal_at_once(served: str) -> None:
    host, _, port = served.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"POST /nothing HTTP/1.1\r\nHost: shop\r\nContent-Length: 5000000\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")


def broken(client: FlaskClient, body: bytes, kind: str) -> Any:
    return client.post("/photos", data=body, content_type=kind)


@pytest.mark.parametrize(
    "body", [b"--b", b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhalf', b"garbage"]
)
def test_a_form_that_broke_off_is_said_to_have(client: FlaskClient, body: bytes) -> None:
    answer = assert_problem(broken(client, body, "multipart/form-data; boundary=b"), 400, "bad-request")
    assert answer["detail"].startswith("The form is incomplete")


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_said_to_have_none(client: FlaskClient, kind: str) -> None:
    answer = assert_problem(broken(client, b"--b\r\n\r\n", kind), 400, "bad-request")
    assert answer["detail"].startswith("The form has no boundary")


def test_a_form_of_too_many_parts_is_a_413_that_says_parts(client: FlaskClient) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    response = broken(client, part * 2000 + b"--b--\r\n", "multipart/form-data; boundary=b")
    answer = assert_problem(response, 413, "too-large")
    assert answer["detail"] == "The form has more than 1,000 parts. Send fewer."


def test_every_problem_is_documented() -> None:
    for status, slug, title, meaning in problems.table():
        assert 400 <= status < 600
        assert slug == slug.lower()
        assert title
        assert meaning.endswith(".")


def test_for_status_finds_a_kind() -> None:
    assert problems.for_status(418) is None
    found = problems.for_status(404)
    assert found is problems.NotFound


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, {"type": "/problems#not-found", "detail": "No book 7."}, problems.NotFound),
        (404, {}, problems.NotFound),
        (503, {"type": "/problems#not-ready", "detail": "Loading."}, problems.NotReady),
        (503, {"type": "/problems#busy", "detail": "Full."}, problems.Busy),
        (400, {"type": "/problems#bad-request"}, problems.BadRequest),
        (500, {"detail": "secret"}, problems.UpstreamFailed),
        (401, {"detail": "secret"}, problems.UpstreamFailed),
        (418, {}, problems.UpstreamFailed),
        (302, {}, problems.UpstreamFailed),
    ],
)
def test_a_problem_of_another_service_is_raised_as_ours(
    status: int, body: dict[str, Any], kind: type[ProblemError]
) -> None:
    problem = problems.from_upstream(body, status, {"Retry-After": "4", "Server": "x"})
    assert type(problem) is kind
    assert "secret" not in problem.detail
    if kind is not problems.UpstreamFailed:
        assert problem.headers == {"Retry-After": "4"}
        assert problem.detail == body.get("detail", kind.title)


def test_a_refused_type_is_named_without_python_words() -> None:
    class Thing(BaseModel):
        flag: bool
        parts: list[int]

    with pytest.raises(ValidationError) as caught:
        Thing.model_validate({"flag": "perhaps", "parts": 3})
    errors = problems.invalid_input(caught.value).members["errors"]
    assert [item["message"] for item in errors] == ["must be true or false", "must be a JSON array"]


def test_limits_are_explained_in_plain_words() -> None:
    class Thing(BaseModel):
        name: Annotated[Storable, Field(max_length=1000)]
        count: int = Field(ge=1)
        size: Literal["s", "m"]
        stop: Annotated[Storable, Field(min_length=1)] = "x"
        plain: str = Field("", max_length=2)
        tags: list[str] = Field([], max_length=1)

    with pytest.raises(ValidationError) as caught:
        Thing.model_validate(
            {"name": "x" * 1001, "count": 0, "size": "x", "stop": "", "plain": "xxx", "tags": ["a", "b"]}
        )
    errors = problems.invalid_input(caught.value).members["errors"]
    assert [item["message"] for item in errors] == [
        "must have at most 1,000 characters",
        "must be greater than or equal to 1",
        "must be 's' or 'm'",
        "must have at least 1 character",
        "must have at most 2 characters",
        "must have at most 1 item",
    ]
