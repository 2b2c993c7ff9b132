"""What every service answers: health, readiness, version, docs without a network, a valid OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from servicekit import problems
from servicekit.version import VERSION


@pytest.fixture(scope="module")
def spec(shop: ModuleType) -> dict[str, Any]:
    document: dict[str, Any] = shop.create_app().test_client().get("/openapi.json").get_json()
    return document


def test_healthz_says_that_the_process_is_up(make_client: Callable[..., FlaskClient]) -> None:
    response = make_client(checks={"broken": lambda: "it is"}).get("/healthz")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok", "service": "shop"})


def test_readyz_is_green_when_every_check_holds(make_client: Callable[..., FlaskClient]) -> None:
    response = make_client(checks={"till": lambda: None}).get("/readyz")
    assert response.status_code == 200
    assert response.get_json() == {"ready": True, "service": "shop", "checks": {"till": "ok"}, "details": {}}


def test_readyz_is_503_with_the_reasons(make_client: Callable[..., FlaskClient]) -> None:
    response = make_client(checks={"till": lambda: "the till is locked", "door": lambda: None}).get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["ready"] is False
    assert response.get_json()["checks"] == {"till": "the till is locked", "door": "ok"}


def test_the_version_names_the_revision(make_client: Callable[..., FlaskClient]) -> None:
    body = make_client(revision="abc123").get("/version").get_json()
    assert body == {"service": "shop", "version": VERSION, "revision": "abc123"}


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/version/", "/docs/", "/openapi.json/", "/shoes"])
def test_a_trailing_slash_more_or_less_makes_no_difference(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == client.get(path.rstrip("/")).status_code
    assert client.get(path).status_code < 300 or path == "/shoes"


def test_the_docs_and_all_they_load_come_from_this_server(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert "<title>Shoes &amp; &lt;more&gt;</title>" in page.text
    script = client.get("/docs/start.js").text
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text) + re.findall(r'url: "([^"]+)"', script)
    assert len(links) == 4
    for link in links:
        assert link.startswith("/")
        asset = client.get(link)
        assert asset.status_code == 200, link
        assert "https://cdn" not in asset.text
        asset.close()


def test_the_assets_are_what_they_say(client: FlaskClient) -> None:
    for name, kind in (("swagger-ui-bundle.js", "javascript"), ("swagger-ui.css", "css")):
        with client.get(f"/docs/assets/{name}") as response:
            assert kind in response.mimetype
            assert len(response.data) > 10_000
            assert "max-age" in response.headers["Cache-Control"]


def test_the_list_of_problems_is_a_page(client: FlaskClient) -> None:
    page = client.get("/problems").text
    for status, slug, _, _ in problems.table():
        assert f'<tr id="{slug}"><td>{status}</td>' in page
    assert "`" not in page
    assert "<code>Retry-After</code>" in page


def test_the_openapi_document_is_valid(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.1.0"
    validate(spec, cls=OpenAPIV31SpecValidator)


def test_every_operation_documents_success_and_problems(spec: dict[str, Any]) -> None:
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            assert any(status.startswith("2") for status in operation["responses"]), (method, path)
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/InternalError"}
    shared = spec["components"]["responses"]["InternalError"]["content"]["application/problem+json"]
    assert shared["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert {"type", "detail", "errors"} <= set(spec["components"]["schemas"]["Problem"]["properties"])


def test_bodied_routes_document_what_a_wrong_body_gets(spec: dict[str, Any]) -> None:
    posted = spec["paths"]["/shoes/"]["post"]["responses"]
    assert {"201", "400", "413", "415", "422"} <= set(posted)
    assert "413" not in spec["paths"]["/healthz"]["get"]["responses"]


def test_the_document_is_the_same_each_time(client: FlaskClient) -> None:
    assert client.get("/openapi.json").data == client.get("/openapi.json").data


def test_the_front_leads_to_the_docs_and_browsers_find_no_icon(client: FlaskClient) -> None:
    front = client.get("/")
    assert (front.status_code, front.headers["Location"]) == (302, "/docs")
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon.data) == (204, b"")


def test_operation_ids_are_verb_and_noun_and_each_once(spec: dict[str, Any]) -> None:
    names = [operation["operationId"] for item in spec["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))
    assert {"add_shoe", "read_shoe", "read_health", "read_readiness", "read_version"} <= set(names)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version"])
def test_what_operators_read_has_a_schema_that_holds(client: FlaskClient, spec: dict[str, Any], path: str) -> None:
    shape = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    name = shape["$ref"].rpartition("/")[2]
    assert set(spec["components"]["schemas"][name]["required"]) == set(client.get(path).get_json())


def test_head_and_options_are_answered(client: FlaskClient) -> None:
    head = client.head("/healthz")
    assert (head.status_code, head.data) == (200, b"")
    options = client.options("/healthz")
    assert "GET" in options.headers["Allow"]
    assert "Content-Type" not in options.headers
