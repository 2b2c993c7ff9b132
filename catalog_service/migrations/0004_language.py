"""What lists are sorted by language on: one that is never null, so that they go on behind any book by the index."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import is_sqlite, query


def up(migrator: SchemaMigrator, db: Database) -> None:
    kind, kept = ("TEXT", "VIRTUAL") if is_sqlite(db) else ('TEXT COLLATE "C"', "STORED")
    query(db, "DROP INDEX books_language")
    query(db, f"ALTER TABLE books ADD COLUMN language_key {kind} GENERATED ALWAYS AS (coalesce(language, '')) {kept}")
    query(db, "CREATE INDEX books_language_key ON books (language_key, id)")


def down(migrator: SchemaMigrator, db: Database) -> None:
    query(db, "DROP INDEX books_language_key")
    query(db, "ALTER TABLE books DROP COLUMN language_key")
    query(db, "CREATE INDEX books_language ON books (language, id)")
