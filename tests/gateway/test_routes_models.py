"""`GET /models`: what each worker runs, whoever is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from contract import models
from tests.examples import example


def model(service: str) -> dict[str, Any]:
    return example(models.ModelInfo, service=service)


@pytest.fixture
def listed(services: Any) -> Any:
    for worker in (services.bart, services.llama):
        worker.answer("/models", {"service": worker.name, "models": [model(worker.name)]})
    return services


@pytest.mark.parametrize("path", ["/models", "/models/"])
def test_every_engine_of_every_worker_is_listed(listed: Any, gateway: FlaskClient, path: str) -> None:
    body = gateway.get(path).get_json()
    assert body["unreachable"] == []
    assert body["models"] == [model("bart_service"), model("llama_service")]


def test_a_worker_that_is_down_is_named_and_the_other_listed(
    listed: Any, make_gateway: Callable[..., FlaskClient], dead_address: str
) -> None:
    response = make_gateway(llama_url=dead_address).get("/models")
    assert response.status_code == 200
    assert response.get_json()["unreachable"] == ["llama_service"]
    assert [model["service"] for model in response.get_json()["models"]] == ["bart_service"]


@pytest.mark.parametrize(
    ("status", "slug"), [(503, "busy"), (503, "not-ready"), (500, "internal-error"), (404, "not-found")]
)
def test_a_worker_that_cannot_answer_is_named(listed: Any, gateway: FlaskClient, status: int, slug: str) -> None:
    listed.bart.problem("/models", status, slug)
    response = gateway.get("/models")
    assert response.status_code == 200
    assert response.get_json()["unreachable"] == ["bart_service"]


@pytest.mark.parametrize("answer", [b"<html>", b"", [], {}, {"models": []}, {"service": "x", "models": [7]}, None])
def test_a_worker_that_talks_nonsense_is_named(listed: Any, gateway: FlaskClient, answer: Any) -> None:
    listed.bart.answer("/models", answer)
    response = gateway.get("/models")
    assert response.status_code == 200
    assert response.get_json()["unreachable"] == ["bart_service"]
