from __future__ import annotations

from pathlib import Path

import pytest

from bart_service import choice
from bart_service.config import BartSettings
from bart_service.observe import WorkerMetrics
from modelkit import choice as shared
from modelkit import store
from servicekit.metrics import Metrics


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    """A home with a manifest in it; choosing reads no further."""
    folder = tmp_path / "models" / "bart" / "distilbart-cnn-12-6"
    folder.mkdir(parents=True)
    (folder / store.MANIFEST).write_text("{}")
    return tmp_path


@pytest.fixture
def installed(monkeypatch):
    """Pretends that only these packages are installed, on a machine with or without a GPU."""

    def pretend(*packages: str, gpu: bool = False) -> None:
        monkeypatch.setattr(shared, "find_spec", lambda name: name if name in packages else None)
        monkeypatch.setattr(choice, "_DRIVER", Path("/") if gpu else Path("/nonexistent"))

    return pretend


CT2, HF = ("ctranslate2", "tokenizers"), ("transformers", "torch", "tokenizers")


def chosen(home: Path, **settings: object) -> tuple[str, str]:
    made = choice.engines(BartSettings(home=home, **settings), WorkerMetrics(Metrics("bart_service")))
    return made.selected().name, made.why


@pytest.mark.parametrize(
    ("packages", "gpu", "engine", "why"),
    [
        ((*CT2, *HF), False, "ctranslate2", "on the CPU ctranslate2 is the fastest"),
        ((*CT2, *HF), True, "transformers", "there is a GPU"),
        (CT2, True, "ctranslate2", "only engine installed"),
        (HF, False, "transformers", "only engine installed"),
        ((), False, "extractive", "needs the Python package ctranslate2 or transformers"),
    ],
)
def test_auto_picks_by_device_and_packages_and_says_why(fetched, installed, packages, gpu, engine, why):
    installed(*packages, gpu=gpu)
    name, reason = chosen(fetched)
    assert name == engine
    assert why in reason


def test_auto_without_weights_is_extractive(tmp_path, installed):
    installed(*CT2, *HF)
    name, why = chosen(tmp_path)
    assert name == "extractive"
    assert "not on disk" in why


def test_auto_with_half_fetched_weights_is_extractive_and_says_so(fetched, installed):
    installed(*CT2, *HF)
    (fetched / "models/bart/distilbart-cnn-12-6" / store.MANIFEST).unlink()
    name, why = chosen(fetched)
    assert name == "extractive"
    assert "not finished" in why


def test_a_named_engine_is_taken_even_without_weights(tmp_path):
    assert chosen(tmp_path, engine="transformers") == ("transformers", "BART_ENGINE is transformers")
    assert chosen(tmp_path, engine="extractive") == ("extractive", "BART_ENGINE is extractive")


def test_a_named_engine_whose_package_is_missing_says_which(tmp_path, installed, make_client):
    installed("tokenizers")
    client = make_client(engine="ctranslate2")
    answer = client.get("/readyz")
    while "loading" in answer.get_data(as_text=True):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "Python package ctranslate2" in answer.get_json()["checks"]["engine"]
    assert client.get("/healthz").status_code == 200


def test_creating_the_app_imports_no_heavy_library():
    import subprocess
    import sys

    code = (
        "import sys; from bart_service.app import create_app; from bart_service.config import BartSettings;"
        "app = create_app(BartSettings()); client = app.test_client();"
        "assert client.post('/summaries', json={'text': 'Hello there.'}).status_code == 200;"
        "app.extensions['visis_stop']();"
        "print(sorted({'torch', 'transformers', 'ctranslate2', 'tokenizers', 'gtts'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
