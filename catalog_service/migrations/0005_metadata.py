"""More of what librarians know of a book, levels of chapters, keys to sort by, and indexes over folded text."""

# ruff: noqa: S608 - only our own names
from __future__ import annotations

import importlib
import json
from types import ModuleType

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service import indexing
from catalog_service.database import is_sqlite, query

_COLUMNS = {
    "subtitle": "TEXT",
    "authors": "TEXT NOT NULL DEFAULT '[]'",
    "contributors": "TEXT NOT NULL DEFAULT '[]'",
    "series": "TEXT",
    "series_index": "DOUBLE PRECISION",
    "publisher": "TEXT",
    "subjects": "TEXT NOT NULL DEFAULT '[]'",
    "warnings": "TEXT NOT NULL DEFAULT '[]'",
    "text_source": "TEXT NOT NULL DEFAULT 'embedded'",
}
_KEYS = ("title_key", "author_key")


def up(migrator: SchemaMigrator, db: Database) -> None:
    for name, kind in _COLUMNS.items():
        query(db, f"ALTER TABLE books ADD COLUMN {name} {kind}")
    query(db, "ALTER TABLE chapters ADD COLUMN level INTEGER NOT NULL DEFAULT 1")
    kind = "TEXT" if is_sqlite(db) else 'TEXT COLLATE "C"'
    for key in _KEYS:
        query(db, f"ALTER TABLE books ADD COLUMN {key} {kind} NOT NULL DEFAULT ''")
        query(db, f"DROP INDEX books_{key.removesuffix('_key')}")
    for book_id, title, author, language in query(db, "SELECT id, title, author, language FROM books").fetchall():
        keys = indexing.sort_keys({"title": title, "author": author, "language": language})
        authors = json.dumps([author], ensure_ascii=False)
        values = (*keys.values(), authors, book_id)
        query(db, "UPDATE books SET title_key = ?, author_key = ?, authors = ? WHERE id = ?", values)
    for key in _KEYS:
        query(db, f"CREATE INDEX books_{key} ON books ({key}, id)")
    _search().down(migrator, db)
    if is_sqlite(db):
        _index("pages", {"text": "{0}text"}, "text", db)
        _index("books", indexing.BOOK_TEXTS, "title, subtitle, author, series, subjects", db)
    else:
        query(db, "ALTER TABLE pages ADD COLUMN search tsvector")
        query(db, "ALTER TABLE books ADD COLUMN search tsvector")
        indexing.fill_postgresql(db)
        query(db, "CREATE INDEX pages_search ON pages USING gin (search)")
        query(db, "CREATE INDEX books_search ON books USING gin (search)")


def _index(table: str, texts: dict[str, str], sources: str, db: Database) -> None:
    """An FTS5 table over folded text, kept by triggers on the `sources`; it holds no text of its own."""
    index, columns = f"{table}_search", ", ".join(texts)
    folded = ", ".join(f"searchable({text})" for text in texts.values())
    put = f"INSERT INTO {index} (rowid, {columns}) VALUES (new.id, {folded.format('new.')});"
    take = f"INSERT INTO {index} ({index}, rowid, {columns}) VALUES ('delete', old.id, {folded.format('old.')});"
    options = "content = '', tokenize = 'unicode61 remove_diacritics 0 categories ''L* N* Co M*'''"
    query(db, f"CREATE VIRTUAL TABLE {index} USING fts5 ({columns}, {options})")
    query(db, f"CREATE TRIGGER {index}_put AFTER INSERT ON {table} BEGIN {put} END")
    query(db, f"CREATE TRIGGER {index}_take AFTER DELETE ON {table} BEGIN {take} END")
    query(db, f"CREATE TRIGGER {index}_change AFTER UPDATE OF {sources} ON {table} BEGIN {take} {put} END")
    query(db, f"INSERT INTO {index} (rowid, {columns}) SELECT id, {folded.format('')} FROM {table}")


def _search() -> ModuleType:
    """The migration whose indexes these replace; its name begins with a digit."""
    return importlib.import_module("catalog_service.migrations.0002_search")


def down(migrator: SchemaMigrator, db: Database) -> None:
    if is_sqlite(db):
        _search().down(migrator, db)
    else:
        query(db, "ALTER TABLE pages DROP COLUMN search")
        query(db, "ALTER TABLE books DROP COLUMN search")
    _search().up(migrator, db)
    for key in _KEYS:
        query(db, f"DROP INDEX books_{key}")
        query(db, f"ALTER TABLE books DROP COLUMN {key}")
        column = key.removesuffix("_key")
        query(db, f"CREATE INDEX books_{column} ON books ({column}, id)")
    query(db, "ALTER TABLE chapters DROP COLUMN level")
    for name in reversed(_COLUMNS):
        query(db, f"ALTER TABLE books DROP COLUMN {name}")
