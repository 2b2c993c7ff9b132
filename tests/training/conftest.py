"""Shelves of generated books, and one tiny model that is prepared, trained and evaluated once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from tests.training.shelf import TINY, story
from training import evaluate, prepare, train
from training.config import EvaluateConfig, PrepareConfig, TrainConfig


@pytest.fixture(autouse=True, scope="module")
def offline() -> Iterator[None]:
    """A test that names a model which is not there must fail at once, here and in child processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        yield


@pytest.fixture
def write_shelf(tmp_path: Path) -> Callable[..., Path]:
    """Writes a folder of so many books."""

    def write(count: int, sentences: int = 90) -> Path:
        folder = tmp_path / f"shelf-{count}"
        folder.mkdir()
        for number in range(count):
            (folder / f"book-{number}.txt").write_text(story(number, sentences), "utf-8")
        return folder

    return write


class Run(NamedTuple):
    """The folders of a finished pipeline."""

    data: Path
    run: Path
    report: Path


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A tiny model through prepare, train and evaluate. Not to be changed by a test: copy what you break."""
    home = tmp_path_factory.mktemp("run")
    folder = home / "texts"
    folder.mkdir()
    for number in range(4):
        (folder / f"book-{number}.txt").write_text(story(number), "utf-8")
    run = Run(home / "data", home / "run", home / "report")
    prepare.main(PrepareConfig(books=folder, out=run.data, most_words=120, target_words=30, quiet=True))
    train.main(TrainConfig(data=run.data, out=run.run, epochs=2, **TINY))
    evaluate.main(EvaluateConfig(data=run.data, run=run.run, out=run.report, limit=4, num_beams=1, quiet=True))
    return run


class Site:
    """A local HTTP server: `put` sets what a path answers; `seen` is every GET's path and agent."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.seen: list[tuple[str, str | None]] = []
        self.bodies: list[bytes] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.seen.append((self.path, self.headers.get("User-Agent")))
                self.answer()

            def do_POST(self) -> None:
                site.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer()

            def answer(self) -> None:
                queue = site.answers.get(self.path) or [(404, {}, b"")]
                status, headers, body = queue.pop(0) if len(queue) > 1 else queue[0]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer a path so; called again, the answers come one after the other and the last stays."""
        self.answers.setdefault(path, []).append((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))


@pytest.fixture
def site() -> Iterator[Site]:
    """A local server for one test."""
    server = Site()
    yield server
    server.server.shutdown()
    server.thread.join()
    server.server.server_close()
