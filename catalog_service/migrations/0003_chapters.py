"""Chapters, the pictures of pages, what sorts and filters of the list need, and receipts of repeatable requests."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import query

_SORTED = ("title", "author", "language", "created_at", "updated_at", "page_count")


def up(migrator: SchemaMigrator, db: Database) -> None:
    query(
        db,
        """
        CREATE TABLE chapters (
            book_id BIGINT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            number INTEGER NOT NULL,
            title TEXT NOT NULL,
            first_page INTEGER NOT NULL,
            last_page INTEGER NOT NULL,
            share DOUBLE PRECISION NOT NULL,
            confidence DOUBLE PRECISION NOT NULL,
            source TEXT NOT NULL,
            first_offset INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (book_id, revision, number)
        )""",
    )
    query(db, "ALTER TABLE pages ADD COLUMN images TEXT")
    for column in _SORTED:
        query(db, f"CREATE INDEX books_{column} ON books ({column}, id)")
    query(
        db,
        """
        CREATE TABLE receipts (
            key TEXT PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            status INTEGER NOT NULL,
            book_id BIGINT NOT NULL,
            body TEXT NOT NULL,
            created_at TEXT NOT NULL
        )""",
    )
    query(db, "CREATE INDEX receipts_created_at ON receipts (created_at)")


def down(migrator: SchemaMigrator, db: Database) -> None:
    query(db, "DROP TABLE receipts")
    for column in _SORTED:
        query(db, f"DROP INDEX books_{column}")
    query(db, "ALTER TABLE pages DROP COLUMN images")
    query(db, "DROP TABLE chapters")
