"""A real catalog on a socket, a bart_service that is a fake, and a runner's bench in this process."""

from __future__ import annotations

import io
import json
import socket
import threading
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
from gateway.config import Settings
from gateway.jobs.desk import Desk
from gateway.jobs.runner import Runner
from gateway.upstreams import Upstreams
from servicekit.replicas import Replicas


def sound(seconds: float = 0.2) -> bytes:
    """A tone as MP3."""
    samples = 0.3 * np.sin(np.arange(int(22_050 * seconds)) / 8)
    file = io.BytesIO()
    soundfile.write(file, samples, 22_050, format="MP3", subtype="MPEG_LAYER_III")
    return file.getvalue()


@dataclass
class FakeWorker:
    """A model's worker: answers with the first words of what it is sent, or as it is told.

    `gate`, if set, is waited for before each summary, `meeting` before the first part; `failing` answers so many calls
    with a problem first; one that is `dying` breaks each connection on which it is asked for a part.
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
            row = {"engine": "fake", "model": "m", "loaded": self.loaded, "selected": True, "why": "is loading"}
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
            return self._json(start, status, {"type": f"/problems#{slug}", "detail": "It is told to fail."})
        if path == "/speech":
            start("200 OK", [("Content-Type", "audio/mpeg")])
            return [sound()]
        if path == "/points":
            return self._json(start, 200, {"points": ["One point.", "Two points."], "engine": "fake", "model": "m"})
        words = "" if self.mute else f"{' '.join(asked['text'].split()[:12])}."
        return self._json(start, 200, {"summary": words, "engine": "fake", "model": "m"})

    @staticmethod
    def _json(start: Callable[..., Any], status: int, value: Any) -> list[bytes]:
        start(f"{status} Told", [("Content-Type", "application/json")])
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
    settings = CatalogSettings(data_dir=tmp_path / "catalog")
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
        job_lease_s=5,
        job_degrade_attempts=2,
        job_max_attempts=3,
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
def desk(upstreams, settings):
    return Desk(upstreams, settings)


@pytest.fixture
def make_runner(settings, upstreams):
    """Makes runners whose jobs the test executes itself; their pulse is running."""
    made = []

    def make(owner="one", **changes):
        runner = Runner(settings.model_copy(update=changes), upstreams, owner)
        pulse = threading.Thread(target=runner._pulse)
        pulse.start()
        made.append((runner, pulse))
        return runner

    yield make
    for runner, pulse in made:
        runner._ended.set()
        pulse.join()
