"""Reads files in child processes: a bounded number at a time, each with limits, ended when it takes too long."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar, cast

from catalog_service.config import Settings
from catalog_service.reading.child import MEMORY
from catalog_service.reading.document import (
    About,
    Chapter,
    Document,
    Done,
    Event,
    PageRead,
    Picture,
    Progress,
    Refused,
    decode,
)
from catalog_service.reading.limits import Limits
from servicekit import deadline, logs
from servicekit.problems import Busy, InvalidInput, NotFound

ROOT = Path(__file__).parent.parent.parent
log = logs.get_logger(__name__)
T = TypeVar("T")
# -B: it may write no files, compiled modules neither.
_CHILD = (sys.executable, "-B", "-m", "catalog_service.reading.child")


class Parser:
    """Reads files. Any thread may call it."""

    def __init__(self, settings: Settings) -> None:
        self.limits = Limits(
            settings.parse_memory_mb,
            settings.parse_cpu_s,
            settings.max_pages,
            settings.max_text_chars,
            settings.page_chars,
            settings.max_pixels,
        )
        self._wall_s = settings.parse_wall_s
        self._running = threading.BoundedSemaphore(settings.parsers)
        self._admitted = threading.BoundedSemaphore(settings.parsers + settings.parse_queue)

    def read(self, path: Path, name: str) -> Document:
        """Read a file whole. Raises as `reading` does."""
        return last(self.reading(path, name))

    def reading(self, path: Path, name: str) -> Iterator[Progress | Document]:
        """Read a file: how far it is, after each page, and in the end all of it.

        Raises:
            InvalidInput: the file cannot be read, or is over a limit; the problem says why.
            Busy: too many files wait already, or none of those before it ended in time.
        """
        document: Document | None = None
        told = False  # by the reader itself, which knows the number of pages
        for event in self._events({"task": "read", "path": str(path), "name": name}):
            if isinstance(event, Progress):
                told = True
                yield event
            elif isinstance(event, About):
                document = Document(event)
            elif isinstance(event, PageRead) and document is not None:
                document.pages.append(event)
                if not told:
                    yield Progress(len(document.pages))
            elif isinstance(event, Chapter) and document is not None:
                document.chapters.append(event)
            elif isinstance(event, Refused):
                log.info("file_refused", reason=event.reason)
                raise refusal(event.reason)
        if document is None:
            raise refusal("no text can be found in it")
        yield document

    def pictures(self, task: str, path: Path, **details: object) -> list[Picture]:
        """Make pictures from a file that is kept; `task` is one of `catalog_service.reading.pictures.TASKS`.

        Raises:
            NotFound: there is no such picture in it, or it is too large.
            Busy: as `read`.
        """
        found = []
        for event in self._events({"task": task, "path": str(path), **details}):
            if isinstance(event, Refused):
                raise NotFound(f"There is no such picture: {event.reason}.")
            if isinstance(event, Picture):
                found.append(event)
        return found

    def _events(self, task: dict[str, object]) -> Iterator[Event]:
        if not self._admitted.acquire(blocking=False):
            raise Busy("Too many files wait to be read. Send this one again later.", retry_after_s=10)
        try:
            if not self._running.acquire(timeout=deadline.remaining_s()):
                raise Busy("The files before this one took too long. Send it again later.", retry_after_s=10)
            try:
                yield from self._run(task)
            finally:
                self._running.release()
        finally:
            self._admitted.release()

    def _run(self, task: dict[str, object]) -> Iterator[Event]:
        wall_s = min(self._wall_s, deadline.remaining_s(self._wall_s))
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
        log.warning("parser_crashed", status=status)
        return f"it is damaged, or {MEMORY.format(self.limits.memory_mb)}"


def last(steps: Iterator[Progress | T]) -> T:
    """What work that tells its progress comes to, done to its end."""
    return cast(T, deque(steps, maxlen=1).pop())


def refusal(reason: str) -> InvalidInput:
    """The problem of a file that cannot be read."""
    return InvalidInput(
        f"The file cannot be imported: {reason}. Nothing was stored.", errors=[{"field": "file", "message": reason}]
    )


def _whole(line: bytes) -> Event | None:
    """The event of a line; None for one that the end of the process cut off."""
    try:
        return decode(line)
    except ValueError:
        return None
