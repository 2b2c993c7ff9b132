"""Full-text indexes over pages, and over the titles and authors of books."""

# ruff: noqa: S608 - only our own names
from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import is_sqlite, query

# A tsvector holds at most 1 MiB; a page this long is no page to search in.
_POSTGRESQL = """
    ALTER TABLE pages ADD COLUMN search tsvector
        GENERATED ALWAYS AS (to_tsvector('simple', left(text, 200000))) STORED;
    CREATE INDEX pages_search ON pages USING gin (search);
    ALTER TABLE books ADD COLUMN search tsvector
        GENERATED ALWAYS AS (to_tsvector('simple', left(title, 2000) || ' ' || left(author, 2000))) STORED;
    ALTER TABLE books ADD COLUMN author_search tsvector
        GENERATED ALWAYS AS (to_tsvector('simple', left(author, 2000))) STORED;
    CREATE INDEX books_search ON books USING gin (search);
    CREATE INDEX books_author_search ON books USING gin (author_search);
"""
_TOKENS = "tokenize = 'unicode61 remove_diacritics 2'"
_INDEXES = {"pages": "text", "books": "title, author"}


def up(migrator: SchemaMigrator, db: Database) -> None:
    if not is_sqlite(db):
        query(db, _POSTGRESQL)
        return
    for table, columns in _INDEXES.items():
        new = ", ".join(f"new.{column}" for column in columns.split(", "))
        old = ", ".join(f"old.{column}" for column in columns.split(", "))
        index = f"{table}_search"
        put = f"INSERT INTO {index} (rowid, {columns}) VALUES (new.id, {new});"
        take = f"INSERT INTO {index} ({index}, rowid, {columns}) VALUES ('delete', old.id, {old});"
        query(
            db,
            f"CREATE VIRTUAL TABLE {index} USING fts5"
            f" ({columns}, content = '{table}', content_rowid = 'id', {_TOKENS})",
        )
        query(db, f"CREATE TRIGGER {index}_put AFTER INSERT ON {table} BEGIN {put} END")
        query(db, f"CREATE TRIGGER {index}_take AFTER DELETE ON {table} BEGIN {take} END")
        query(db, f"CREATE TRIGGER {index}_change AFTER UPDATE OF {columns} ON {table} BEGIN {take} {put} END")
        query(db, f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


def down(migrator: SchemaMigrator, db: Database) -> None:
    if not is_sqlite(db):
        query(db, "ALTER TABLE pages DROP COLUMN search")
        query(db, "ALTER TABLE books DROP COLUMN search, DROP COLUMN author_search")
        return
    for table in _INDEXES:
        for name in ("put", "take", "change"):
            query(db, f"DROP TRIGGER {table}_search_{name}")
        query(db, f"DROP TABLE {table}_search")
