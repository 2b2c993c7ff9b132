"""How the service is wired: light without the model library, which one module imports."""

import ast
import sys
from pathlib import Path

import llama_service
from llama_service.app import create_app
from llama_service.config import LlamaSettings

FOLDER = Path(llama_service.__file__).parent


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_one_module_imports_llama_cpp():
    users = [path.name for path in FOLDER.glob("*.py") if any(name.startswith("llama_cpp") for name in imported(path))]
    assert users == ["backend.py"]


def test_without_the_model_library_the_service_is_extractive_and_says_why(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    api = create_app(LlamaSettings(model_path=model)).test_client()
    assert api.post("/summaries", json={"text": "A short text. It says little."}).json["engine"] == "extractive"
    assert "llama_cpp" in api.get("/models").json["models"][0]["why"]
    named = create_app(LlamaSettings(model_path=model, engine="llama_cpp")).test_client()
    assert "llama_cpp" in named.get("/readyz").json["checks"]["engine"]


def test_making_the_app_returns_before_the_model_is_loaded(start, tiny_model, settled):
    app = start(tiny_model, slots=1)
    assert app.test_client().get("/healthz").status_code == 200
    assert settled(app).state == "ready"
