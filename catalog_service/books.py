"""Books, pages and chapters in the database: stored, found, changed and deleted. Knows no HTTP and no files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peewee import Database, chunked

from bookreader import document
from bookreader.document import PageRead
from catalog_service import checksums, indexing, search
from catalog_service.database import is_sqlite, query
from catalog_service.tables import MODELS, Book, Chapter, Counter, Page
from servicekit.problems import NotFound, PreconditionFailed
from textkit import words

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
    "subtitle",
    "authors",
    "contributors",
    "series",
    "series_index",
    "publisher",
    "subjects",
    "warnings",
    "text_source",
)
LISTS = frozenset({"authors", "contributors", "subjects", "warnings"})
SORTS = ("id", "title", "author", "language", "created_at", "updated_at", "page_count")
MAX_ID = 2**63 - 1
# A list by words or language counts up to so many books; of those with the words, it sorts and shows the first found.
MOST_FOUND = 10_000
_ROWS_AT_ONCE = 100
_COLUMNS = ", ".join(FIELDS)
_ONE = f"SELECT {_COLUMNS} FROM books WHERE id = ?"  # noqa: S608 - only our own constants
_TOTAL = "SELECT value FROM counters WHERE name = 'books'"
_TITLES = "SELECT title FROM chapters WHERE book_id = ? AND revision = ? AND first_page = ?"
CHAPTER_FIELDS = (
    "number",
    "title",
    "first_page",
    "last_page",
    "share",
    "confidence",
    "source",
    "first_offset",
    "level",
)
_CHAPTERS = f"SELECT {', '.join(CHAPTER_FIELDS)} FROM chapters WHERE book_id = ? AND revision = ? ORDER BY number"  # noqa: S608
_SIZES = """
    SELECT CASE WHEN word_count = 0 THEN 0 ELSE length(text) END FROM pages WHERE book_id = ? AND revision = ?
    ORDER BY number"""
_PAGE = """
    SELECT b.page_count, b.revision, p.text, p.word_count, p.problem, p.images, b.format, p.checksum FROM books b
    LEFT JOIN pages p ON p.book_id = b.id AND p.revision = b.revision AND p.number = ? WHERE b.id = ?"""


_PAGES = """
    SELECT number, text, problem, images, checksum FROM pages
    WHERE book_id = ? AND revision = ? AND number BETWEEN ? AND ? ORDER BY number"""


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
    images: tuple[str, ...]
    format: str | None


@dataclass(frozen=True)
class Wanted:
    """Which books a list shows, and in which order; `sort` is one of SORTS, a minus before it for the other way.

    `after` is the book that the page begins behind, whatever the number of the page: that costs the same on every page.
    """

    q: str | None = None
    author: str | None = None
    series: str | None = None
    subject: str | None = None
    language: str | None = None
    sort: str = "id"
    after: int | None = None

    @property
    def by_words(self) -> list[tuple[str, str, str]]:
        """(parameter, words, part of the index; all of it if empty) of each filter by words."""
        filters = (("q", self.q, ""), ("author", self.author, "author"), ("series", self.series, "series"))
        every = (*filters, ("subject", self.subject, "subjects"))
        return [(name, text, part) for name, text, part in every if text]


class Books:
    """The books of one database. Any thread may call it; each has its own connection."""

    def __init__(self, db: Database) -> None:
        self._db = db
        db.bind(MODELS)

    def get(self, book_id: int) -> dict[str, Any]:
        """A book's metadata.

        Raises:
            NotFound: there is no such book.
        """
        row = query(self._db, _ONE, (book_id,)).fetchone() if 0 < book_id <= MAX_ID else None
        if row is None:
            raise no_book(book_id)
        return _book(row)

    def listed(self, page: int, per_page: int, wanted: Wanted | None = None) -> tuple[list[dict[str, Any]], int]:
        """The books on one page of the list, and how many it has in all, counted up to MOST_FOUND if it is filtered.

        Raises:
            InvalidInput: the query cannot be read.
        """
        wanted = wanted or Wanted()
        tests, values, total = self._filter(wanted)
        key, descending = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
        key = f"{key}_key" if key in ("title", "author", "language") else key
        order = inner = _order(key, descending)
        skipped, limit = (page - 1) * per_page, per_page
        if wanted.after is not None and self._exists(wanted.after):
            tests.append(f"({key}, id) {'<' if descending else '>'} (SELECT {key}, id FROM books WHERE id = ?)")  # noqa: S608
            values.append(wanted.after)
            skipped = 0
        elif total // 2 < skipped and (total < MOST_FOUND or not tests):
            # Nearer to the end: counted from there, since a skipped row costs time.
            inner = _order(key, not descending)
            limit = max(0, min(per_page, total - skipped))
            skipped = max(0, total - skipped - limit)
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        statement = (
            f"SELECT {_COLUMNS} FROM books WHERE id IN"  # noqa: S608 - only our own constants
            f" (SELECT id FROM books{where} ORDER BY {inner} LIMIT ? OFFSET ?) ORDER BY {order}"
        )
        rows = query(self._db, statement, (*values, limit, skipped)).fetchall()
        return [_book(row) for row in rows], total

    def _filter(self, wanted: Wanted) -> tuple[list[str], list[Any], int]:
        """The tests that books of the list pass, their values, and how many books do, up to MOST_FOUND."""
        if not (wanted.by_words or wanted.language):
            return [], [], int(query(self._db, _TOTAL).fetchone()[0])
        tests, values = self._words(wanted)
        source = "id FROM books"
        if tests and is_sqlite(self._db):
            source = "rowid AS id FROM books_search"
            if wanted.language:
                source = "id FROM books_search CROSS JOIN books ON books.id = books_search.rowid"
        by_words = bool(tests)
        if wanted.language:
            # From the tag itself to the last that goes on with a hyphen.
            tests.append("language_key >= ? AND language_key < ?")
            values += [wanted.language, f"{wanted.language}."]
        found = f"SELECT {source} WHERE {' AND '.join(tests)} LIMIT {MOST_FOUND}"
        total = int(query(self._db, f"SELECT count(*) FROM ({found}) found", values).fetchone()[0])  # noqa: S608
        if by_words or total < MOST_FOUND:
            return [f"id IN ({found})"], values, total
        # So many that the list is walked in its order, by the index on that, not on language.
        return ["language_key || '' >= ? AND language_key || '' < ?"], values, total

    def _words(self, wanted: Wanted) -> tuple[list[str], list[Any]]:
        """The test for the words of the metadata."""
        asked = [(search.parse(text, field), column) for field, text, column in wanted.by_words]
        if not is_sqlite(self._db):
            weights = [search.tsquery(terms, indexing.PARTS.get(column, ""), prefix=True) for terms, column in asked]
            return ["search @@ CAST(? AS tsquery)"] * len(asked), weights
        parts = [f"({search.fts5(terms, column, prefix=True)})" for terms, column in asked]
        return (["books_search MATCH ?"], [" AND ".join(parts)]) if parts else ([], [])

    def _exists(self, book_id: int) -> bool:
        return query(self._db, "SELECT 1 FROM books WHERE id = ?", (book_id,)).fetchone() is not None

    def page(self, book_id: int, number: int) -> PageFound:
        """A page of a book's present revision.

        Raises:
            NotFound: there is no such book, or it has no such page.
        """
        wanted = number if 0 < number <= MAX_ID else 0
        row = query(self._db, _PAGE, (wanted, book_id)).fetchone() if 0 < book_id <= MAX_ID else None
        if row is None:
            raise no_book(book_id)
        page_count, revision, text, word_count, problem, images, kind, checksum = row
        if checksum is None and not 0 < number <= page_count:
            has = f"its pages are 1 to {page_count}" if page_count else "it has no pages"
            raise NotFound(f"Book {book_id} has no page {_shown(number)}: {has}.")
        checksums.check_page(checksum, book_id, revision, number, text, problem, images)
        names = tuple(json.loads(images)) if images else ()
        return PageFound(book_id, number, page_count, revision, text, word_count, problem, names, kind)

    def pages(self, book_id: int, revision: int, first: int, last: int) -> Iterator[tuple[int, str]]:
        """(number, text) of the pages from `first` to `last`, all of which must exist.

        Raises:
            StoredDataDamaged: one does not match its checksum, or is missing.
        """
        rows = query(self._db, _PAGES, (book_id, revision, first, last))
        wanted = first
        for number, text, problem, images, checksum in rows:
            if number != wanted:
                break
            checksums.check_page(checksum, book_id, revision, number, text, problem, images)
            yield number, text
            wanted += 1
        if wanted <= last:
            raise checksums.damaged_page(book_id, wanted)

    def page_sizes(self, book_id: int, revision: int) -> list[int]:
        """The characters of each page of a revision, in order; 0 for a page without a word."""
        return [int(size) for (size,) in query(self._db, _SIZES, (book_id, revision)).fetchall()]

    def chapter_titles(self, page: PageFound) -> set[str]:
        """The titles of the chapters that begin on a page."""
        values = (page.book_id, page.revision, page.number)
        return {title for (title,) in query(self._db, _TITLES, values).fetchall()}

    def chapters(self, book_id: int, revision: int) -> list[dict[str, Any]]:
        """The chapters of a revision, in order."""
        rows = query(self._db, _CHAPTERS, (book_id, revision)).fetchall()
        return [dict(zip(CHAPTER_FIELDS, row, strict=True)) for row in rows]

    def by_file(self, sha256: str) -> int | None:
        """The id of the book that came from the file with this hash."""
        row = Book.select(Book.id).where(Book.file_sha256 == sha256).tuples().first()
        return int(row[0]) if row else None

    def file(self, book_id: int) -> str | None:
        """The hash of a book's file, if it has one.

        Raises:
            NotFound: there is no such book.
        """
        self.get(book_id)
        row = Book.select(Book.file_sha256).where(Book.id == book_id).tuples().first()
        return str(row[0]) if row and row[0] else None

    def add(
        self,
        values: Mapping[str, Any],
        pages: Sequence[PageRead] = (),
        chapters: Sequence[document.Chapter] = (),
        then: Callable[[int], None] | None = None,
    ) -> int:
        """Store a book, its pages and chapters, and what `then` stores; all or nothing. Return the book's id."""
        now = _now()
        counts = [words.count(page.text) for page in pages]
        stamps = {"created_at": now, "updated_at": now}
        with self._db.atomic():
            row = _row({"language": None, **_with_authors(values)})
            book_id = int(Book.insert(**{**stamps, **row}, page_count=len(pages), word_count=sum(counts)).execute())
            self._add_pages(book_id, pages, counts)
            if not is_sqlite(self._db):
                indexing.fill_postgresql(self._db, book_id)
            self._add_chapters(book_id, chapters)
            Counter.update(value=Counter.value + 1).where(Counter.name == "books").execute()
            if then:
                then(book_id)
        return book_id

    def _add_pages(self, book_id: int, pages: Sequence[PageRead], counts: Sequence[int]) -> None:
        rows = (
            _page_row(book_id, number, page, count)
            for number, (page, count) in enumerate(zip(pages, counts, strict=True), 1)
        )
        for batch in chunked(rows, _ROWS_AT_ONCE):
            Page.insert_many(batch).execute()

    def _add_chapters(self, book_id: int, chapters: Sequence[document.Chapter]) -> None:
        rows = [
            {
                "book": book_id,
                "revision": 1,
                "number": number,
                **{name: getattr(chapter, name) for name in CHAPTER_FIELDS[1:]},
            }
            for number, chapter in enumerate(chapters, 1)
        ]
        for batch in chunked(rows, _ROWS_AT_ONCE):
            Chapter.insert_many(batch).execute()

    def change(self, book_id: int, values: Mapping[str, Any], expected: str | None = None) -> dict[str, Any]:
        """Change some metadata and return the book; `expected` is an `If-Match` header.

        Raises:
            NotFound: there is no such book.
            PreconditionFailed: the book is not as expected.
        """
        with self._db.atomic():
            book = self._check(book_id, expected)
            if not values:
                return book
            before = {name: book[name] for name in ("title", "author", "language")}
            row = _row({**before, **_with_authors(values, book["author"])})
            Book.update(**row, updated_at=_now()).where(Book.id == book_id).execute()
            if not is_sqlite(self._db):
                indexing.fill_book_index(self._db, book_id)
            return self.get(book_id)

    def delete(self, book_id: int, expected: str | None = None) -> str | None:
        """Delete a book and its pages; return the hash of its file, if it has one. Raises as `change` does."""
        with self._db.atomic():
            self._check(book_id, expected)
            sha256 = self.file(book_id)
            Book.delete().where(Book.id == book_id).execute()
            Counter.update(value=Counter.value - 1).where(Counter.name == "books").execute()
        return sha256

    def _check(self, book_id: int, expected: str | None) -> dict[str, Any]:
        if not is_sqlite(self._db) and 0 < book_id <= MAX_ID:
            query(self._db, "SELECT id FROM books WHERE id = ? FOR UPDATE", (book_id,))
        book = self.get(book_id)
        if expected is not None and not matches(expected, etag(to_json(book))):
            raise PreconditionFailed("The book has changed since you read it. Read it again, then repeat the change.")
        return book


