"""The service as it runs in production, one gunicorn process over real HTTP: parallel clients, streams, disconnects."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from benchmarks.llama_gguf import prose

ROOT = Path(__file__).parents[2]


class Service:
    """A service in a child process."""

    def __init__(self, model, home, **settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LLAMA_")},
            "LLAMA_PORT": str(self.port),
            "LLAMA_ENGINE": "llama_cpp",
            "LLAMA_MODEL_PATH": str(model),
            "LLAMA_N_THREADS": "1",
            "LLAMA_N_CTX": "2048",
            "LLAMA_CHECK_ANSWERS": "false",
            "VISIS_HOME": str(home),
            "VISIS_LOG_LEVEL": "error",
            **settings,
        }
        self.log = (home / "log").open("w")
        self.child = subprocess.Popen(
            [sys.executable, "-m", "llama_service"], env=environment, cwd=ROOT, stdout=self.log, stderr=self.log
        )
        assert wait_for(self.ready, 60)

    def ready(self):
        assert self.child.poll() is None
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def metric(self, name):
        text = requests.get(f"{self.url}/metrics", timeout=10).text
        line = next(line for line in text.splitlines() if line.startswith(f"visis_llama_{name} "))
        return float(line.split()[1])

    def post(self, path, headers=None, **body):
        return requests.post(f"{self.url}{path}", json=body, headers=headers, timeout=60)

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        status = self.child.wait(30)
        self.log.close()
        return status


def wait_for(condition, seconds=10.0):
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return True
        pause.wait(0.05)
    return False


@pytest.fixture(scope="module")
def service(tiny_model, tmp_path_factory):
    service = Service(tiny_model, tmp_path_factory.mktemp("home"))
    yield service
    assert service.stop() == 0


@pytest.mark.parametrize("clients", [1, 4, 16])
def test_parallel_clients_get_the_text_each_would_get_alone(service, clients):
    texts = [prose(40 + 3 * index, seed=index) for index in range(clients)]

    def ask(text):
        answer = service.post("/summaries", text=text, engine="neural", max_tokens=24)
        assert answer.status_code == 200, answer.text
        return answer.json()["summary"]

    alone = [ask(text) for text in texts]
    with ThreadPoolExecutor(clients) as pool:
        together = list(pool.map(ask, texts))
    assert together == alone


def test_two_hundred_clients_on_four_slots_are_all_answered_or_asked_to_retry(service):
    text = prose(40)

    def ask(index):
        answer = service.post("/summaries", text=f"{index}. {text}", engine="neural", max_tokens=8)
        return answer.status_code, "Retry-After" in answer.headers

    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(ask, range(200)))
    assert {status for status, _ in answers} <= {200, 503}
    assert all(retry_after for status, retry_after in answers if status == 503)
    assert sum(status == 200 for status, _ in answers) >= 50
    assert requests.get(f"{service.url}/healthz", timeout=5).status_code == 200


def test_a_stream_sends_tokens_as_they_are_written(service):
    answer = requests.post(
        f"{service.url}/summaries",
        json={"text": prose(60), "engine": "neural", "max_tokens": 30},
        headers={"Accept": "text/event-stream"},
        stream=True,
        timeout=60,
    )
    events = [line for line in answer.iter_lines() if line.startswith(b"event: ")]
    assert events.count(b"event: token") > 10
    assert events[-1] == b"event: done"


@pytest.fixture
def own_service(tiny_model, tmp_path):
    """A service that no other test has used: its counts and its prompt cache begin at nothing."""
    service = Service(tiny_model, tmp_path)
    yield service
    service.stop()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("words", [100, 6000])
def test_a_client_that_hangs_up_frees_its_slot_while_it_is_read_and_written(own_service, accept, words):
    service = own_service
    before = service.metric("cancelled_total")
    # A text of its own, and long enough: one whose prompts are cached would be finished before anybody hangs up.
    text = f"Asked for {accept}. {prose(2 * words)}"
    body = json.dumps({"text": text, "engine": "neural", "max_tokens": 1000}).encode()
    head = (
        f"POST /summaries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: {accept}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    client = socket.create_connection(("127.0.0.1", service.port))
    client.sendall(head.encode() + body)
    assert wait_for(lambda: service.metric("slots_in_use") > 0)
    client.close()
    assert wait_for(lambda: service.metric("slots_in_use") == 0, 5)
    assert wait_for(lambda: service.metric("cancelled_total") > before, 5)


def test_a_request_past_its_deadline_ends_and_frees_its_slots(service):
    answer = service.post("/summaries", {"Visis-Deadline-Ms": "40"}, text=prose(6000), engine="neural")
    assert answer.status_code == 504
    assert wait_for(lambda: service.metric("slots_in_use") == 0, 5)


def test_an_interrupted_service_ends_its_work_and_leaves_nothing_behind(tiny_model, tmp_path):
    service = Service(tiny_model, tmp_path)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(service.post, "/summaries", None, text=prose(100), engine="neural", max_tokens=900)
        assert wait_for(lambda: service.metric("slots_in_use") > 0)
        assert service.stop() == 0
        assert waiting.result(10).status_code in (200, 503)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{service.url}/healthz", timeout=5)
