"""Imports that are acknowledged before the file is read."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import query

_STATEMENTS = (
    """
    CREATE TABLE imports (
        id TEXT PRIMARY KEY,
        caller TEXT NOT NULL,
        key TEXT,
        fingerprint TEXT NOT NULL,
        source TEXT NOT NULL,
        said TEXT NOT NULL,
        sha256 TEXT,
        bytes BIGINT NOT NULL,
        state TEXT NOT NULL,
        pages_done INTEGER NOT NULL DEFAULT 0,
        pages_total INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        lease_owner TEXT,
        lease_until DOUBLE PRECISION,
        book_id BIGINT,
        problem TEXT,
        created_at TEXT NOT NULL,
        started_at TEXT,
        finished_at TEXT
    )""",
    "CREATE UNIQUE INDEX imports_by_key ON imports (caller, key) WHERE state IN ('queued', 'running')",
    "CREATE INDEX imports_by_state ON imports (state, created_at)",
    "CREATE INDEX imports_by_book ON imports (book_id)",
)


def up(migrator: SchemaMigrator, db: Database) -> None:
    for statement in _STATEMENTS:
        query(db, statement)


def down(migrator: SchemaMigrator, db: Database) -> None:
    query(db, "DROP TABLE imports")