def _page_row(book_id: int, number: int, page: PageRead, word_count: int) -> dict[str, Any]:
    images = json.dumps(page.images) if page.images else None
    return {
        "book": book_id,
        "revision": 1,
        "number": number,
        "text": page.text,
        "word_count": word_count,
        "problem": page.problem,
        "images": images,
        "checksum": checksums.of_page(book_id, 1, number, page.text, page.problem, images),
    }


def _book(row: Sequence[Any]) -> dict[str, Any]:
    """A row of the table as clients see it."""
    book = dict(zip(FIELDS, row, strict=True))
    return {name: json.loads(value) if name in LISTS else value for name, value in book.items()}


def _with_authors(values: Mapping[str, Any], author: str = "") -> dict[str, Any]:
    """The metadata with `author` and `authors` both, where one of them is given; `author` is that of before."""
    given = {name: value or [] if name in LISTS else value for name, value in values.items()}
    if given.get("authors"):
        return {"author": "; ".join(given["authors"])[:500], **given}
    if "author" in given or "authors" in given:
        return {**given, "authors": [given.get("author", author)]}
    return given


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata as columns: lists as JSON, and the keys to sort by."""
    columns = {name: to_json(value).decode() if name in LISTS else value for name, value in values.items()}
    return {**columns, **indexing.sort_keys(values)}


def to_json(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def etag(content: bytes) -> str:
    """The strong entity tag of a representation."""
    digest = new_etag()
    digest.update(content)
    return f'"{digest.hexdigest()}"'


def new_etag() -> hashlib.blake2b:
    """What computes the entity tag of a representation piece by piece: its digest in quotes."""
    return hashlib.blake2b(digest_size=12)


def matches(header: str, tag: str) -> bool:
    """Whether an `If-Match` or `If-None-Match` header names this strong tag."""
    return header.strip() == "*" or tag in (one.strip() for one in header.split(","))


def no_book(book_id: int) -> NotFound:
    """The problem of a book that does not exist."""
    return NotFound(f"There is no book {_shown(book_id)}. GET /books/ lists those there are.")


def _order(key: str, descending: bool) -> str:
    way = " DESC" if descending else ""
    return f"{key}{way}, id{way}" if key != "id" else f"id{way}"


def _shown(number: int) -> str:
    text = str(number)
    return text if len(text) <= 20 else f"{text[:20]}..."


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
