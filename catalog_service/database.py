"""Opens the database, brings its tables up to date, and turns its failures into problems."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peewee import Database, DatabaseError, PeeweeException, PostgresqlDatabase, SqliteDatabase
from playhouse.migrations import Runner

from catalog_service.config import Settings
from servicekit import logs
from servicekit.problems import Busy, ProblemError, StorageFull, StoredDataDamaged
from textkit.folding import searchable

MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE_NAME = "catalog.sqlite3"
FULL = "There is no space left for this. Nothing was stored; the operator must free space."
DAMAGED = (
    "The database is damaged on the disk. The operator can restore a backup into a new folder: `python -m "
    "catalog_service restore`."
)
log = logs.get_logger(__name__)


def open_database(settings: Settings) -> Database:
    """The database of the settings; each thread gets a connection of its own at its first query."""
    if settings.database_url:
        address = settings.database_url.get_secret_value().replace("postgres://", "postgresql://", 1)
        return PostgresqlDatabase(address, prefer_psycopg3=True)
    settings.folder.mkdir(parents=True, exist_ok=True)
    db = SqliteDatabase(
        str(settings.folder / SQLITE_NAME),
        timeout=settings.busy_timeout_s,
        lock_type="IMMEDIATE",
        pragmas={
            "auto_vacuum": 2,  # first: it holds for a file that has no tables yet
            "secure_delete": 1,
            "journal_mode": "wal",
            "synchronous": "full",
            "foreign_keys": 1,
            "cache_size": -16_000,
            "mmap_size": 1 << 30,
            "wal_autocheckpoint": 1000,
        },
    )
    # The triggers of the full-text indexes call it.
    db.register_function(lambda text: searchable(text or ""), "searchable", 1, True)
    return db


class SchemaTooNewError(Exception):
    """A newer release has changed the tables; the text says what to do."""


class History(Runner):  # type: ignore[misc]
    """The migrations and which are applied: these in the order in which that was done, then the missing by number."""

    def status(self) -> list[Any]:
        """All migrations, first those that are applied."""
        applied = query(self.database, "SELECT name FROM schema_migration ORDER BY id") if self.applied() else ()
        order = {name: place for place, (name,) in enumerate(applied)}
        return sorted(super().status(), key=lambda one: (order.get(one.name, len(order)), one.name))


def is_sqlite(db: Database) -> bool:
    """Whether this is SQLite, not PostgreSQL."""
    return isinstance(db, SqliteDatabase)


def query(db: Database, statement: str, values: Sequence[Any] = ()) -> Any:
    """Run a statement whose values are marked `?`; the cursor. For what peewee's own queries would be slow at."""
    marked = statement if db.param == "?" else statement.replace("?", db.param)
    return db.execute_sql(marked, values)  # type: ignore[no-untyped-call]


def prepare(settings: Settings) -> Database:
    """Open the database, check it, and bring its tables up to date, with a backup before, if it has books.

    Raises:
        DatabaseDamagedError: the file fails SQLite's own check.
        SchemaTooNewError: a newer release has changed the tables.
    """
    db = open_database(settings)
    with contextlib.closing(db):  # the next query opens it again
        check(db)
        check_schema(db)
        with migration_lock(settings.folder) if is_sqlite(db) else contextlib.nullcontext():
            migrate(db, settings.folder)
            _allow_shrinking(db)
    return db


def _allow_shrinking(db: Database) -> None:
    """Rebuild a file of an earlier release once, so that the space of deleted books can be given back."""
    if is_sqlite(db) and not query(db, "PRAGMA auto_vacuum").fetchone()[0]:
        try:
            query(db, "PRAGMA auto_vacuum = 2")
            query(db, "VACUUM")
        except PeeweeException as error:  # too little space, for instance: it works as it is
            log.warning("database_not_rebuilt", reason=str(error))


class DatabaseDamagedError(Exception):
    """The database file fails its check; the text says how."""


def check(db: Database) -> None:
    """Let SQLite check its file.

    Raises:
        DatabaseDamagedError: it is damaged.
    """
    if not is_sqlite(db):
        return
    try:
        found = [row[0] for row in query(db, "PRAGMA quick_check(5)").fetchall()]
    except (PeeweeException, sqlite3.Error, UnicodeDecodeError) as error:  # it may quote what is not UTF-8
        found = [str(error)]
    if found != ["ok"]:
        raise DatabaseDamagedError("; ".join(found)[:500])


