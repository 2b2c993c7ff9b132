"""Kills processes of a running product, and counts what its jobs had to do again. For the fault bench and its test."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from benchmarks import processes

VICTIMS = ("gateway", "catalog_service", "bart_service", "job_runner")
_MADE = re.compile(r"part_made.*?\bkey=([0-9a-f]{64})")
_OWN = frozenset({"id", "book_id", "created_at", "audio"})
SAME_SPEECH = 0.005  # eSpeak NG does not speak a sentence twice in quite the same way: a frame in six minutes, measured


@dataclass(frozen=True)
class Product:
    """Every service under the supervisor, its log in a file."""

    address: str
    log: Path
    supervisor: subprocess.Popen[bytes]

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """A call that is made again while the gateway, or what is behind it, restarts."""
        end = time.monotonic() + 60
        while True:
            try:
                response = requests.request(method, self.address + path, timeout=60, **kwargs)
                if response.status_code not in (502, 503, 504) or time.monotonic() > end:
                    return response
            except requests.RequestException:
                if time.monotonic() > end:
                    raise
            time.sleep(0.05)

    def order(self, book_id: int, **wanted: Any) -> str:
        """Order a summary of a book; the path of the job."""
        body = {"engine": "extractive", "length": "short", "points": 5, "audio": True, **wanted}
        response = self.request("POST", f"/books/{book_id}/summaries", json=body)
        assert response.status_code == 202, response.text
        return response.headers["Location"]

    def job(self, path: str) -> dict[str, Any]:
        """How far a job is."""
        found: dict[str, Any] = self.request("GET", path).json()
        return found

    def await_job(self, path: str, until: Callable[[dict[str, Any]], bool], within_s: float = 180.0) -> dict[str, Any]:
        """The job as soon as `until` holds.

        Raises:
            TimeoutError: it does not within this time.
        """
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            job = self.job(path)
            if until(job):
                return job
            time.sleep(0.02)
        raise TimeoutError(f"job {path} is still {job['state']} after {within_s:.0f} s: {job}")

    def kill(self, victim: str) -> None:
        """End a service's processes with SIGKILL, as a power cut would."""
        pid = _children(self.supervisor.pid)[victim]
        os.killpg(pid, signal.SIGKILL)

    def cpu_s(self) -> float:
        """Processor seconds that all services have used so far, on all cores together."""
        sessions = set(_children(self.supervisor.pid).values())
        return sum(_cpu_s(process, sessions) for process in Path("/proc").glob("[0-9]*"))

    def made(self) -> Counter[str]:
        """How often each part was computed so far, by key."""
        return Counter(_MADE.findall(self.log.read_text(encoding="utf-8", errors="replace")))


@contextmanager
def product(home: Path, **environ: str) -> Iterator[Product]:
    """Start everything, wait until it is ready, stop it."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / "log.txt"
    with processes.product(home, log, VISIS_LOG_LEVEL="info", **environ) as (address, supervisor):
        yield Product(address, log, supervisor)


def novel() -> Path | None:
    """The book to work on: BOOK, or the largest of the folder BOOKS; None where there is none."""
    given = Path(os.environ.get("BOOK") or "-")
    shelf = Path(os.environ.get("BOOKS") or "-")
    books = [given] if given.is_file() else [path for path in shelf.glob("*") if path.suffix in (".txt", ".pdf")]
    return max(books, key=lambda path: path.stat().st_size, default=None)


def equal(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two runs made the same: every word and number of the text, and speech of the same length."""
    texts = [{name: value for name, value in document.items() if name not in _OWN} for document in (one, other)]
    lengths = [document.get("audio", {}).get("seconds", 0.0) for document in (one, other)]
    return texts[0] == texts[1] and abs(lengths[0] - lengths[1]) <= SAME_SPEECH * max(lengths)


def _cpu_s(process: Path, sessions: set[int]) -> float:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # it has ended meanwhile
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if int(fields[3]) in sessions else 0.0


def _children(pid: int) -> dict[str, int]:
    """The supervised processes by the name of their module."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        if b"-m" in words:
            found[words[words.index(b"-m") + 1].decode()] = int(child)
    return found
