"""A catalog in a temporary folder, without a server: every test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from catalog_service.app import create_app
from catalog_service.config import Settings
from catalog_service.library import Library
from tests.catalog_service import postgresql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    if postgresql.binaries() is None:
        pytest.skip("no PostgreSQL on this machine (Debian: apt-get install postgresql)")
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgresql_server, tmp_path_factory) -> str:
    """The URL of a PostgreSQL database whose tables are up to date."""
    address = postgresql_server.create("catalog")
    Library.open(Settings(data_dir=tmp_path_factory.mktemp("migrated"), database_url=address)).close()
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path):
    if request.param == "sqlite":
        return Settings(data_dir=tmp_path)
    address = request.getfixturevalue("migrated")
    postgresql.empty(address)
    return Settings(data_dir=tmp_path, database_url=address)


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

    def post(content, name="book.txt", path="/books/import", headers=None, **fields):
        return client.post(path, data={"file": (io.BytesIO(content), name), **fields}, headers=headers)

    return post
