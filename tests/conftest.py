"""The whole product, running: real services, real HTTP, data in a temporary folder."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
import requests

from deploy.local import free_ports

ROOT = Path(__file__).parent.parent
BOOKS = ROOT.parent / "shared" / "books"
START_S = 90


@dataclass(frozen=True)
class Visis:
    """A running product and a client for it."""

    address: str
    home: Path
    supervisor: subprocess.Popen[str]

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """One call of the public API."""
        return requests.request(method, self.address + path, timeout=kwargs.pop("timeout", 120), **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("POST", path, **kwargs)

    def import_text(self, text: str, **fields: str) -> dict[str, Any]:
        """Import a plain text and return the book."""
        response = self.post("/books/import", files={"file": ("story.txt", text.encode(), "text/plain")}, data=fields)
        assert response.status_code in (200, 201), response.text
        return response.json()


@contextmanager
def running(home: Path, **environ: str) -> Iterator[Visis]:
    """Start the supervisor as `make run` does, wait for its word that it is ready, and stop it with SIGTERM."""
    (port,) = free_ports(1)
    own = {"VISIS_HOME": str(home), "GATEWAY_PORT": str(port), **environ}
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "deploy.local"],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()
    assert supervisor.stdout is not None
    reader = threading.Thread(target=_pump, args=(supervisor.stdout, lines))
    reader.start()
    try:
        line = lines.get(timeout=START_S)
        assert line.startswith("Visis is ready"), f"the supervisor said {line!r}"
        yield Visis(f"http://127.0.0.1:{port}", home, supervisor)
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(timeout=60)
        reader.join()
        supervisor.stdout.close()


def _pump(lines_out: IO[str], lines: queue.Queue[str]) -> None:
    for line in lines_out:
        lines.put(line)
    lines.put("")  # the end, so that nobody waits for a line that cannot come


@pytest.fixture(scope="session")
def visis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visis]:
    """One product for all tests that do not break it."""
    with running(tmp_path_factory.mktemp("visis")) as product:
        yield product


@pytest.fixture(scope="session")
def start_visis() -> Callable[..., Any]:
    """Starts further products: `with start_visis(home, BART_ENGINE="..."):`."""
    return running


@pytest.fixture(scope="session")
def story() -> str:
    """A story of ours with three chapters, about a thousand words."""
    return (ROOT / "deploy" / "sample-story.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def shelf() -> Path:
    """The folder of real books, where this machine has one."""
    if not BOOKS.is_dir():
        pytest.skip(f"no folder of real books at {BOOKS}")
    return BOOKS
