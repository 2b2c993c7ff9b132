"""Backups: exports that are written, verified and rotated in a folder, by the schedule or by command."""

from __future__ import annotations

import contextlib
import fcntl
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from catalog_service import transfer
from catalog_service.library import Library
from servicekit import logs

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\d{8}T\d{6}Z")
_PARTIAL = ".partial"
log = logs.get_logger(__name__)


class Backups:
    """The backups in one folder, of which the newest `keep` stay."""

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder = folder
        self._keep = keep

    def all(self) -> list[Path]:
        """The finished backups, oldest first."""
        return sorted(path for path in self._folder.glob("*") if _NAME.fullmatch(path.name))

    def age_s(self) -> float | None:
        """How long ago the newest was begun, seconds; None if there is none."""
        found = self.all()
        if not found:
            return None
        return (datetime.now(UTC) - datetime.strptime(found[-1].name, _STAMP).replace(tzinfo=UTC)).total_seconds()

    def write(self, library: Library) -> Path:
        """Write and verify a backup, then remove the oldest ones. A failure leaves all earlier ones.

        Raises:
            TransferError: the library or what was written is damaged, or another process writes a backup.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            for leftover in self._folder.glob(f"*{_PARTIAL}"):
                shutil.rmtree(leftover)
            path = self._folder / datetime.now(UTC).strftime(_STAMP)
            partial = path.with_name(path.name + _PARTIAL)
            counts = transfer.export(library, partial)
            partial.rename(path)
            for old in self.all()[: -self._keep]:
                shutil.rmtree(old)
        log.info("backup_written", path=str(path), **{kind.replace(" ", "_"): count for kind, count in counts.items()})
        return path

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self._folder / "backups.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise transfer.TransferError(f"another process writes a backup to {self._folder}") from None
            yield
