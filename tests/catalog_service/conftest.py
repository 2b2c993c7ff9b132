"""A catalog in a temporary folder, without a server."""

from __future__ import annotations

import io

import pytest

from catalog_service.app import create_app
from catalog_service.config import Settings
from catalog_service.library import Library


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path)


@pytest.fixture
def library(settings):
    library = Library.open(settings)
    yield library
    library.close()


@pytest.fixture
def client(settings, library):
    return create_app(settings, library).test_client()


@pytest.fixture
def send(client):
    """Imports bytes as a file."""

    def post(content, name="book.txt", path="/books/import", **fields):
        return client.post(path, data={"file": (io.BytesIO(content), name), **fields})

    return post
