"""What happens when the database is damaged, locked, full or gone."""

import threading

import psycopg
import pytest

from catalog_service import database
from catalog_service.app import create_app
from catalog_service.config import Settings
from catalog_service.library import Library


@pytest.fixture
def sqlite(tmp_path):
    library = Library.open(Settings(data_dir=tmp_path, busy_timeout_s=0.05))
    yield library
    library.close()


def test_what_is_acknowledged_is_synced(sqlite):
    assert database.query(sqlite.db, "PRAGMA journal_mode").fetchone()[0] == "wal"
    assert database.query(sqlite.db, "PRAGMA synchronous").fetchone()[0] == 2


def test_a_damaged_file_is_not_opened(tmp_path):
    library = Library.open(Settings(data_dir=tmp_path))
    for number in range(40):
        library.create({"title": f"T{number}", "author": "A"}, "Some words. " * 300)
    database.query(library.db, "PRAGMA wal_checkpoint(TRUNCATE)")
    library.close()
    path = tmp_path / database.SQLITE_NAME
    content = bytearray(path.read_bytes())
    content[8192:60_000] = b"\xff" * (60_000 - 8192)
    path.write_bytes(content)
    with pytest.raises(database.DatabaseDamagedError):
        Library.open(Settings(data_dir=tmp_path))


def test_a_write_that_waits_too_long_for_another_is_a_503(sqlite, tmp_path):
    client = create_app(Settings(data_dir=tmp_path), sqlite).test_client()
    held, done = threading.Event(), threading.Event()

    def hold():
        with sqlite.db.atomic():
            held.set()
            done.wait(10)
        sqlite.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    answer = client.post("/books/", json={"title": "T", "author": "A"})
    done.set()
    thread.join()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert client.post("/books/", json={"title": "T", "author": "A"}).status_code == 201


def test_a_full_database_is_a_507_and_half_a_book_is_not_kept(sqlite, tmp_path):
    client = create_app(Settings(data_dir=tmp_path), sqlite).test_client()
    pages = database.query(sqlite.db, "PRAGMA page_count").fetchone()[0]
    database.query(sqlite.db, f"PRAGMA max_page_count = {pages + 20}")
    answer = client.post("/books/", json={"title": "T", "author": "A", "text": "Many words. " * 50_000})
    assert answer.status_code == 507
    assert answer.content_type == "application/problem+json"
    assert client.get("/books/").json == []
    assert client.post("/books/", json={"title": "T", "author": "A"}).status_code == 201


def test_a_lost_connection_is_a_503_and_the_next_request_opens_another(migrated, tmp_path):
    settings = Settings(data_dir=tmp_path, database_url=migrated)
    library = Library.open(settings)
    client = create_app(settings, library).test_client()
    assert client.get("/books/").status_code == 200
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert client.get("/books/").status_code == 503
    assert client.get("/books/").status_code == 200
    library.close()


def test_readyz_names_the_database(sqlite, tmp_path):
    client = create_app(Settings(data_dir=tmp_path), sqlite).test_client()
    assert client.get("/readyz").json["checks"] == {"database": "ok"}
    database.query(sqlite.db, "ALTER TABLE counters RENAME TO gone")
    assert client.get("/readyz").status_code == 503
