"""Books and their pages."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import query


def up(migrator: SchemaMigrator, db: Database) -> None:
    key = "INTEGER PRIMARY KEY AUTOINCREMENT" if db.param == "?" else "BIGSERIAL PRIMARY KEY"
    query(
        db,
        f"""
        CREATE TABLE books (
            id {key},
            title TEXT NOT NULL,
            author TEXT NOT NULL,
            description TEXT,
            isbn TEXT,
            language TEXT,
            publication_date TEXT,
            page_count INTEGER NOT NULL DEFAULT 0,
            word_count INTEGER NOT NULL DEFAULT 0,
            source TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            format TEXT,
            revision INTEGER NOT NULL DEFAULT 1,
            file_sha256 TEXT UNIQUE,
            file_bytes BIGINT
        )""",
    )
    query(
        db,
        f"""
        CREATE TABLE pages (
            id {key},
            book_id BIGINT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            number INTEGER NOT NULL,
            text TEXT NOT NULL,
            word_count INTEGER NOT NULL,
            problem TEXT,
            UNIQUE (book_id, revision, number)
        )""",
    )
    query(db, "CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)")
    query(db, "INSERT INTO counters (name, value) VALUES ('books', 0)")


def down(migrator: SchemaMigrator, db: Database) -> None:
    for table in ("counters", "pages", "books"):
        query(db, f"DROP TABLE {table}")
