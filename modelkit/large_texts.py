"""Extracts from large texts in child processes, a few at a time: each ends with its client and gives its memory back.

In the service itself such a text would hold the interpreter for seconds, and short ones would wait behind it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from pathlib import Path
from typing import cast

from modelkit.engine import TICK_S
from servicekit import logs
from servicekit.problems import Busy, TooLarge
from textkit import extractive
from textkit.lengths import Length

# A text of so many characters takes less than a second, so it needs no process of its own.
LARGE = 200_000
PARALLEL, WAITING = 2, 4
MOST_BYTES = 2 * 2**30
_RETRY_S = 10.0
_ROOT = Path(__file__).parent.parent
log = logs.get_logger(__name__)


def extract(text: str, length: Length, count: int) -> tuple[str, ...]:
    """Up to `count` key points, or a summary as one text if `count` is 0."""
    if count:
        return tuple(extractive.key_points(text, count))
    return (extractive.summarise(text, length=length).summary,)


class LargeTexts:
    """The child processes of one service: `parallel` at work, `waiting` behind them, more are refused."""

    def __init__(self, parallel: int = PARALLEL, waiting: int = WAITING) -> None:
        self._running = threading.BoundedSemaphore(parallel)
        self._admitted = threading.BoundedSemaphore(parallel + waiting)

    def extract(self, text: str, length: Length, count: int) -> Generator[None, None, tuple[str, ...]]:
        """As `extract` above; yields while it waits. Closed early, it ends the child.

        Raises:
            Busy: too many large texts are here already.
            TooLarge: the child had not enough memory.
        """
        if not self._admitted.acquire(blocking=False):
            raise Busy("Several large texts are being read already. Send this one again later.", retry_after_s=_RETRY_S)
        try:
            while not self._running.acquire(timeout=TICK_S):
                yield None
            try:
                return (yield from _in_child(text, length, count))
            finally:
                self._running.release()
        finally:
            self._admitted.release()


def _in_child(text: str, length: Length, count: int) -> Generator[None, None, tuple[str, ...]]:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        for at in range(0, len(text), LARGE):
            given.write(text[at : at + LARGE].encode())
        given.seek(0)
        command = [sys.executable, "-m", "modelkit.large_texts", length, str(count)]
        child = subprocess.Popen(command, cwd=_ROOT, stdin=given, stdout=made, stderr=subprocess.DEVNULL)
        try:
            while _works(child):
                yield None
        finally:
            child.kill()
            child.wait()
        if child.returncode:
            log.error("extraction_failed", status=child.returncode, characters=len(text))
            raise TooLarge(f"The text takes more than {MOST_BYTES // 2**30} GiB of memory. Send it in pieces.")
        made.seek(0)
        return tuple(json.loads(made.read()))


def _works(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(TICK_S)
    except subprocess.TimeoutExpired:
        return True
    return False


def main() -> None:
    """Extract from the text at standard input; length and count are the arguments. Writes a JSON list."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    length, count = sys.argv[1:]
    print(json.dumps(extract(sys.stdin.buffer.read().decode(), cast(Length, length), int(count))))


if __name__ == "__main__":
    main()
