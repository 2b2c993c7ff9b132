"""Keeps the full-text indexes and the sort keys: text is folded here, in Python, the same for every database.

SQLite's triggers call `searchable` back (see `database`); PostgreSQL's columns are filled after each write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peewee import Database, chunked

from catalog_service.database import query
from textkit.folding import searchable, sort_key

# A tsvector holds at most 1 MiB, so of a monstrous page only the beginning is indexed.
_MOST_CHARS = 200_000
_MOST_WORD, _MOST_PLACE = 500, 16_383  # of a lexeme in characters, and of a position
_ROWS_AT_ONCE = 100
# The parts of a book's index, as columns of FTS5 and as weights of a tsvector.
PARTS = {"title": "A", "author": "B", "series": "C", "subjects": "D"}
# What goes into each part; the braces take a row's name, as triggers need it.
BOOK_TEXTS = {
    "title": "{0}title || ' ' || coalesce({0}subtitle, '')",
    "author": "{0}author",
    "series": "coalesce({0}series, '')",
    "subjects": "{0}subjects",
}


def tsvector(text: str) -> str:
    """A PostgreSQL tsvector as text. Not by its own parser, which takes words apart by the locale of the server."""
    words = searchable(text[:_MOST_CHARS]).split()
    return " ".join(f"'{word[:_MOST_WORD]}':{min(place, _MOST_PLACE)}" for place, word in enumerate(words, 1))


def sort_keys(book: Mapping[str, Any]) -> dict[str, str]:
    """The values of the columns that titles and authors are sorted by."""
    return {"title_key": sort_key(book["title"], book["language"]), "author_key": sort_key(book["author"], "zxx")}


def fill_postgresql(db: Database, book_id: int | None = None) -> None:
    """Fill the indexes of PostgreSQL where they are empty, of one book or of all."""
    chosen, values = ("", ()) if book_id is None else (" AND book_id = ?", (book_id,))
    pages = query(db, f"SELECT id, text FROM pages WHERE search IS NULL{chosen}", values).fetchall()  # noqa: S608
    for batch in chunked(pages, _ROWS_AT_ONCE):
        rows = ", ".join("(CAST(? AS bigint), ?)" for _ in batch)
        query(
            db,
            "UPDATE pages SET search = CAST(found.words AS tsvector)"  # noqa: S608
            f" FROM (VALUES {rows}) found (id, words) WHERE pages.id = found.id",
            [value for key, text in batch for value in (key, tsvector(text))],
        )
    fill_book_index(db, book_id)


def fill_book_index(db: Database, book_id: int | None = None) -> None:
    """Fill the index over the metadata of one book of PostgreSQL, or of all books that have none."""
    chosen, values = ("search IS NULL", ()) if book_id is None else ("id = ?", (book_id,))
    columns = ", ".join(BOOK_TEXTS.values()).format("")
    weighed = " || ".join(f"setweight(CAST(? AS tsvector), '{weight}')" for weight in PARTS.values())
    for key, *texts in query(db, f"SELECT id, {columns} FROM books WHERE {chosen}", values).fetchall():  # noqa: S608
        query(db, f"UPDATE books SET search = {weighed} WHERE id = ?", [*map(tsvector, texts), key])  # noqa: S608
