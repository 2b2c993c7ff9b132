"""Each service implements the operations of the contract that are its own, and nothing internal is public."""

from __future__ import annotations

import json
import re

import pytest

from bart_service.app import create_app as create_bart
from bart_service.config import BartSettings
from catalog_service.app import create_app as create_catalog
from catalog_service.config import Settings as CatalogSettings
from contract import internal, public
from gateway.app import create_app as create_gateway
from gateway.config import Settings as GatewaySettings
from llama_service.app import create_app as create_llama
from llama_service.config import LlamaSettings
from servicekit.app import operations_of
from servicekit.operations import Operation

WORKERS = {"write_summary", "stream_summary", "write_points", "stream_points", "list_worker_models"}
SPEECH = {"speak", "time_speech"}
HEALTH = {"read_health", "read_readiness", "read_metrics", "read_version"}


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    home = tmp_path_factory.mktemp("agreement")
    return {
        "gateway": create_gateway(GatewaySettings(home=home)),
        "catalog_service": create_catalog(CatalogSettings(home=home)),
        "bart_service": create_bart(BartSettings(home=home, engine="extractive")),
        "llama_service": create_llama(LlamaSettings(home=home, engine="extractive")),
    }


def implemented(app):
    return [operation for operation in operations_of(app) if operation.id not in HEALTH]


def of_the_catalog():
    every = [value for value in vars(internal).values() if isinstance(value, Operation)]
    return [operation for operation in every if operation.id not in WORKERS | SPEECH]


def test_the_gateway_implements_the_public_table_and_no_more(apps):
    assert implemented(apps["gateway"]) == [*public.CATALOG, *public.OWN]


def test_the_catalog_implements_what_is_passed_on_to_it_and_its_internal_operations(apps):
    wanted = {operation.id for operation in (*public.CATALOG, *of_the_catalog())}
    assert {operation.id for operation in implemented(apps["catalog_service"])} == wanted


def test_both_workers_implement_the_same_operations_and_one_speaks(apps):
    assert {one.id for one in implemented(apps["llama_service"])} == WORKERS
    assert {one.id for one in implemented(apps["bart_service"])} == WORKERS | SPEECH


def test_internal_operations_of_the_catalog_share_no_path_with_public_ones():
    assert all(operation.path.startswith("/internal/") for operation in of_the_catalog())
    assert not any(operation.path.startswith("/internal") for operation in (*public.CATALOG, *public.OWN))


def test_every_document_has_the_components_that_it_names(apps):
    for name, app in apps.items():
        document = app.test_client().get("/openapi.json").json
        named = set(re.findall(r'"#/components/(\w+/[\w.-]+)"', json.dumps(document)))
        there = {f"{kind}/{key}" for kind, found in document["components"].items() for key in found}
        assert named == there - {"securitySchemes/key"}, name
