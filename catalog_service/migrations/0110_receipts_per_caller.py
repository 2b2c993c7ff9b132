"""Receipts belong to the caller who sent the key."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import query

_COLUMNS = "key, fingerprint, status, book_id, body, created_at"


def up(migrator: SchemaMigrator, db: Database) -> None:
    _rebuild(db, "caller TEXT NOT NULL, key TEXT NOT NULL", "PRIMARY KEY (caller, key)")
    query(db, f"INSERT INTO receipts (caller, {_COLUMNS}) SELECT '', {_COLUMNS} FROM old_receipts")  # noqa: S608
    query(db, "DROP TABLE old_receipts")


def down(migrator: SchemaMigrator, db: Database) -> None:
    _rebuild(db, "key TEXT NOT NULL", "PRIMARY KEY (key)")
    first = "NOT EXISTS (SELECT 1 FROM old_receipts b WHERE b.key = a.key AND b.caller < a.caller)"
    query(db, f"INSERT INTO receipts ({_COLUMNS}) SELECT {_COLUMNS} FROM old_receipts a WHERE {first}")  # noqa: S608
    query(db, "DROP TABLE old_receipts")


def _rebuild(db: Database, names: str, key: str) -> None:
    """An empty table of receipts beside `old_receipts`; SQLite cannot change a primary key in place."""
    query(db, "DROP INDEX receipts_created_at")
    query(db, "CREATE TABLE old_receipts AS SELECT * FROM receipts")
    query(db, "DROP TABLE receipts")
    query(
        db,
        f"CREATE TABLE receipts ({names}, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, book_id BIGINT NOT NULL,"
        f" body TEXT NOT NULL, created_at TEXT NOT NULL, {key})",
    )
    query(db, "CREATE INDEX receipts_created_at ON receipts (created_at)")
