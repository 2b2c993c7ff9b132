"""`GET /models`: what each worker runs, whoever is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

MODEL = {"engine": "extractive", "model": None, "device": "cpu", "loaded": True, "selected": True, "why": "No model.",
         "limits": {}}  # fmt: skip


@pytest.fixture
def told(services: Any) -> Any:
    for worker in (services.bart, services.llama):
        worker.answer("/models", {"service": worker.name, "models": [MODEL]})
    return services


@pytest.mark.parametrize("path", ["/models", "/models/"])
def test_every_engine_of_every_worker_is_listed(told: Any, gateway: FlaskClient, path: str) -> None:
    body = gateway.get(path).get_json()
    assert body["unreachable"] == []
    assert body["models"] == [{"service": "bart_service", **MODEL}, {"service": "llama_service", **MODEL}]


def test_a_worker_that_is_down_is_named_and_the_other_listed(
    told: Any, make_gateway: Callable[..., FlaskClient], dead_address: str
) -> None:
    response = make_gateway(llama_url=dead_address).get("/models")
    assert response.status_code == 200
    assert response.get_json()["unreachable"] == ["llama_service"]
    assert [model["service"] for model in response.get_json()["models"]] == ["bart_service"]


@pytest.mark.parametrize(
    ("status", "slug"), [(503, "busy"), (503, "not-ready"), (500, "internal-error"), (404, "not-found")]
)
def test_a_worker_that_cannot_tell_is_named(told: Any, gateway: FlaskClient, status: int, slug: str) -> None:
    told.bart.problem("/models", status, slug)
    response = gateway.get("/models")
    assert response.status_code == 200
    assert response.get_json()["unreachable"] == ["bart_service"]


@pytest.mark.parametrize("answer", [b"<html>", b"", [], {}, {"models": []}, {"service": "x", "models": [7]}, None])
def test_a_worker_that_talks_nonsense_is_named(told: Any, gateway: FlaskClient, answer: Any) -> None:
    told.bart.answer("/models", answer)
    response = gateway.get("/models")
    assert response.status_code == 200
    assert response.get_json()["unreachable"] == ["bart_service"]
