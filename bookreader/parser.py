"""Reads files in child processes: a bounded number at a time, each with limits, killed when it takes too long."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar, cast

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

ROOT = Path(__file__).parent.parent
log = logging.getLogger(__name__)
T = TypeVar("T")
# -B: it may write no files, compiled modules neither.
_CHILD = (sys.executable, "-B", "-m", "bookreader.child")


class ParserBusyError(Exception):
    """Too many files wait, or those before this one took too long; the text says which, for the person who sent it."""


class Parser:
    """Reads files. Any thread may call it. `timeout_s` includes waiting for a free child process."""

    def __init__(self, limits: Limits, *, wall_s: float, parallel: int = 1, queue: int = 0) -> None:
        self.limits = limits
        self._wall_s = wall_s
        self._running = threading.BoundedSemaphore(parallel)
        self._admitted = threading.BoundedSemaphore(parallel + queue)

    def read(self, path: Path, name: str, timeout_s: float | None = None) -> Document:
        """Read a file whole. Raises as `reading` does."""
        return last(self.reading(path, name, timeout_s))

    def reading(self, path: Path, name: str, timeout_s: float | None = None) -> Iterator[Progress | Document]:
        """Read a file: the progress after each page, and in the end the document.

        Raises:
            FileProblemError: the file cannot be read, or is over a limit; the error says why.
            ParserBusyError: too many files wait already, or no child process became free in time.
        """
        document: Document | None = None
        warnings: list[Warned] = []
        counted = False  # by the reader itself, which knows the number of pages
        for event in self._events({"task": "read", "path": str(path), "name": name}, timeout_s):
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

    def pictures(self, task: str, path: Path, timeout_s: float | None = None, **details: object) -> list[Picture]:
        """Make pictures from a file; `task` is one of `bookreader.pictures.TASKS`.

        Raises:
            FileProblemError: there is no such picture in it, or it is too large.
            ParserBusyError: as `reading`.
        """
        events = self._events({"task": task, "path": str(path), **details}, timeout_s)
        return [event for event in events if isinstance(event, Picture)]

    def _events(self, task: dict[str, object], timeout_s: float | None) -> Iterator[Event]:
        if not self._admitted.acquire(blocking=False):
            raise ParserBusyError("Too many files are waiting to be read. Send this one again later.")
        try:
            started = time.monotonic()
            if not self._running.acquire(timeout=timeout_s):
                raise ParserBusyError("The files before this one took too long. Send it again later.")
            try:
                waited = time.monotonic() - started
                wall_s = self._wall_s if timeout_s is None else min(self._wall_s, timeout_s - waited)
                for event in self._run(task, wall_s):
                    if isinstance(event, Refused):
                        raise FileProblemError(event.reason)
                    yield event
            finally:
                self._running.release()
        finally:
            self._admitted.release()

    def _run(self, task: dict[str, object], wall_s: float) -> Iterator[Event]:
        process = subprocess.Popen(
            [*_CHILD, json.dumps(asdict(self.limits)), json.dumps(task)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            process.kill()

        timer = threading.Timer(wall_s, end)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if event := _whole(line):
                    yield event
                    if isinstance(event, Done | Refused):
                        return
            yield Refused(self._ending(process.wait(), overdue.is_set(), wall_s))
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()

    def _ending(self, status: int, overdue: bool, wall_s: float) -> str:
        if overdue:
            return f"reading it takes longer than the {wall_s:.0f} s allowed"
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
