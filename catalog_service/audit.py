"""Checks that a library is whole: the database file, its counts and indexes, and every kept file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from peewee import PeeweeException

from catalog_service.database import DatabaseDamagedError, check, is_sqlite, query
from catalog_service.files import STALE_S
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
    yield from _indexes(library)
    yield from _files(library)


def _books(library: Library) -> Iterator[str]:
    for book_id, said, found in query(library.db, _WRONG_COUNTS).fetchall():
        yield f"book {book_id} has {found} pages and says {said}"
    counted, total = Book.select().count(), library.books.listed(1, 1)[1]
    if counted != total:
        yield f"there are {counted} books, and the count says {total}"


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
    named = query(library.db, "SELECT file_sha256 FROM books WHERE file_sha256 IS NOT NULL").fetchall()
    return {sha256 for (sha256,) in named}


def _files(library: Library) -> Iterator[str]:
    wanted, kept = _named(library), set(library.files.all())
    for sha256 in sorted(wanted - kept):
        yield f"the file {sha256} is missing"
    for sha256 in sorted(kept - wanted):
        yield f"the file {sha256} belongs to no book"
    for sha256 in sorted(wanted & kept):
        with library.files.path(sha256).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                yield f"the file {sha256} is damaged"
