"""The gateway documents every public route of the catalog, with the same parameters and the same answers."""

from __future__ import annotations

import json
import re

import pytest

from catalog_service.app import create_app as create_catalog
from catalog_service.config import Settings as CatalogSettings
from gateway.app import create_app as create_gateway
from gateway.config import Settings as GatewaySettings

INTERNAL = ("/extractions", "/jobs", "/parts", "/summaries", "/books/{book_id}/summaries")


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    home = tmp_path_factory.mktemp("agreement")
    catalog = create_catalog(CatalogSettings(home=home)).test_client().get("/openapi.json").json
    gateway = create_gateway(GatewaySettings(home=home)).test_client().get("/openapi.json").json
    return catalog, gateway


def test_both_documents_have_all_the_schemas_that_they_name(documents):
    for document in documents:
        named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
        assert named - set(document["components"]["schemas"]) == set()


def test_every_public_route_of_the_catalog_is_documented_at_the_gateway(documents):
    catalog, gateway = documents
    routes = {
        (path, method) for path, item in catalog["paths"].items() if not path.startswith(INTERNAL) for method in item
    }
    assert len(routes) > 15
    missing = {route for route in routes if route[1] not in gateway["paths"].get(route[0], {})}
    assert missing == set()


def test_both_name_the_same_query_parameters(documents):
    catalog, gateway = documents
    for path, item in catalog["paths"].items():
        for method, operation in item.items():
            public = gateway["paths"].get(path, {}).get(method)
            if public and not path.startswith(INTERNAL):
                assert _queries(public) == _queries(operation), (path, method)


def test_both_name_the_same_answers_of_the_same_types_with_the_same_fields(documents):
    catalog, gateway = documents
    compared = 0
    for path, item in catalog["paths"].items():
        for method, operation in item.items():
            public = gateway["paths"].get(path, {}).get(method)
            if public and not path.startswith(INTERNAL):
                assert _answers(gateway, public) == _answers(catalog, operation), (path, method)
                compared += 1
    assert compared > 15


def _answers(document, operation):
    """The fields of each answer that is no problem, by status and content type."""
    return {
        (status, kind): _fields(document, content.get("schema", {}))
        for status, answer in operation["responses"].items()
        if status < "4"
        for kind, content in (answer.get("content") or {"": {}}).items()
    }


def _fields(document, schema):
    """The dotted names of all fields of a schema, through references, arrays and alternatives."""
    if "$ref" in schema:
        return _fields(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    found = set()
    for inner in (schema.get("items", {}), *schema.get("anyOf", []), *schema.get("allOf", [])):
        found |= _fields(document, inner) if inner else set()
    for name, inner in schema.get("properties", {}).items():
        found |= {name, *(f"{name}.{deeper}" for deeper in _fields(document, inner))}
    return found


def _queries(operation):
    return {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
