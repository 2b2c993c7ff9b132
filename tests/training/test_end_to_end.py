"""The whole pipeline on generated books, and its model served by a real bart_service over HTTP."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.training.conftest import Run
from tests.training.test_evaluate import TRIED
from training import export, load, prepare
from training.config import ExportConfig, LoadConfig, PrepareConfig

START_S = 120


@contextmanager
def served(model: Path, engine: str, home: Path) -> Iterator[str]:
    """A bart_service of its own process that serves one exported folder; its address."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        "VISIS_HOME": str(home),
        "BART_PORT": str(port),
        "BART_ENGINE": engine,
        "BART_MODELS_DIR": str(model.parent),
        "BART_MODEL": model.name,
        "BART_COMPUTE_TYPE": "float32",
        "BART_MODEL_THREADS": "1",
        "BART_CHECK_ANSWERS": "false",  # a model trained for seconds writes what no check lets pass
    }
    worker = subprocess.Popen([sys.executable, "-m", "bart_service"], env={**os.environ, **environ})
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", worker)
        yield f"http://127.0.0.1:{port}"
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def wait_until_ready(address: str, worker: subprocess.Popen[bytes]) -> None:
    """Ask /readyz until it is green; fail with its reason when it cannot become so, or the time is up."""
    reason = "nothing answered"
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up and worker.poll() is None:
        try:
            answer = requests.get(f"{address}/readyz", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
            continue
        if answer.ok:
            return
        reason = answer.text
        if "damaged" in reason:
            break
        time.sleep(0.1)
    pytest.fail(f"bart_service did not become ready: {reason}")


@pytest.fixture(scope="module")
def exported(finished_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What prepare, train, evaluate and export made, then converted where it lies for CTranslate2."""
    folder = tmp_path_factory.mktemp("models") / "visis-tiny"
    export.main(ExportConfig(run=finished_run.run, report=finished_run.report, out=folder, force=True))
    card = (folder / "hf" / "card.json").read_bytes()
    arguments = ["fetch", str(folder / "hf"), "--name", folder.name, "--compute-type", "float32"]
    environ = {**os.environ, "BART_MODELS_DIR": str(folder.parent)}
    subprocess.run([sys.executable, "-m", "bart_service.models", *arguments], env=environ, check=True)
    assert (folder / "hf" / "card.json").read_bytes() == card
    return folder


@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
def test_trained_model_answers_over_http(engine: str, exported: Path, tmp_path: Path) -> None:
    with served(exported, engine, tmp_path) as address:
        answer = requests.post(f"{address}/summaries", json={"text": TRIED, "engine": "neural"}, timeout=120)
        assert answer.status_code == 200, answer.text
        summary = answer.json()
        assert (summary["engine"], summary["model"]) == (engine, "visis-tiny")
        assert summary["summary"]
        again = requests.post(f"{address}/summaries", json={"text": TRIED, "engine": "neural"}, timeout=120)
        assert again.json()["summary"] == summary["summary"]
        shown = requests.get(f"{address}/models", timeout=10).json()["models"]
        assert [model["model"] for model in shown if model["engine"] == engine] == ["visis-tiny"]


def test_damaged_export_is_refused_with_the_name_of_the_file(exported: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "visis-tiny"
    shutil.copytree(exported, damaged)
    with (damaged / "hf" / "model.safetensors").open("r+b") as weights:
        weights.seek(5000)
        weights.write(b"\xff" * 8)
    with (
        pytest.raises(pytest.fail.Exception, match=r"model\.safetensors is damaged"),
        served(damaged, "transformers", tmp_path),
    ):
        pass


def test_books_loaded_into_the_catalog_are_prepared_from_it(visis: Any, write_shelf: Any, tmp_path: Path) -> None:
    shelf = write_shelf(4)
    loaded = load.main(LoadConfig(books=shelf, out=tmp_path / "loaded", catalog_url=visis.address, quiet=True))
    assert (loaded["imported"], loaded["new"]) == (4, 4)
    facts = prepare.main(PrepareConfig(catalog_url=visis.address, out=tmp_path / "data", quiet=True))
    assert facts["books_read"] >= 4
    titles = {title for books in facts["books"].values() for title in books}
    assert {f"book-{number}" for number in range(4)} <= titles
    again = load.main(LoadConfig(books=shelf, out=tmp_path / "loaded", catalog_url=visis.address, quiet=True))
    assert again["new"] == 0
    assert again["book_ids"] == loaded["book_ids"]
