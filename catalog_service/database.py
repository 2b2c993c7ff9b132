"""Opens the database, brings its tables up to date, and turns its failures into problems."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from peewee import Database, OperationalError, PostgresqlDatabase, SqliteDatabase
from playhouse.migrations import Runner

from catalog_service.config import Settings
from servicekit import logs
from servicekit.problems import Busy, StorageFull

MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE_NAME = "catalog.sqlite3"
FULL = "There is no space left for this. Nothing was stored; the operator must free space."
log = logs.get_logger(__name__)


def open_database(settings: Settings) -> Database:
    """The database of the settings; each thread gets a connection of its own at its first query."""
    if settings.database_url:
        address = settings.database_url.get_secret_value().replace("postgres://", "postgresql://", 1)
        return PostgresqlDatabase(address, prefer_psycopg3=True)
    settings.folder.mkdir(parents=True, exist_ok=True)
    return SqliteDatabase(
        str(settings.folder / SQLITE_NAME),
        timeout=settings.busy_timeout_s,
        lock_type="IMMEDIATE",
        pragmas={
            "journal_mode": "wal",
            "synchronous": "full",
            "foreign_keys": 1,
            "cache_size": -16_000,
            "mmap_size": 1 << 30,
            "wal_autocheckpoint": 1000,
        },
    )


def is_sqlite(db: Database) -> bool:
    """Whether this is SQLite, not PostgreSQL."""
    return isinstance(db, SqliteDatabase)


def query(db: Database, statement: str, values: Sequence[Any] = ()) -> Any:
    """Run a statement whose values are marked `?`; the cursor. For what peewee's own queries would be slow at."""
    marked = statement if db.param == "?" else statement.replace("?", db.param)
    return db.execute_sql(marked, values)  # type: ignore[no-untyped-call]


def runner(db: Database) -> Runner:
    """peewee's migration runner over our numbered migrations."""
    return Runner(db, str(MIGRATIONS))


def migrate(db: Database) -> list[str]:
    """Apply the migrations that are missing and return their names."""
    names: list[str] = runner(db).up()
    for name in names:
        log.info("migration_applied", migration=name)
    return names


@contextlib.contextmanager
def storage_problems() -> Iterator[None]:
    """Turn a full disk into StorageFull, and a lock that was not to be had in time into Busy."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(FULL) from None
        raise
    except OperationalError as error:
        raise problem_of(error) from None


def problem_of(error: OperationalError) -> Exception:
    """The problem that stands for a failure of the database, or the failure itself."""
    cause: Any = error.__cause__ or error.__context__
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:
        state = getattr(cause, "sqlstate", None)
        return StorageFull(FULL) if state == "53100" else error
    if code & 0xFF == sqlite3.SQLITE_FULL:
        return StorageFull(FULL)
    if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("The library is busy with another write. Try again.", retry_after_s=2)
    return error