def check_schema(db: Database) -> None:
    """Refuse tables that a newer release has changed: this one would store what that one cannot read.

    Raises:
        SchemaTooNewError: they are newer.
    """
    unknown = [one.name for one in History(db, str(MIGRATIONS)).status() if one.path is None]
    if unknown:
        raise SchemaTooNewError(
            f"The database was changed by a newer release (migrations: {', '.join(unknown)}). Start that release, or "
            f"revert with it: run `python -m catalog_service migrate --down` there {len(unknown)} times. Nothing was "
            "changed."
        )


@contextlib.contextmanager
def migration_lock(folder: Path) -> Iterator[None]:
    """Hold off other processes that would migrate the same file."""
    with (folder / "migration.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrate(db: Database, folder: Path, target: str | None = None) -> list[str]:
    """Apply the migrations that are missing, up to `target`, and return their names. A SQLite file is copied first."""
    runner = History(db, str(MIGRATIONS))
    pending = [one for one in runner.status() if not one.applied]
    if not pending:
        return []
    if is_sqlite(db) and len(pending) < len(runner.migrations()):
        log.info("backup_written", path=str(backup(db, folder, pending[0].name)))
    names: list[str] = runner.up(target)
    for name in names:
        log.info("migration_applied", migration=name)
    return names


def revert(db: Database, folder: Path) -> list[str]:
    """Revert the migration that was applied last, and return its name. A SQLite file is copied first."""
    runner = History(db, str(MIGRATIONS))
    if is_sqlite(db) and any(one.applied for one in runner.status()):
        log.info("backup_written", path=str(backup(db, folder, "revert")))
    names: list[str] = runner.down()
    return names


def backup(db: Database, folder: Path, reason: str) -> Path:
    """Copy a SQLite database, while it is in use, to `backups/` in the data folder."""
    place = folder / "backups"
    place.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    path = place / f"{stamp}-before-{reason}.sqlite3"
    query(db, "VACUUM INTO ?", (str(path),))
    return path


@contextlib.contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """A transaction that sees the database as it is at this moment, while others go on writing."""
    if is_sqlite(db):
        with db.atomic("DEFERRED"):
            query(db, "SELECT 1 FROM books LIMIT 1").fetchone()  # from here on
            yield
    else:
        with db.atomic():
            query(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextlib.contextmanager
def storage_problems() -> Iterator[None]:
    """Turn a full disk into StorageFull, and a lock that was not to be had in time into Busy."""
    try:
        yield
    except (OSError, DatabaseError, sqlite3.DatabaseError) as error:
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from None


def drop_if_broken(db: Database) -> bool:
    """Let go of this thread's connection, if it is a lost one, so that the next query opens another."""
    if is_sqlite(db) or db.is_closed() or db.is_connection_usable():
        return False
    db.close()
    return True


def explain(db: Database, error: Exception) -> ProblemError | None:
    """What a failure of disk or database is to a client; None if it is none of these. A lost connection is dropped."""
    if not isinstance(error, OSError | PeeweeException | sqlite3.Error):
        return None
    problem = problem_of(error)
    if problem is None and drop_if_broken(db):
        return Busy("The connection to the database was lost. Try again.", retry_after_s=1)
    return problem


def problem_of(error: OSError | PeeweeException | sqlite3.Error) -> ProblemError | None:
    """The problem that stands for a failure of the disk or the database; None, if it is a defect of ours."""
    if isinstance(error, OSError):
        return StorageFull(FULL) if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    # A row that cannot be fetched is SQLite's own error.
    cause: Any = error if isinstance(error, sqlite3.Error) else error.__cause__ or error.__context__
    if _damaged(cause):
        log.error("database_damaged", reason=str(cause)[:60])
        return StoredDataDamaged(DAMAGED)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", None) == "53100":
        return StorageFull(FULL)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("The library is busy with another write. Try again.", retry_after_s=2)
    return None


def _damaged(cause: Any) -> bool:
    """Whether SQLite found its file damaged, or a text in it that is not UTF-8."""
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    undecodable = isinstance(cause, sqlite3.OperationalError) and str(cause).startswith("Could not decode")
    return undecodable or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
