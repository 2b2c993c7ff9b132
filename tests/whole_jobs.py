"""Fixtures for jobs: a real catalog on a socket, a fake bart_service, and job runners in this process."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile
from urllib3.filepost import encode_multipart_formdata
from werkzeug.serving import make_server

from catalog_service.app import create_app
from catalog_service.config import Settings as CatalogSettings
from catalog_service.library import Library
from contract.generation import Points, Summary
from gateway.config import Settings
from gateway.job_orders import JobOrders
from gateway.upstreams import Upstreams
from job_runner.config import Settings as RunnerSettings
from job_runner.runner import Runner
from servicekit.replicas import Replicas


def sound(seconds: float = 0.2) -> bytes:
    """A tone as MP3."""
    samples = 0.3 * np.sin(np.arange(int(22_050 * seconds)) / 8)
    file = io.BytesIO()
    soundfile.write(file, samples, 22_050, format="MP3", subtype="MPEG_LAYER_III")
    return file.getvalue()


@dataclass
class FakeWorker:
    """A model's worker: answers with the first words of what it is sent, or as its fields say.

    `gate`, if set, is waited for before each summary, `meeting` before the first part; `failing` are the statuses of
    the problems that it answers first; while it is `dying` it breaks each connection on which it is asked for a part.
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    gate: threading.Event | None = None
    failing: list[int] = field(default_factory=list)
    loaded: bool = True
    mute: bool = False
    meeting: threading.Barrier | None = None
    dying: bool = False
    started: threading.Event = field(default_factory=threading.Event)

    def app(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        """The worker as a WSGI application."""
        path = environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if path == "/models":
            row = {"service": "bart_service", "engine": "fake", "model": "m", "device": "cpu", "limits": {}}
            row |= {"loaded": self.loaded, "selected": True, "why": "is loading"}
            return self._json(start, 200, {"service": "bart_service", "models": [row]})
        asked = json.loads(body)
        self.asked.append({"path": path, **asked})
        self.started.set()
        if self.dying:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        if self.meeting is not None:
            meeting, self.meeting = self.meeting, None
            meeting.wait(20)
        if self.gate is not None and path != "/speech":
            self.gate.wait(20)
        if self.failing:
            status = self.failing.pop(0)
            slug = {503: "busy", 422: "invalid-input", 502: "upstream-failed"}[status]
            return self._json(start, status, {"type": f"/problems#{slug}", "detail": "The test wants it to fail."})
        if path == "/speech":
            start("200 OK", [("Content-Type", "audio/mpeg")])
            return [sound()]
        if path == "/points":
            points = Points.of(["One point.", "Two points."], engine="fake", model="m")
            return self._json(start, 200, points.model_dump())
        words = "" if self.mute else f"{' '.join(asked['text'].split()[:12])}."
        summary = Summary(summary=words, engine="fake", model="m", summary_words=len(words.split()))
        return self._json(start, 200, summary.model_dump())

    @staticmethod
    def _json(start: Callable[..., Any], status: int, value: Any) -> list[bytes]:
        start(f"{status} Fake", [("Content-Type", "application/json")])
        return [json.dumps(value).encode()]


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serves WSGI applications on sockets; gives their addresses."""
    servers = []

    def start(app: Any, host: str = "127.0.0.1", port: int = 0) -> str:
        server = make_server(host, port, app, threaded=True)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://{host}:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def library(tmp_path):
    settings = CatalogSettings(data_dir=tmp_path / "catalog", job_max_attempts=3)
    library = Library.open(settings)
    library.serving_settings = settings
    yield library
    library.close()


@pytest.fixture
def bart():
    worker = FakeWorker()
    yield worker
    if worker.gate is not None:
        worker.gate.set()


@pytest.fixture
def settings(serve, library, bart, tmp_path):
    """A gateway's settings for the real catalog and the fake worker."""
    return Settings(
        home=tmp_path,
        catalog_url=serve(create_app(library.serving_settings, library)),
        bart_url=serve(bart.app),
        llama_url="http://127.0.0.1:9",
    )


@pytest.fixture
def upstreams(settings):
    return Upstreams.from_settings(settings)


@pytest.fixture
def second_bart(serve, settings, upstreams):
    """Another replica of bart_service, at another address of the same name."""
    worker = FakeWorker()
    port = urlsplit(settings.bart_url).port
    serve(worker.app, "127.0.0.2", port)
    upstreams.bart._replicas = Replicas(f"http://bart:{port}", resolve=lambda *_: ["127.0.0.1", "127.0.0.2"])
    return worker


CHAPTERS = 4


def novel():
    def sentence(chapter, number):
        return f"In chapter {chapter} the keeper of lamp {number} rowed out to ship {chapter * number} with oil."

    return "\n\n\n".join(
        f"CHAPTER {chapter}\n\n" + " ".join(sentence(chapter, number) for number in range(1, 30))
        for chapter in range(1, CHAPTERS + 1)
    )


@pytest.fixture
def book_id(upstreams):
    body, kind = encode_multipart_formdata({"file": ("novel.txt", novel().encode(), "text/plain")})
    answer = upstreams.catalog.call("POST", "/books/import", body=body, headers={"Content-Type": kind})
    assert answer.status == 201, answer.body
    return answer.json()["id"]


@pytest.fixture
def orders(upstreams):
    return JobOrders(upstreams)


@pytest.fixture
def make_runner(settings, upstreams):
    """Makes runners whose jobs the test does itself, by `run_job`; they renew their leases."""
    made = []

    def make(owner="one", **changes):
        wanted = {"home": settings.home, "lease_s": 5, "degrade_attempts": 2, **changes}
        workers = {"bart": upstreams.bart, "llama": upstreams.llama}
        runner = Runner(RunnerSettings(**wanted), upstreams.catalog, workers, owner)
        renewing = threading.Thread(target=runner._renew)
        renewing.start()
        made.append((runner, renewing))
        return runner

    yield make
    for runner, renewing in made:
        runner._ended.set()
        renewing.join()


def run_job(runner, job_id):
    """Claim a job, if it can be claimed, and do it in this thread."""
    claimed = runner._try_claim(job_id)
    if claimed:
        runner._do(*claimed)


def claimable(upstreams):
    """The ids of the jobs that a runner may claim."""
    return upstreams.catalog.call_json("GET", "/internal/jobs/claimable")["ids"]


def wait_until(true, within_s=10.0):
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)
