"""The catalog's thread in the background: erases what was deleted, and writes the scheduled backups."""

from __future__ import annotations

import threading
import time

from peewee import Database, PeeweeException

from catalog_service.backups import Backups
from catalog_service.config import Settings
from catalog_service.database import is_sqlite, query
from catalog_service.library import Library
from catalog_service.transfer import TransferError
from servicekit import logs

RETRY_S = 3600.0
_LONGEST_WAIT_S = 600.0
# Of an index, at a time: some milliseconds, so that writers come between.
_MERGED_PAGES = 64
_FREED_PAGES = 256
_TABLES = "books, pages, chapters, summaries, jobs, parts, job_parts, job_events"
log = logs.get_logger(__name__)


def erase(db: Database) -> None:
    """Leave nothing of deleted rows: not in the full-text indexes, nor in the log, and give their space back."""
    if not is_sqlite(db):
        query(db, f"VACUUM {_TABLES}")
        return
    for index in ("pages_search", "books_search"):
        _merge(db, index)
    while query(db, "PRAGMA freelist_count").fetchone()[0] and query(db, "PRAGMA auto_vacuum").fetchone()[0]:
        query(db, f"PRAGMA incremental_vacuum({_FREED_PAGES})").fetchall()
    query(db, "PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _merge(db: Database, index: str) -> None:
    """Merge an FTS5 index into one segment, step by step: until then, it keeps the words of what was deleted."""
    statement = f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)"  # noqa: S608 - only our own names
    connection = db.connection()  # type: ignore[no-untyped-call]
    pages, changed = -_MERGED_PAGES, 2
    while changed >= 2:  # as SQLite's documentation has it: fewer say that nothing was left to do
        before = connection.total_changes
        query(db, statement, (pages,))
        pages, changed = _MERGED_PAGES, connection.total_changes - before


class Housekeeping:
    """Runs until the process ends."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._every_s = settings.backup_every_h * 3600
        self._backups = Backups(settings.backup_folder, settings.backup_keep)
        self._failed_at: float | None = None

    def start(self) -> None:
        """Begin, with what a process before this one may have left to erase."""
        self._library.deleted.set()
        threading.Thread(target=self._run, name="housekeeping", daemon=True).start()

    def _run(self) -> None:
        while True:
            if self._library.deleted.wait(_LONGEST_WAIT_S):
                self._library.deleted.clear()
                self.erase()
            self.back_up_if_due()
            self._library.close()

    def erase(self) -> None:
        """Erase what was deleted. A failure is logged; the next deletion, or the next start, tries again."""
        try:
            erase(self._library.db)
        except PeeweeException as error:
            log.warning("erasing_failed", reason=str(error)[:200])

    def back_up_if_due(self) -> None:
        """Write a backup if the last one is old enough, and there are books. A failure is logged and retried later."""
        if not self._every_s or not self._is_due():
            return
        try:
            if self._library.books.listed(1, 1)[1]:
                self._backups.write(self._library)
            self._failed_at = None
        except (TransferError, PeeweeException, OSError) as error:
            self._failed_at = time.monotonic()
            log.error("backup_failed", reason=str(error)[:500])

    def _is_due(self) -> bool:
        if self._failed_at is not None and time.monotonic() - self._failed_at < RETRY_S:
            return False
        age_s = self._backups.age_s()
        return age_s is None or age_s >= self._every_s
