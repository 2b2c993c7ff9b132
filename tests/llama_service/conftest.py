"""Tiny Llama models with random weights, made once for the whole run, and real engines on them."""

import threading

import pytest

from benchmarks import llama_gguf
from llama_service.app import create_app
from llama_service.config import LlamaSettings


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    return llama_gguf.write(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def alpaca_model(tmp_path_factory):
    return llama_gguf.write(tmp_path_factory.mktemp("models") / "alpaca.gguf", template=None)


def wait_until_settled(app, seconds=60):
    """Wait until the model is ready or has failed; its status."""
    engine = app.extensions["visis_engines"].neural
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if engine.status().state != "loading":
            return engine.status()
        pause.wait(0.02)
    raise AssertionError("the model neither loaded nor failed")


@pytest.fixture(scope="session")
def start():
    """Make apps with real engines; all are closed at the end."""
    apps = []

    def make(path, **settings):
        values = {
            "engine": "llama_cpp",
            "model_path": path,
            "n_ctx": 1024,
            "n_threads": 1,
            "check_answers": False,
        } | settings
        app = create_app(LlamaSettings(**values))
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions["visis_engines"].close()


@pytest.fixture(scope="session")
def app(start, tiny_model):
    """One app with four slots, for all tests that need no special settings."""
    app = start(tiny_model, slots=4)
    assert wait_until_settled(app).state == "ready"
    return app


@pytest.fixture
def api(app):
    return app.test_client()


@pytest.fixture(scope="session")
def settled():
    return wait_until_settled
