"""Apps of the BART worker that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from bart_service import models
from bart_service.app import create_app
from bart_service.config import BartSettings
from bart_service.engine import BatchEngine
from tests.bart_service import tiny

MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[MakeClient]:
    """Makes test clients: `make_client(engine, queue_size=2)`."""
    apps = []

    def make(engine: BatchEngine | None = None, /, **settings: Any) -> FlaskClient:
        app = create_app(BartSettings(home=tmp_path, **settings), engine)
        apps.append(app)
        return app.test_client()

    yield make
    for app in apps:
        app.extensions["visis_stop"]()


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    """The worker as it is without weights: extractive."""
    return make_client()


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint as a hub holds it."""
    pytest.importorskip("transformers", reason="the neural engines' packages are not installed")
    return tiny.save_checkpoint(tmp_path_factory.mktemp("checkpoint") / "tiny")


@pytest.fixture(scope="session")
def model_folder(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, fetched and converted by the product's own command."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    models.fetch(str(checkpoint), folder, formats=["float32", "int8"])
    return folder
