"""Bodies on their way through the gateway, in temporary files: slow clients hold disk space, not other services."""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from flask import Flask, Request, g, request

from gateway.config import Settings
from gateway.places import Places
from servicekit import deadline
from servicekit.metrics import Metrics
from servicekit.problems import Busy, RequestTimeout

SMALL_BYTES = 65_536  # up to here a body is kept in memory
_CHUNK = 65_536
_UNIT = 65_536  # of which the space on disk is counted


class SpoolFull(Exception):
    """The space for bodies is used up, or this caller's part of it."""


class SpooledFile:
    """A temporary file without a name, which counts what is written to it. Closing it gives the space back."""

    def __init__(self, file: IO[bytes], space: Places, caller: str) -> None:
        self._file, self._space, self._caller = file, space, caller
        self._units = 0
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append.

        Raises:
            SpoolFull: there is no space for it.
        """
        more = -(-(self.size + len(data)) // _UNIT) - self._units
        if more > 0:
            if not self._space.take(self._caller, more):
                raise SpoolFull
            self._units += more
        self._file.write(data)
        self.size += len(data)

    def read(self, size: int = -1) -> bytes:
        """As a file's."""
        return self._file.read(size)

    def readline(self, size: int = -1) -> bytes:
        """As a file's."""
        return self._file.readline(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As a file's."""
        return self._file.seek(offset, whence)

    def fileno(self) -> int:
        """As a file's."""
        return self._file.fileno()

    def tell(self) -> int:
        """As a file's."""
        return self._file.tell()

    def close(self) -> None:
        """Delete the file."""
        self._file.close()
        units, self._units = self._units, 0
        if units:
            self._space.release(self._caller, units)


class Spool:
    """Temporary files in `folder`, of `max_bytes` in all; one caller's may take half of that."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._space = Places(max_bytes // _UNIT, max(1, max_bytes // _UNIT // 2))

    def file(self, caller: str) -> SpooledFile:
        """A new file, for a body of this caller."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return SpooledFile(tempfile.TemporaryFile(dir=self._folder), self._space, caller)

    def used_bytes(self) -> int:
        """Space that is taken now."""
        return self._space.taken() * _UNIT


class Uploads:
    """Receives a request's body whole before a view runs; to be called when it is clear that the caller may send it.

    The bodies that are still arriving are bounded in number, time and bytes (the server sees to a minimum rate), in all
    and for one caller.
    """

    def __init__(self, settings: Settings, spool: Spool, metrics: Metrics) -> None:
        self._places = Places(settings.max_uploads, max(1, settings.max_uploads // 2))
        self._spool = spool
        self._wall_s = settings.upload_timeout_s
        self._request_timeout_s = settings.request_timeout_s
        metrics.gauge("visis_uploads", "Request bodies that are still arriving.", self._places.taken)
        metrics.gauge("visis_spool_bytes", "Disk space of bodies on their way through.", spool.used_bytes)

    def __call__(self) -> None:
        """Receive the current request's body. The request's deadline counts from when it is here.

        Raises:
            Busy: too many bodies are arriving, or they take too much space.
            RequestTimeout: it took too long.
            ClientDisconnected, RequestEntityTooLarge: as reading it does.
        """
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        if asked.method not in ("POST", "PUT", "PATCH") or asked.endpoint is None:
            return
        length = asked.content_length
        if length is None and "HTTP_TRANSFER_ENCODING" not in asked.environ:
            return
        if length is not None and length <= SMALL_BYTES:
            asked.get_data()
            return
        caller = str(g.get("caller", ""))
        if not self._places.take(caller):
            raise Busy("Too many uploads are under way. Send this one again in a moment.", retry_after_s=5)
        try:
            g.body_file = self._receive(asked, caller)
        finally:
            self._places.release(caller)
        asked.__dict__["stream"] = g.body_file
        deadline.start("", self._request_timeout_s)

    def _receive(self, asked: Request, caller: str) -> SpooledFile:
        file, until = self._spool.file(caller), time.monotonic() + self._wall_s
        try:
            while chunk := asked.stream.read(_CHUNK):
                file.write(chunk)
                if time.monotonic() > until:
                    raise RequestTimeout(f"The body took longer than {self._wall_s:.0f} s to arrive.")
        except SpoolFull:
            file.close()
            raise Busy("There is no room for this upload now. Send it again in a moment.", retry_after_s=10) from None
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file


def request_body() -> bytes | SpooledFile:
    """The current request's body: a file, if it is a large one."""
    found: SpooledFile | None = g.get("body_file")
    return request.get_data() if found is None else found


def spooled(chunks: Iterator[bytes], spool: Spool, caller: str) -> Iterator[bytes]:
    """The same bytes, read to their end now; without a copy of what there is no space for.

    Raises:
        ProblemError: they broke off.
    """
    file = spool.file(caller)
    chunk = b""
    rest: Iterator[bytes] = iter(())
    try:
        for chunk in chunks:
            file.write(chunk)
    except SpoolFull:
        rest = itertools.chain([chunk], chunks)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return _SpooledChunks(file, rest, getattr(chunks, "close", None))


class _SpooledChunks(Iterator[bytes]):
    """What lies in a file, then the rest as it comes."""

    def __init__(self, file: SpooledFile, rest: Iterator[bytes], end: Callable[[], None] | None) -> None:
        self._file, self._rest, self._end = file, rest, end

    def __next__(self) -> bytes:
        return self._file.read(_CHUNK) or next(self._rest)

    def close(self) -> None:
        """Delete the file, and end the call that the rest comes from."""
        self._file.close()
        if self._end is not None:
            self._end()


def install(app: Flask) -> None:
    """Delete each request's body when the request has been answered."""

    def discard(_error: BaseException | None) -> None:
        if "body_file" in g:
            g.pop("body_file").close()

    app.teardown_request(discard)
