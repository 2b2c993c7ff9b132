"""The gateway in front of fake services: real HTTP servers that answer what a test tells them to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.config import Settings
from tests.whole_jobs import (  # noqa: F401 - fixtures
    bart,
    book_id,
    library,
    make_runner,
    orders,
    second_bart,
    serve,
    settings,
    upstreams,
)


@dataclass
class Received:
    """A request as a fake service got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Scripted:
    """What a fake service answers; `parts` are sent one by one, each after `go_on` if that is set."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    parts: list[bytes] | None = None
    go_on: threading.Event | None = None


@dataclass
class FakeService:
    """A service that answers by (method, path), or by path alone."""

    name: str
    address: str = ""
    answers: dict[Any, Scripted] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    def answer(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Scripted:
        """Answer requests of `path` (without query) so."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Content-Type": "application/json", **{key.replace("_", "-"): value for key, value in headers.items()}}
        self.answers[path] = Scripted(status, raw, named)
        return self.answers[path]

    def problem(self, path: str, status: int, slug: str, **members: Any) -> None:
        """Answer requests of `path` with a problem."""
        body = {"type": f"/problems#{slug}", "title": "T", "status": status, "detail": "What to change.", **members}
        self.answer(path, body, status, Content_Type="application/problem+json")

    @property
    def last(self) -> Received:
        return self.received[-1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: FakeService

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        self.service.received.append(Received(self.command, self.path, dict(self.headers), body))
        script = self.service.answers.get(self.path.partition("?")[0], Scripted(404, b"<h1>nothing</h1>"))
        self.send_response(script.status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        if script.parts is not None:
            self.send_header("Transfer-Encoding", "chunked")
        elif "Content-Length" not in script.headers and script.status not in (204, 304):
            self.send_header("Content-Length", str(len(script.body)))
        self.end_headers()
        if self.command == "HEAD" or script.status in (204, 304):
            return
        for part in script.parts or [script.body]:
            if script.parts is None:
                self.wfile.write(part)
                continue
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            self.wfile.flush()
            if script.go_on is not None:
                script.go_on.wait(10)
        if script.parts is not None:
            self.wfile.write(b"0\r\n\r\n")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - named by http.server

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_args: Any) -> None:
        """A gateway that hangs up is no error here."""


@pytest.fixture
def services() -> Iterator[Any]:
    """`.catalog`, `.bart` and `.llama`."""
    fakes, servers = {}, []
    for name in ("catalog", "bart", "llama"):
        fake = fakes[name] = FakeService(f"{name}_service")
        server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"service": fake}))
        fake.address = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
    yield SimpleNamespace(**fakes)
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def make_gateway(services: Any) -> Callable[..., FlaskClient]:
    """Makes a client of a gateway in front of the fakes, with these settings."""

    def make(**changes: Any) -> FlaskClient:
        addresses = {f"{name}_url": getattr(services, name).address for name in ("catalog", "bart", "llama")}
        return create_app(Settings(**{**addresses, **changes})).test_client()

    return make


@pytest.fixture
def gateway(make_gateway: Callable[..., FlaskClient]) -> FlaskClient:
    """A client of the gateway."""
    return make_gateway()


@pytest.fixture
def dead_address() -> str:
    """An address at which nobody listens."""
    from deploy.local import free_ports

    return f"http://127.0.0.1:{free_ports(1)[0]}"
