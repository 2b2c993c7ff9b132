"""Books and pages in the database: what is stored, found, changed and deleted. Knows no HTTP and no files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peewee import Database, chunked

from catalog_service.database import query
from catalog_service.reading.document import PageRead
from catalog_service.tables import MODELS, Book, Counter, Page
from servicekit.problems import NotFound

FIELDS = (
    "id",
    "title",
    "author",
    "description",
    "isbn",
    "language",
    "publication_date",
    "page_count",
    "word_count",
    "source",
    "created_at",
    "updated_at",
    "format",
    "revision",
)
MAX_ID = 2**63 - 1
_ROWS_AT_ONCE = 100
_COLUMNS = ", ".join(FIELDS)
_ONE = f"SELECT {_COLUMNS} FROM books WHERE id = ?"  # noqa: S608 - only our own constants
_LIST = f"SELECT {_COLUMNS} FROM books WHERE id IN (SELECT id FROM books ORDER BY id LIMIT ? OFFSET ?) ORDER BY id"  # noqa: S608
_TOTAL = "SELECT value FROM counters WHERE name = 'books'"
_PAGE = """
    SELECT b.page_count, b.revision, p.text, p.word_count, p.problem FROM books b
    LEFT JOIN pages p ON p.book_id = b.id AND p.revision = b.revision AND p.number = ? WHERE b.id = ?"""


@dataclass(frozen=True)
class PageFound:
    """A page and where it stands in its book."""

    book_id: int
    number: int
    page_count: int
    revision: int
    text: str
    word_count: int
    problem: str | None


class Books:
    """The books of one database. Any thread may call it; each has its own connection."""

    def __init__(self, db: Database) -> None:
        self._db = db
        db.bind(MODELS)

    def get(self, book_id: int) -> dict[str, Any]:
        """A book's particulars.

        Raises:
            NotFound: there is no such book.
        """
        row = query(self._db, _ONE, (book_id,)).fetchone() if 0 < book_id <= MAX_ID else None
        if row is None:
            raise no_book(book_id)
        return dict(zip(FIELDS, row, strict=True))

    def list(self, page: int, per_page: int) -> tuple[list[dict[str, Any]], int]:
        """The books on one page of the list, in the order they came, and how many there are in all."""
        rows = query(self._db, _LIST, (per_page, (page - 1) * per_page)).fetchall()
        total = query(self._db, _TOTAL).fetchone()[0]
        return [dict(zip(FIELDS, row, strict=True)) for row in rows], int(total)

    def page(self, book_id: int, number: int) -> PageFound:
        """A page of a book's present revision.

        Raises:
            NotFound: there is no such book, or it has no such page.
        """
        within = 0 < book_id <= MAX_ID
        wanted = number if 0 < number <= MAX_ID else 0
        row = query(self._db, _PAGE, (wanted, book_id)).fetchone() if within else None
        if row is None:
            raise no_book(book_id)
        page_count, revision, text, word_count, problem = row
        if text is None:
            has = f"its pages are 1 to {page_count}" if page_count else "it has no pages"
            raise NotFound(f"Book {book_id} has no page {_shown(number)}: {has}.")
        return PageFound(book_id, number, page_count, revision, text, word_count, problem)

    def pages(self, book_id: int, revision: int, first: int, last: int) -> Iterator[tuple[int, str]]:
        """(number, text) of the pages from `first` to `last`."""
        query = (
            Page.select(Page.number, Page.text)
            .where((Page.book == book_id) & (Page.revision == revision) & Page.number.between(first, last))
            .order_by(Page.number)
        )
        yield from query.tuples().iterator()

    def by_file(self, sha256: str) -> int | None:
        """The id of the book that came from the file with this hash."""
        row = Book.select(Book.id).where(Book.file_sha256 == sha256).tuples().first()
        return int(row[0]) if row else None

    def add(self, values: Mapping[str, Any], pages: Sequence[PageRead] = ()) -> int:
        """Store a book and its pages, all or nothing, and return its id."""
        now = _now()
        words = [len(page.text.split()) for page in pages]
        with self._db.atomic():
            book_id = Book.insert(
                **values, page_count=len(pages), word_count=sum(words), created_at=now, updated_at=now
            ).execute()
            self._add_pages(book_id, 1, pages, words)
            Counter.update(value=Counter.value + 1).where(Counter.name == "books").execute()
        return int(book_id)

    def _add_pages(self, book_id: int, revision: int, pages: Sequence[PageRead], words: Sequence[int]) -> None:
        rows = (
            (book_id, revision, number, page.text, count, page.problem)
            for number, (page, count) in enumerate(zip(pages, words, strict=True), 1)
        )
        fields = [Page.book, Page.revision, Page.number, Page.text, Page.word_count, Page.problem]
        for batch in chunked(rows, _ROWS_AT_ONCE):
            Page.insert_many(batch, fields=fields).execute()

    def change(self, book_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change some particulars and return the book.

        Raises:
            NotFound: there is no such book.
        """
        with self._db.atomic():
            self.get(book_id)
            Book.update(**values, updated_at=_now()).where(Book.id == book_id).execute()
            return self.get(book_id)

    def delete(self, book_id: int) -> str | None:
        """Delete a book and its pages; return the hash of its file, if it has one.

        Raises:
            NotFound: there is no such book.
        """
        if not 0 < book_id <= MAX_ID:
            raise no_book(book_id)
        with self._db.atomic():
            row = Book.select(Book.file_sha256).where(Book.id == book_id).tuples().first()
            if row is None:
                raise no_book(book_id)
            Book.delete().where(Book.id == book_id).execute()
            Counter.update(value=Counter.value - 1).where(Counter.name == "books").execute()
        return row[0] if row[0] is None else str(row[0])


def to_json(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def no_book(book_id: int) -> NotFound:
    """The problem of a book that does not exist."""
    return NotFound(f"There is no book {_shown(book_id)}. GET /books/ lists those there are.")


def _shown(number: int) -> str:
    text = str(number)
    return text if len(text) <= 20 else f"{text[:20]}..."


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
