"""Reads books from a folder of texts, a file of pairs, or the catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bookreader.document import FileProblemError
from bookreader.gutenberg import Framed, strip
from bookreader.plain import read_text
from training import files
from training.catalog import CatalogClient
from training.config import PrepareConfig
from training.errors import NoData, SourceFailed


class Passage(NamedTuple):
    """A text with a summary written by people."""

    text: str
    summary: str


class Book(NamedTuple):
    """A book: either its whole text, or passages that come with summaries, or both."""

    id: str
    title: str
    text: str
    given: tuple[Passage, ...]


def read(config: PrepareConfig) -> list[Book]:
    """All books of the configured source, in a fixed order. Raises NoData, SourceFailed."""
    if config.catalog_url:
        found, where = list(_catalog(config)), config.catalog_url
    else:
        assert config.books is not None
        found, where = (
            list(_pairs(config.books) if config.books.is_file() else _folder(config.books)),
            str(config.books),
        )
    found = [book for book in found if book.text.strip() or book.given][: config.limit]
    if not found:
        raise NoData(f"0 books with text in {where}")
    return found


def read_file(path: Path) -> Framed:
    """The text of a .txt file in any encoding, without a Project Gutenberg frame. Raises SourceFailed."""
    try:
        return read_text(path.read_bytes())
    except (OSError, FileProblemError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SourceFailed(f"{path} cannot be read: {reason}") from error


def _folder(folder: Path) -> Iterator[Book]:
    for path in files.texts(folder):
        book = read_file(path)
        beside = path.with_suffix(".summary.txt")
        summary = read_file(beside).text.strip() if beside.exists() else ""
        given = (Passage(book.text, summary),) if summary else ()
        yield Book(path.stem, book.title or path.stem, book.text, given)


def _pairs(path: Path) -> Iterator[Book]:
    """A .jsonl of {"book", "text", "summary"}, one row per passage; rows of one book are grouped."""
    rows: dict[str, list[Passage]] = defaultdict(list)
    for number, row in enumerate(files.read_lines(path), 1):
        fields = [row.get(name) for name in ("book", "text", "summary")]
        if not all(isinstance(value, str) and value.strip() for value in fields):
            raise SourceFailed(f'{path} row {number} needs "book", "text" and "summary", each with words in it')
        rows[str(fields[0])].append(Passage(str(fields[1]), str(fields[2])))
    for book, given in rows.items():
        yield Book(book, book, "", tuple(given))


def _catalog(config: PrepareConfig) -> Iterator[Book]:
    """The catalog's books; a description counts as a summary written by people."""
    assert config.catalog_url is not None
    client = CatalogClient(config.catalog_url, config.timeout_s, config.api_key)
    for row in client.books(config.limit):
        text = strip(client.text(row)).text
        summary = str(row.get("description") or "").strip()
        given = (Passage(text, summary),) if summary and text else ()
        yield Book(str(row["id"]), str(row.get("title") or row["id"]), text, given)
