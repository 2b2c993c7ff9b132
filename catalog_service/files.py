"""Keeps files by the SHA-256 of their bytes: written whole, synced, then renamed into place."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

STALE_S = 3600
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Upload:
    """A file that has arrived and is not kept yet."""

    path: Path
    sha256: str
    size: int


class FileStore:
    """The files of one data folder. What crashed half-way lies in `incoming` and is swept at the next start."""

    def __init__(self, folder: Path) -> None:
        self._kept = folder / "files"
        self.incoming = folder / "incoming"
        self._lock_path = folder / "files.lock"
        for made in (self._kept, self.incoming):
            made.mkdir(parents=True, exist_ok=True)

    def sweep(self) -> int:
        """Remove what uploads that never ended left an hour ago or earlier; return how many."""
        leftovers = [one for one in self.incoming.iterdir() if one.stat().st_mtime < time.time() - STALE_S]
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
        return len(leftovers)

    @contextlib.contextmanager
    def receive(self, stream: IO[bytes]) -> Iterator[Upload]:
        """Write a stream to disk and hash it; gone afterwards unless it was kept."""
        handle, name = tempfile.mkstemp(dir=self.incoming)
        path = Path(name)
        try:
            digest, size = hashlib.sha256(), 0
            with os.fdopen(handle, "wb") as file:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
            yield Upload(path, digest.hexdigest(), size)
        finally:
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold off everyone else, in this process and others, who keeps or removes files."""
        with self._lock_path.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def keep(self, upload: Upload) -> None:
        """Put an upload where it stays. On return it is on the disk."""
        place = self.path(upload.sha256)
        if place.exists():
            return
        place.parent.mkdir(exist_ok=True)
        with upload.path.open("rb") as file:
            os.fsync(file.fileno())
        upload.path.replace(place)
        for folder in (place.parent, self._kept):
            _sync(folder)

    def path(self, sha256: str) -> Path:
        """Where the file with this hash lies, if it is kept."""
        return self._kept / sha256[:2] / sha256

    def remove(self, sha256: str) -> None:
        """Forget a file."""
        self.path(sha256).unlink(missing_ok=True)

    def arrived_at(self, sha256: str) -> float:
        """When a kept file arrived last, epoch seconds."""
        return self.path(sha256).stat().st_mtime

    def age_s(self, sha256: str) -> float:
        """How long ago a kept file arrived, seconds."""
        return time.time() - self.arrived_at(sha256)

    def all(self) -> Iterator[str]:
        """The hashes of all kept files."""
        return (path.name for path in self._kept.glob("??/*"))

    def free_bytes(self) -> int:
        """Space left on the disk."""
        return shutil.disk_usage(self._kept).free


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
