"""The compose file on a real Docker engine: `make test-docker`. Builds the images and uses a project of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from deploy.local import free_ports
from deploy.secrets import make

ROOT = Path(__file__).parents[2]
SERVICES = ("gateway", "job_runner", "catalog_service", "bart_service", "llama_service")
MODULES = (
    "torch",
    "transformers",
    "llama_cpp",
    "peewee",
    "pypdfium2",
    "espeakng_loader",
    *SERVICES,
)
pytestmark = pytest.mark.skipif(
    os.environ.get("VISIS_TEST_DOCKER") != "1", reason="needs a Docker engine: VISIS_TEST_DOCKER=1"
)


class Compose:
    """The product under docker compose."""

    def __init__(self, folder: Path) -> None:
        make(folder / "secrets")
        (folder / "models").mkdir()
        (self.port,) = free_ports(1)
        self.address = f"http://127.0.0.1:{self.port}"
        self._environ = {
            **os.environ,
            "GATEWAY_PORT": str(self.port),
            "VISIS_SECRETS": str(folder / "secrets"),
            "VISIS_MODELS": str(folder / "models"),
        }

    def __call__(self, *arguments: str) -> str:
        command = ["docker", "compose", "-p", "visis-test", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self._environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def inside(self, service: str, *command: str) -> str:
        return self("exec", "-T", service, *command)


@pytest.fixture(scope="module")
def compose(tmp_path_factory) -> Iterator[Compose]:
    product = Compose(tmp_path_factory.mktemp("docker"))
    try:
        product("up", "-d", "--build", "--wait")
        yield product
    finally:
        product("down", "-v", "--timeout", "5")


def test_the_first_clients_call_answers_with_an_mp3(compose):
    response = requests.post(
        f"{compose.address}/summaries/generate/audio",
        headers={"accept": "application/json", "Content-Type": "application/json"},
        data='{"text":"This is a sample text to generate an audio summary."}',
        timeout=60,
    )
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "audio/mpeg"
    assert len(response.content) > 10_000


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_has_no_rights_to_lose(compose, service):
    assert compose.inside(service, "id", "-u") == "10001"
    assert "CapEff:\t0000000000000000" in compose.inside(service, "cat", "/proc/self/status")
    written = compose.inside(service, "sh", "-c", "touch /opt/x 2>&1 || true")
    assert "Read-only file system" in written


@pytest.mark.parametrize("service", SERVICES[1:])
def test_a_service_behind_the_gateway_has_no_way_out_and_no_port(compose, service):
    tried = compose.inside(
        service,
        "python",
        "-c",
        "import socket\ntry: socket.create_connection(('192.0.2.1', 80), 3)\nexcept OSError as error: print(error)",
    )
    assert "Network is unreachable" in tried
    container = compose("ps", "-q", service)
    ports = subprocess.run(["docker", "port", container], capture_output=True, text=True, check=True).stdout
    assert ports == ""


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_carries_only_what_its_service_imports(compose, service):
    found = compose.inside(
        service,
        "python",
        "-c",
        f"import importlib.util, json; print(json.dumps([m for m in {MODULES} if importlib.util.find_spec(m)]))",
    )
    own = {"catalog_service": ["peewee", "pypdfium2"], "bart_service": ["espeakng_loader"]}
    assert set(json.loads(found)) == {*own.get(service, []), service}


def test_services_refuse_calls_without_the_deployments_token(compose):
    status = compose.inside(
        "gateway",
        "python",
        "-c",
        "import urllib.request as r, urllib.error as e\n"
        "try: r.urlopen('http://catalog_service:8001/books/')\nexcept e.HTTPError as error: print(error.code)",
    )
    assert status == "401"


def test_a_key_made_in_the_container_works_at_once(compose):
    key = compose.inside("gateway", "python", "-m", "gateway", "keys", "create", "--name", "t", "--scope", "read")
    headers = {"Authorization": f"Bearer {key}"}
    assert requests.get(f"{compose.address}/books/", headers=headers, timeout=30).status_code == 200
    assert requests.delete(f"{compose.address}/books/1", headers=headers, timeout=30).status_code == 403
    assert "  t  read" in compose.inside("gateway", "python", "-m", "gateway", "keys", "list")


def test_sigterm_lets_a_request_end(compose):
    body = json.dumps({"title": "The Lamp", "author": "A. Tull", "text": "The lamp burns."}).encode()
    stopping = threading.Thread(target=compose, args=("stop", "gateway"))
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", compose.port, timeout=60)) as connection:
        connection.putrequest("POST", "/books/")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:20])
        threading.Event().wait(1)  # the request must have reached a thread of the gateway
        stopping.start()
        threading.Event().wait(2)  # SIGTERM must have arrived
        connection.send(body[20:])
        response = connection.getresponse()
        assert response.status == 201
        book = json.loads(response.read())
    stopping.join()
    compose("up", "-d", "--wait")
    assert requests.get(f"{compose.address}/books/{book['id']}", timeout=30).json()["title"] == "The Lamp"


def test_books_outlive_the_containers(compose):
    made = requests.post(f"{compose.address}/books/", json={"title": "Kept", "author": "A. Tull"}, timeout=30).json()
    compose("down", "--timeout", "10")
    compose("up", "-d", "--wait")
    assert requests.get(f"{compose.address}/books/{made['id']}", timeout=30).json()["title"] == "Kept"
