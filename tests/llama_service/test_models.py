"""Models by configuration, and fetching one with the product's own command."""

import hashlib

import pytest

from llama_service import models
from llama_service.config import LlamaSettings
from modelkit import store
from modelkit.engine import EngineUnavailable
from modelkit.hub import FetchError, Hub
from servicekit.settings import SettingsError
from tests.modelkit.hub_server import REPO, commit_of, running

CONTENT = b"GGUF" + bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "model.gguf"


@pytest.fixture
def hub(monkeypatch):
    with running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        server.revisions["main"] = {FILE: CONTENT, "other.gguf": CONTENT + b"!"}
        server.large |= {FILE, "other.gguf"}
        yield server


def model(tmp_path, **settings):
    values = {"preset": "custom", "model_repo": REPO, "model_file": FILE, "model_sha256": SHA256, **settings}
    return models.source(LlamaSettings(home=tmp_path, **values))


def test_the_presets_are_the_two_models_of_the_original_with_its_values():
    for preset, repo in [
        ("llama3-8b-alpaca", "Adesoji7/llama3-8B-4Bit-InstructionTuned-Alpaca"),
        ("llama3.1-8b-oig", "Adesoji7/llama3.1-8B-4Bit-InstructionTuned-OIG"),
    ]:
        source = models.source(LlamaSettings(preset=preset))
        assert (source.repo, source.revision, source.path.name) == (repo, "main", "unsloth.Q4_K_M.gguf")
        assert source.n_gpu_layers == 30
        assert models.PRESETS[preset].n_ctx == 2028
        assert source.n_ctx == 2048


@pytest.mark.parametrize(("asked", "n_ctx"), [(256, 256), (257, 512), (2028, 2048), (2048, 2048), (8000, 8192)])
def test_a_context_is_rounded_up_to_a_multiple_of_256(asked, n_ctx):
    assert models.source(LlamaSettings(n_ctx=asked)).n_ctx == n_ctx


def test_settings_override_a_preset_one_by_one():
    source = models.source(LlamaSettings(model_repo="someone/else", n_gpu_layers=0, model_revision="refs/pr/1"))
    assert (source.repo, source.revision, source.path.name) == ("someone/else", "refs/pr/1", "unsloth.Q4_K_M.gguf")
    assert source.path.parent.name == "refs--pr--1"
    assert source.n_gpu_layers == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLAMA_ROPE_SCALE", "linear"),
        ("LLAMA_ROPE_SCALING", "su"),
        ("LLAMA_CACHE", "disk"),
        ("LLAMA_PRESET", "gpt"),
        ("LLAMA_PRESET", "custom"),
        ("LLAMA_MODEL_SHA256", "abc"),
        ("LLAMA_MODEL_FILE", "../../secret.gguf"),
        ("LLAMA_N_CTX", "10"),
        ("LLAMA_SLOTS", "0"),
        ("LLAMA_N_UBATCH", "1024"),
    ],
)
def test_unknown_and_impossible_settings_are_refused(name, value):
    with pytest.raises(SettingsError):
        LlamaSettings.load({name: value})


def test_a_model_is_fetched_once_and_its_manifest_names_commit_and_checksum(hub, tmp_path):
    source = model(tmp_path)
    assert models.fetch(source).read_bytes() == CONTENT
    models.check(source)
    manifest = store.read(source.path.parent)
    assert (manifest.source, manifest.revision) == (REPO, commit_of("main"))
    assert manifest.files[FILE].sha256 == SHA256
    asked = len(hub.asked)
    models.fetch(source)
    assert len(hub.asked) == asked


def test_two_files_of_a_repository_stand_side_by_side(hub, tmp_path):
    first, second = model(tmp_path), model(tmp_path, model_file="other.gguf", model_sha256=None)
    models.fetch(first)
    assert "no file" in models.why_absent(second)
    models.fetch(second)
    models.check(first)
    models.check(second)


def test_a_fetch_that_was_not_finished_is_not_loaded(hub, tmp_path):
    source = model(tmp_path)
    hub.damaged.add(FILE)
    with pytest.raises(FetchError, match="checksum"):
        models.fetch(source)
    with pytest.raises(EngineUnavailable, match="not finished"):
        models.check(source)
    source.path.write_bytes(CONTENT)
    with pytest.raises(EngineUnavailable, match="not finished"):
        models.check(source)


def test_a_file_with_another_checksum_than_the_setting_is_deleted(hub, tmp_path):
    source = model(tmp_path, model_sha256="0" * 64)
    with pytest.raises(FetchError, match="SHA-256"):
        models.fetch(source)
    assert list(source.path.parent.iterdir()) == []


def test_what_is_not_gguf_is_deleted(hub, tmp_path):
    hub.revisions["main"][FILE] = b"<html>please log in</html>"
    source = model(tmp_path, model_sha256=None)
    with pytest.raises(FetchError, match="not a GGUF"):
        models.fetch(source)
    assert not source.path.exists()


def test_a_file_that_the_repository_lacks_is_named_with_those_it_has(hub, tmp_path):
    with pytest.raises(FetchError, match=r"no file nothing\.gguf.*model\.gguf, other\.gguf"):
        models.fetch(model(tmp_path, model_file="nothing.gguf"), Hub())


def test_a_local_path_is_used_as_it_is_and_never_fetched(tmp_path):
    source = models.source(LlamaSettings(model_path=tmp_path / "my.gguf"))
    assert (source.name, source.repo) == ("my", None)
    with pytest.raises(FetchError, match="local path"):
        models.fetch(source)


@pytest.mark.parametrize("sha256", [SHA256, None], ids=["setting", "manifest"])
def test_a_file_that_changed_on_disk_is_checked_again(hub, tmp_path, sha256):
    source = model(tmp_path, model_sha256=sha256)
    models.fetch(source)
    models.check(source)
    source.path.write_bytes(b"GGUF damaged")
    with pytest.raises(EngineUnavailable, match="SHA-256"):
        models.check(source)


def test_the_command_fetches_and_prints_the_checksum(hub, tmp_path, monkeypatch, capsys):
    for name, value in {"PRESET": "custom", "MODEL_REPO": REPO, "MODEL_FILE": FILE}.items():
        monkeypatch.setenv(f"LLAMA_{name}", value)
    monkeypatch.setenv("VISIS_HOME", str(tmp_path))
    assert models.main() == 0
    assert f"LLAMA_MODEL_SHA256={SHA256}" in capsys.readouterr().out
    monkeypatch.setenv("LLAMA_MODEL_REPO", "nobody/nothing")
    assert models.main() == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("nobody/nothing: the hub has no such model")
