"""The gateway documents every public route of the catalog, with the same parameters."""

from __future__ import annotations

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


def _queries(operation):
    return {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
