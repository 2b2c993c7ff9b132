"""Checksums of pages, of finished parts and of summaries, computed once for what is stored."""

# ruff: noqa: S608 - only our own names
from __future__ import annotations

from collections.abc import Callable

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service import checksums
from catalog_service.database import query

_TABLES: dict[str, tuple[str, str, Callable[..., int]]] = {
    "pages": ("id", "book_id, revision, number, text, problem, images", checksums.of_page),
    "parts": ("key", "key, output", checksums.of_part),
    "summaries": ("id", "id, book_id, document, audio, captions", checksums.of_summary),
}
_ROWS_AT_ONCE = 500


def up(migrator: SchemaMigrator, db: Database) -> None:
    for table, (key, columns, compute) in _TABLES.items():
        query(db, f"ALTER TABLE {table} ADD COLUMN checksum BIGINT NOT NULL DEFAULT 0")
        select = f"SELECT {key}, {columns} FROM {table}{{}} ORDER BY {key} LIMIT {_ROWS_AT_ONCE}"
        rows = query(db, select.format("")).fetchall()
        while rows:
            for at, *values in rows:
                query(db, f"UPDATE {table} SET checksum = ? WHERE {key} = ?", (compute(*values), at))
            rows = query(db, select.format(f" WHERE {key} > ?"), (rows[-1][0],)).fetchall()


def down(migrator: SchemaMigrator, db: Database) -> None:
    for table in _TABLES:
        query(db, f"ALTER TABLE {table} DROP COLUMN checksum")
