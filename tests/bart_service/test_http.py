"""The worker as it runs: gunicorn, real HTTP, a tiny real model, parallel clients."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.bart_service import tiny

ROOT = Path(__file__).parents[2]
WAIT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def serve(model_folder: Path) -> Iterator[Callable[..., str]]:
    """Starts workers: `serve(BART_ENGINE="ctranslate2")` gives an address at which `/healthz` answers."""
    running = []

    def start(**settings: str) -> str:
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("BART_", "VISIS_"))},
            "BART_PORT": str(port),
            "BART_MODELS_DIR": str(model_folder.parent),
            "BART_MODEL": model_folder.name,
            "BART_MODEL_THREADS": "1",
            "BART_CHECK_ANSWERS": "false",
            "VISIS_LOG_LEVEL": "warning",
            **settings,
        }
        process = subprocess.Popen([sys.executable, "-m", "bart_service"], cwd=ROOT, env=environment)
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        poll(lambda: reachable(address))
        return address

    yield start
    for process in running:
        process.terminate()
    for process in running:
        assert process.wait(WAIT_S) == 0


def poll(done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def reachable(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def neural(serve) -> str:
    """A worker with the tiny model on ctranslate2, ready."""
    address = serve(BART_COMPUTE_TYPE="float32")
    poll(lambda: requests.get(f"{address}/readyz", timeout=5).ok)
    return address


def post(address: str, path: str = "/summaries", headers: dict[str, str] | None = None, **body: object):
    return requests.post(address + path, json=body, timeout=WAIT_S, headers=headers)


def test_auto_takes_the_weights_on_disk_and_says_why(neural):
    rows = {row["engine"]: row for row in requests.get(f"{neural}/models", timeout=5).json()["models"]}
    assert rows["ctranslate2"]["selected"]
    assert "on the CPU" in rows["ctranslate2"]["why"]
    assert rows["ctranslate2"]["limits"]["input_tokens"] == 126
    assert not rows["extractive"]["selected"]


def test_parallel_clients_get_what_a_single_one_gets(neural):
    texts = [tiny.prose(seed, 1 + seed % 4) for seed in range(16)]
    alone = [post(neural, text=text).json() for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: post(neural, text=text).json(), texts))
    assert together == alone
    assert {answer["engine"] for answer in alone} == {"ctranslate2"}
    assert (
        'visis_batch_pieces_bucket{engine="ctranslate2",le="1.0"} ' in requests.get(f"{neural}/metrics", timeout=5).text
    )


def test_the_same_text_gives_the_same_summary_from_transformers(neural, serve):
    other = serve(BART_ENGINE="transformers")
    poll(lambda: requests.get(f"{other}/readyz", timeout=5).ok)
    text = tiny.prose(5, 40)
    one, two = (post(address, text=text, length="short").json() for address in (neural, other))
    assert one["summary"] == two["summary"]
    assert (one["engine"], two["engine"]) == ("ctranslate2", "transformers")


def test_a_long_text_streams_its_parts_and_ends_with_the_same_summary(neural):
    text = tiny.prose(6, 80)
    answer = post(neural, headers={"Accept": "text/event-stream"}, text=text)
    events = [block.split("\n", 1) for block in answer.text.strip().split("\n\n")]
    names = [name.removeprefix("event: ") for name, _ in events]
    assert names[-1] == "done"
    assert set(names[:-1]) == {"part", "progress"}
    final = json.loads(events[-1][1].removeprefix("data: "))["result"]
    assert final == post(neural, text=text).json()
    assert names.count("part") >= final["parts"] > 5


def test_engines_can_be_asked_for(neural):
    text = tiny.prose(8, 30)
    assert post(neural, text=text, engine="extractive").json()["engine"] == "extractive"
    assert post(neural, text=text, engine="neural").json()["engine"] == "ctranslate2"


def test_points_of_the_model_are_sentences_of_its_summaries(neural):
    made = post(neural, "/points", text=tiny.prose(9, 60), count=4).json()
    assert made["engine"] == "ctranslate2"
    assert 1 <= len(made["points"]) <= 4


def test_request_settings_bound_the_summary(neural):
    short = post(neural, text=tiny.prose(1, 4), max_tokens=3, min_tokens=0, num_beams=1).json()
    assert short["summary_words"] <= 3


@pytest.mark.parametrize(
    "text",
    ["日本語のテキストです。" * 50, "😀" * 1000, "x" * 1_000_000, "\u202e" * 10 + "a", "!" * 5000, "<s></s><mask>"],
)
def test_any_text_gets_an_answer_or_a_clear_problem(neural, text):
    answer = post(neural, text=text, max_tokens=2, num_beams=1)
    assert answer.status_code in (200, 413, 504)
    assert answer.json()["engine" if answer.ok else "detail"]


def test_a_text_of_fifty_megabytes_is_answered_by_the_extractive_engine_or_refused(neural):
    refused = post(neural, text="word " * 10_000_000, engine="neural")
    assert refused.status_code == 413
    assert "engine extractive" in refused.json()["detail"]


def test_the_callers_deadline_is_kept(neural):
    answer = post(neural, headers={"Visis-Deadline-Ms": "1"}, text=tiny.prose(3, 200), engine="neural")
    assert answer.status_code == 504
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_client_that_hangs_up_frees_the_model(neural):
    port = int(neural.rpartition(":")[2])
    body = json.dumps({"text": tiny.prose(4, 3000), "engine": "neural", "num_beams": 16}).encode()
    head = (
        f"POST /summaries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(head.encode() + body)
        poll(lambda: metric(neural, 'visis_queue_length{engine="ctranslate2"}') > 0)
    poll(lambda: metric(neural, _ABANDONED) == 1)
    poll(lambda: metric(neural, 'visis_queue_length{engine="ctranslate2"}') == 0)


_ABANDONED = 'visis_http_request_seconds_count{method="POST",route="/summaries",service="bart_service",status="409"}'


def metric(address: str, name: str) -> float:
    lines = requests.get(f"{address}/metrics", timeout=5).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


def test_a_named_engine_without_weights_keeps_the_service_up(serve):
    address = serve(BART_ENGINE="ctranslate2", BART_MODEL="nothing")
    poll(lambda: "make models" in requests.get(f"{address}/readyz", timeout=5).text)
    assert requests.get(f"{address}/readyz", timeout=5).status_code == 503
    assert requests.get(f"{address}/healthz", timeout=5).ok
    assert post(address, text="Hello there.").status_code == 503
    assert post(address, text="Hello there.", engine="extractive").json()["engine"] == "extractive"


def test_a_wrong_setting_ends_the_process_with_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "bart_service"], cwd=ROOT, capture_output=True, text=True, timeout=WAIT_S,
        env={**os.environ, "BART_ENGIN": "auto"},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip() == "bart_service: BART_ENGIN is not a setting of bart_service; did you mean BART_ENGINE?"
