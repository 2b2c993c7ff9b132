"""Checks that a library is whole: the database file, its counts and indexes, and every kept file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from peewee import PeeweeException

from catalog_service import checksums
from catalog_service.database import DatabaseDamagedError, check, is_sqlite, query
from catalog_service.files import STALE_S, FileStore
from catalog_service.library import Library
from catalog_service.tables import Book

_SHA256 = re.compile("[0-9a-f]{64}")
_WRONG_COUNTS = """
    SELECT b.id, b.page_count, count(p.id) FROM books b
    LEFT JOIN pages p ON p.book_id = b.id AND p.revision = b.revision
    GROUP BY b.id, b.page_count HAVING count(p.id) <> b.page_count ORDER BY b.id"""


def audit(library: Library) -> Iterator[str]:
    """What is wrong, a line each; nothing, if all is well."""
    try:
        check(library.db)
    except DatabaseDamagedError as error:
        yield f"the database is damaged: {error}"
        return
    yield from _books(library)
    yield from _texts(library)
    yield from _indexes(library)
    yield from _files(library)


def _books(library: Library) -> Iterator[str]:
    for book_id, said, found in query(library.db, _WRONG_COUNTS).fetchall():
        yield f"book {book_id} has {found} pages and says {said}"
    counted, total = Book.select().count(), library.books.listed(1, 1)[1]
    if counted != total:
        yield f"there are {counted} books, and the count says {total}"


def _texts(library: Library) -> Iterator[str]:
    """Pages and summaries that do not match their checksums."""
    pages = "SELECT checksum, book_id, revision, number, text, problem, images FROM pages ORDER BY book_id, number"
    for checksum, *values in _rows(library, pages):
        if checksum != checksums.of_page(*values):
            yield f"page {values[2]} of book {values[0]} is damaged: restore a backup, or import the book again"
    summaries = "SELECT checksum, id, book_id, document, audio, captions FROM summaries ORDER BY id"
    for checksum, *values in _rows(library, summaries):
        if checksum != checksums.of_summary(*values):
            yield f"summary {values[0]} is damaged: restore a backup, or delete it and order it again"


def _rows(library: Library, statement: str) -> Iterator[Any]:
    """Rows that are read to be checked: what is no UTF-8 is read all the same."""
    if is_sqlite(library.db):
        connection = library.db.connection()  # type: ignore[no-untyped-call]
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        yield from query(library.db, statement)
    finally:
        library.close()


def _indexes(library: Library) -> Iterator[str]:
    if not is_sqlite(library.db):
        return
    for index in ("pages_search", "books_search"):
        try:
            query(library.db, f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
        except PeeweeException:
            yield f"the index {index} does not fit its table"


def repair(library: Library) -> Iterator[str]:
    """Remove files that belong to no book and are older than an hour, and nothing else; tell of each."""
    with library.files.lock():
        for sha256 in sorted(set(library.files.all()) - _named(library)):
            if _SHA256.fullmatch(sha256) and library.files.age_s(sha256) > STALE_S:
                library.files.remove(sha256)
                yield f"removed the file {sha256}, which belonged to no book"


def _named(library: Library) -> set[str]:
    return _hashes(library, "SELECT file_sha256 FROM books WHERE file_sha256 IS NOT NULL")


def _hashes(library: Library, statement: str) -> set[str]:
    return {sha256 for (sha256,) in query(library.db, statement).fetchall()}


def _files(library: Library) -> Iterator[str]:
    wanted = _named(library)
    yield from _stored("file", library.files, wanted)
    for sha256 in sorted(set(library.files.all()) - wanted):
        yield f"the file {sha256} belongs to no book"
    yield from _stored("audio", library.audio, _hashes(library, "SELECT audio FROM summaries WHERE audio IS NOT NULL"))


def _stored(kind: str, files: FileStore, wanted: set[str]) -> Iterator[str]:
    kept = set(files.all())
    for sha256 in sorted(wanted - kept):
        yield f"the {kind} {sha256} is missing"
    for sha256 in sorted(wanted & kept):
        if not checksums.intact(files.path(sha256), sha256):
            yield f"the {kind} {sha256} is damaged"
