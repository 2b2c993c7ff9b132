"""Pictures of books: made by a child process, kept as files, served from them. No picture passes through this process.

pictures/ab/abcdef.../cover.png      a picture, under the hash of the book's file
pictures/ab/abcdef.../cover.none     why there is none, so that it is not tried again at once
pictures/ab/abcdef.../images-7.json  the sizes of the pictures on a page
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bookreader.document import SERVED, FileProblemError, Picture
from bookreader.parser import Parser
from bookreader.turns import Client, ParserBusyError

FORGET_S = 3600.0  # after which a picture that could not be made is tried again
_FRESH_S = 600.0  # a use is noted so often
WAIT_S = 60.0  # for another thread that makes the same
_BLOCK = 4096  # what a small file takes on disk
_KEPT_SHARE = 0.9  # of the space, after the least used have been removed
_TYPES = {media_type.partition("/")[2]: media_type for media_type in SERVED.values()}
_NONE, _LIST = "none", "json"


@dataclass(frozen=True)
class StoredPicture:
    """A picture's file."""

    path: Path
    media_type: str
    etag: str


class Pictures:
    """The pictures of one data folder, up to `max_bytes` of them. Any thread may call it."""

    def __init__(self, folder: Path, parser: Parser, max_bytes: int) -> None:
        self._folder = folder
        self._parser = parser
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._making: dict[Path, threading.Lock] = {}
        self._bytes: int | None = None

    def get(self, task: str, source: Path, name: str, client: Client, **details: object) -> StoredPicture:
        """The picture that a task of `bookreader.pictures` makes from a book's file.

        Args:
            source: the file, which is named by its hash.
            name: of the picture, among those of this file.

        Raises:
            FileProblemError: there is none.
            ParserBusyError, ClientGoneError: as the parser does.
        """
        place = self._place(source, name)
        found = self._find(place, _TYPES)
        if found is None:
            with self._alone(place, client):
                found = self._find(place, _TYPES) or self._make(place, task, source, client, details)
        stat = found.stat()
        if time.time() - stat.st_mtime > _FRESH_S:
            os.utime(found)
        return StoredPicture(found, _TYPES[found.suffix[1:]], f"{source.name[:16]}-{found.name}-{stat.st_size}")

    def listed(self, task: str, source: Path, name: str, client: Client, **details: object) -> list[Picture]:
        """The pictures that a task finds, without their bytes. Raises as `get` does."""
        place = self._place(source, name)
        with self._alone(place, client):
            if known := self._find(place, (_LIST,)):
                return [Picture(**one) for one in json.loads(known.read_text(encoding="utf-8"))]
            with self._refusal_kept(place):
                found = self._parser.pictures(task, source, None, client, **details)
            self._store(place.with_suffix(f".{_LIST}"), json.dumps([asdict(one) for one in found]).encode())
            return found

    def forget(self, sha256: str) -> None:
        """Remove what was made of a file."""
        shutil.rmtree(self._folder / sha256[:2] / sha256, ignore_errors=True)
        self._bytes = None

    def _place(self, source: Path, name: str) -> Path:
        return self._folder / source.name[:2] / source.name / name

    def _find(self, place: Path, suffixes: Iterable[str]) -> Path | None:
        """The file that was made for `place`. Raises FileProblemError if it was found that none can be."""
        for suffix in suffixes:
            if (path := place.with_suffix(f".{suffix}")).exists():
                return path
        refused = place.with_suffix(f".{_NONE}")
        with contextlib.suppress(FileNotFoundError):
            if time.time() - refused.stat().st_mtime < FORGET_S:
                raise FileProblemError(refused.read_text(encoding="utf-8"))
        return None

    def _make(self, place: Path, task: str, source: Path, client: Client, details: dict[str, object]) -> Path:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as out, self._refusal_kept(place):
                (picture,) = self._parser.pictures(task, source, out, client, **details)
            made = place.with_suffix(f".{picture.media_type.partition('/')[2]}")
            Path(temporary).replace(made)
            self._added(picture.size)
            return made
        finally:
            Path(temporary).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _refusal_kept(self, place: Path) -> Iterator[None]:
        try:
            yield
        except FileProblemError as problem:
            self._store(place.with_suffix(f".{_NONE}"), str(problem).encode())
            raise

    def _store(self, place: Path, content: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        self._added(len(content))

    @contextlib.contextmanager
    def _alone(self, place: Path, client: Client) -> Iterator[None]:
        """Hold off other threads that want the same; those that have waited will find it made."""
        with self._lock:
            one = self._making.setdefault(place, threading.Lock())
        if not one.acquire(timeout=client.left_s(WAIT_S)):
            raise ParserBusyError("The picture is being made, and takes long. Ask again later.")
        try:
            yield
        finally:
            one.release()
            with self._lock:
                self._making.pop(place, None)

    def _added(self, size: int) -> None:
        """Note so many new bytes; remove the least used files if there are too many."""
        with self._lock:
            if self._bytes is None:
                self._bytes = sum(size for _, size, _ in self._files())
            else:
                self._bytes += max(size, _BLOCK)
            if self._bytes <= self._max_bytes:
                return
            for _, size, path in sorted(self._files()):
                path.unlink(missing_ok=True)
                self._bytes -= size
                if self._bytes <= self._max_bytes * _KEPT_SHARE:
                    return

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """(last use, bytes, path) of every file."""
        for path in self._folder.glob("??/*/*"):
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                yield stat.st_mtime, max(stat.st_size, _BLOCK), path
