"""Reads files in child processes: a bounded number at a time, each with limits, killed when it takes too long."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, TypeVar, cast

from bookreader.child import MEMORY
from bookreader.document import (
    Chapter,
    Document,
    Done,
    Event,
    FileProblemError,
    Metadata,
    PageRead,
    Picture,
    Progress,
    Refused,
    Warned,
    decode,
)
from bookreader.limits import Limits
from bookreader.turns import Client, ClientGoneError, FairQueue, ParserBusyError

ROOT = Path(__file__).parent.parent
LOOK_S = 0.25  # between two looks at whether the client still waits
_BLOCK = 1 << 20
_BYTES_PER_CHAR = 8
log = logging.getLogger(__name__)
T = TypeVar("T")
# -B: it may write no files, compiled modules neither.
_CHILD = (sys.executable, "-B", "-m", "bookreader.child")


class Parser:
    """Reads files, `parallel` of them at a time while `queue` wait; any thread may call it.

    Args:
        wall_s: the longest time for one file; the client's own time-out counts from when it came, waiting included.
    """

    def __init__(self, limits: Limits, *, wall_s: float, parallel: int = 1, queue: int = 0) -> None:
        self.limits = limits
        self._wall_s = wall_s
        self._turns = FairQueue(parallel, queue)

    def read(self, path: Path, name: str, client: Client | None = None) -> Document:
        """Read a file whole. Raises as `reading` does."""
        return last(self.reading(path, name, client))

    def reading(self, path: Path, name: str, client: Client | None = None) -> Iterator[Progress | Document]:
        """Read a file: the progress after each page, and in the end the document.

        Raises:
            FileProblemError: the file cannot be read, or is over a limit; the error says why.
            ParserBusyError: too many files wait already, or its turn did not come in time.
            ClientGoneError: nobody waits for it any more; its process has been ended.
        """
        if not path.is_file():
            raise FileProblemError("there is no such file")
        document: Document | None = None
        warnings: list[Warned] = []
        counted = False  # by the reader itself, which knows the number of pages
        for event in self._events({"task": "read", "path": str(path), "name": name}, client):
            if isinstance(event, Progress):
                counted = True
                yield event
            elif isinstance(event, Metadata):
                document = Document(event)
            elif isinstance(event, Warned):
                warnings.append(event)
            elif isinstance(event, PageRead) and document is not None:
                document.pages.append(event)
                if not counted:
                    yield Progress(len(document.pages))
            elif isinstance(event, Chapter) and document is not None:
                document.chapters.append(event)
        if document is None:
            raise FileProblemError("no text can be found in it")
        document.warnings = warnings
        yield document

    def pictures(
        self, task: str, path: Path, out: IO[bytes] | None = None, client: Client | None = None, **details: object
    ) -> list[Picture]:
        """Make pictures from a file; `task` is one of `bookreader.pictures.TASKS`.

        Args:
            out: where the child process writes their bytes, one after the other; without it they are only measured.

        Raises:
            FileProblemError: there is no such picture in it, or it is too large.
            ParserBusyError, ClientGoneError: as `reading`.
        """
        events = self._events({"task": task, "path": str(path), **details}, client, out)
        return [event for event in events if isinstance(event, Picture)]

    def _events(self, task: dict[str, object], client: Client | None, out: IO[bytes] | None = None) -> Iterator[Event]:
        client = client or Client()
        with self._turns.turn(client):
            for event in self._run(task, client, out):
                if isinstance(event, Refused):
                    raise FileProblemError(event.reason)
                yield event

    def _run(self, task: dict[str, object], client: Client, out: IO[bytes] | None) -> Iterator[Event]:
        shared = () if out is None else (out.fileno(),)
        wall_s = client.left_s(self._wall_s)
        process = subprocess.Popen(
            [*_CHILD, json.dumps(asdict(self.limits)), json.dumps({**task, "out": shared[0] if shared else None})],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
            pass_fds=shared,
            start_new_session=True,
        )
        try:
            for line in self._lines(process, client, time.monotonic() + wall_s):
                if event := _whole(line):
                    yield event
                    if isinstance(event, Done | Refused):
                        return
            yield Refused(self._ending(process.wait()))
        except TimeoutError:
            if wall_s < self._wall_s:  # the file is not to blame
                raise ParserBusyError("The files before this one took too long. Send it again later.") from None
            yield Refused(f"reading it takes longer than the {wall_s:.0f} s allowed")
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()

    def _lines(self, process: subprocess.Popen[bytes], client: Client, until: float) -> Iterator[bytes]:
        """What the child writes, line by line; the last one may be cut off.

        Raises:
            TimeoutError: it is not at its end in time.
            ClientGoneError: the client gave up.
        """
        assert process.stdout is not None
        poll, pieces = select.poll(), list[bytes]()
        left = self.limits.max_text_chars * _BYTES_PER_CHAR + _BLOCK  # what the child writes is not trusted
        poll.register(process.stdout, select.POLLIN)
        while True:
            if client.gone():
                raise ClientGoneError
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            if not poll.poll(min(left_s, LOOK_S) * 1000):
                continue
            block = os.read(process.stdout.fileno(), _BLOCK)
            left -= len(block)
            if left < 0:
                raise FileProblemError("its text is longer than allowed")
            first, *rest = block.split(b"\n")
            pieces.append(first)
            if rest:
                yield b"".join(pieces)
                *whole, last_piece = rest
                yield from whole
                pieces = [last_piece]
            if not block:
                yield b"".join(pieces)
                return

    def _ending(self, status: int) -> str:
        if status in (-signal.SIGXCPU, -signal.SIGKILL):
            return f"reading it takes more computing than the {self.limits.cpu_s} s allowed"
        log.warning("parser_crashed status=%d", status)
        return f"it is damaged, or {MEMORY.format(self.limits.memory_mb)}"


def last(steps: Iterator[Progress | T]) -> T:
    """The result of work that reports its progress, which is its last step."""
    return cast(T, deque(steps, maxlen=1).pop())


def _whole(line: bytes) -> Event | None:
    """The event of a line; None for one that the end of the process cut off."""
    try:
        return decode(line)
    except ValueError:
        return None
