"""The gateway as a whole: readiness of what it needs, and docs that tell the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

ROUTES = {
    ("post", "/books/"), ("get", "/books/"), ("get", "/books/{book_id}"), ("put", "/books/{book_id}"),
    ("patch", "/books/{book_id}"), ("delete", "/books/{book_id}"), ("post", "/books/import"),
    ("get", "/books/{book_id}/pages/{page_number}"), ("post", "/summaries/generate"),
    ("post", "/summaries/generate/audio"), ("post", "/generate-summary"), ("post", "/generate-points"),
    ("get", "/models"),
}  # fmt: skip


@pytest.fixture
def ready(services: Any) -> Any:
    for service in (services.catalog, services.bart, services.llama):
        service.answer("/readyz", {"ready": True, "checks": {}})
    return services


def test_readyz_is_green_when_all_services_are(ready: Any, gateway: FlaskClient) -> None:
    response = gateway.get("/readyz")
    assert response.status_code == 200
    assert response.get_json()["checks"] == {"catalog_service": "ok", "bart_service": "ok", "llama_service": "ok"}


def test_readyz_says_which_service_is_not_and_why(
    ready: Any, make_gateway: Callable[..., FlaskClient], dead_address: str
) -> None:
    ready.bart.answer("/readyz", {"ready": False, "checks": {"engine": "the model is loading", "disk": "ok"}}, 503)
    response = make_gateway(llama_url=dead_address).get("/readyz")
    assert response.status_code == 503
    checks = response.get_json()["checks"]
    assert checks["catalog_service"] == "ok"
    assert "the model is loading" in checks["bart_service"]
    assert "cannot be reached" in checks["llama_service"]


def test_readyz_survives_what_is_no_service_of_ours(ready: Any, gateway: FlaskClient) -> None:
    ready.bart.answer("/readyz", b"<html>", 503, Content_Type="text/html")
    response = gateway.get("/readyz")
    assert response.status_code == 503
    assert "bart_service is not ready" in response.get_json()["checks"]["bart_service"]


def test_only_the_required_services_count(
    ready: Any, make_gateway: Callable[..., FlaskClient], dead_address: str
) -> None:
    gateway = make_gateway(llama_url=dead_address, ready_requires="catalog_service, bart_service")
    assert gateway.get("/readyz").status_code == 200
    assert make_gateway(llama_url=dead_address, ready_requires="").get("/readyz").status_code == 200


def test_healthz_needs_nobody(make_gateway: Callable[..., FlaskClient], dead_address: str) -> None:
    assert make_gateway(catalog_url=dead_address).get("/healthz").status_code == 200


def test_the_openapi_document_is_valid_and_has_every_route(gateway: FlaskClient) -> None:
    spec = gateway.get("/openapi.json").get_json()
    validate(spec, cls=OpenAPIV31SpecValidator)
    documented = {(method, path) for path, item in spec["paths"].items() for method in item}
    assert documented >= ROUTES


def test_the_docs_show_what_a_summary_request_looks_like(gateway: FlaskClient) -> None:
    schemas = gateway.get("/openapi.json").get_json()["components"]["schemas"]
    assert schemas["SummaryRequest"]["required"] == ["text"]
    assert "example" in schemas["SummaryRequest"] or "examples" in schemas["SummaryRequest"]


def test_operations_have_names_that_generated_clients_can_keep(gateway: FlaskClient) -> None:
    spec = gateway.get("/openapi.json").get_json()
    names = [operation["operationId"] for item in spec["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))
    assert {"list_books", "read_book", "read_page", "import_book", "generate_summary", "list_models"} <= set(names)


def test_the_document_shows_all_that_an_answer_holds(gateway: FlaskClient) -> None:
    spec = gateway.get("/openapi.json").get_json()
    shapes, paths = spec["components"]["schemas"], spec["paths"]
    assert {"format", "revision"} <= set(shapes["Book"]["required"])
    assert {"parts", "input_words", "summary_words", "usage"} <= set(shapes["Summary"]["properties"])
    assert {"200", "201"} <= set(paths["/books/import"]["post"]["responses"])
    page = "/books/{book_id}/pages/{page_number}"
    for suffix, kind in (("", "application/json"), (".txt", "text/plain"), (".md", "text/markdown")):
        assert list(paths[page + suffix]["get"]["responses"]["200"]["content"]) == [kind]
    assert {"revision", "word_count", "problem", "prev", "next"} <= set(shapes["Page"]["required"])
    spoken = paths["/summaries/generate/audio"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"voice", "speed"} <= set(shapes[spoken["$ref"].rpartition("/")[2]]["properties"])
