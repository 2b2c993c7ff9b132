"""The catalog's client, and load and prepare through it, against a local server that answers as the catalog does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.shelf import story
from training import load, prepare
from training.catalog import CatalogClient
from training.config import LoadConfig, PrepareConfig
from training.errors import NoData, SourceFailed


def put_books(site: Any, count: int, per_page: int = 100) -> None:
    books = [{"id": number, "title": f"Book {number}", "page_count": 3} for number in range(1, count + 1)]
    for page in range(1, count // per_page + 2):
        part = books[(page - 1) * per_page : page * per_page]
        site.put(f"/books/?page={page}&per_page={per_page}", json.dumps(part).encode())
    for book in books:
        site.put(f"/books/{book['id']}/text", story(book["id"]).encode())


def test_all_pages_of_the_list_are_read(site: Any) -> None:
    put_books(site, 205)
    client = CatalogClient(site.url, 5)
    assert [book["id"] for book in client.books()] == list(range(1, 206))
    site.seen.clear()
    assert len(list(client.books(limit=3))) == 3
    assert len(site.seen) == 1


def test_prepare_reads_books_from_the_catalog(site: Any, tmp_path: Path) -> None:
    put_books(site, 4)
    facts = prepare.main(PrepareConfig(out=tmp_path, catalog_url=site.url + "/", quiet=True))
    assert facts["books_read"] == 4
    assert sum(len(titles) for titles in facts["books"].values()) == 4


def test_gateway_without_whole_texts_is_read_page_by_page(site: Any) -> None:
    for number in (1, 2, 3):
        site.put(f"/books/7/pages/{number}", f"Page {number} — ends".encode())
    assert CatalogClient(site.url, 5).text({"id": 7, "page_count": 3}) == "Page 1 — ends\nPage 2 — ends\nPage 3 — ends"
    with pytest.raises(SourceFailed, match="/books/7/pages/4 was answered with 404"):
        CatalogClient(site.url, 5).text({"id": 7, "page_count": 4})


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b'{"title": "Unauthorized", "detail": "Send a key."}', "answered with 401: Send a key"),
        (500, b"oops", "answered with 500"),
        (200, b"<html>", "is this a catalog"),
        (200, b'{"books": []}', "answered with dict, not list"),
    ],
)
def test_failures_carry_the_servers_own_words(status: int, body: bytes, words: str, site: Any) -> None:
    site.put("/books/?page=1&per_page=100", body, status=status)
    with pytest.raises(SourceFailed, match=words):
        list(CatalogClient(site.url, 5).books())


def test_catalog_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceFailed, match=r"http://127\.0\.0\.1:9 does not answer"):
        list(CatalogClient("http://127.0.0.1:9", 1).books())


def test_load_imports_every_text_with_its_title(site: Any, write_shelf: Callable[..., Path], tmp_path: Path) -> None:
    shelf = write_shelf(2)
    (shelf / "books.jsonl").write_text('{"id": "book-1", "title": "The Kettle", "author": "A. Writer"}\n')
    site.put("/books/import", b'{"id": 1}', status=201)
    site.put("/books/import", b'{"id": 2}', status=200)
    facts = load.main(LoadConfig(books=shelf, out=tmp_path / "out", catalog_url=site.url, quiet=True))
    assert facts == {"imported": 2, "new": 1, "book_ids": {"book-0.txt": 1, "book-1.txt": 2}}
    assert b"The Kettle" in site.bodies[1]
    assert (shelf / "book-1.txt").read_bytes() in site.bodies[1]


def test_empty_folder_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(NoData, match=r"0 \.txt files"):
        load.main(LoadConfig(books=tmp_path, out=tmp_path / "out"))
