"""Models by configuration, and fetching one from a hub that is sometimes cut off."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from llama_service import models
from llama_service.config import LlamaSettings
from servicekit.settings import SettingsError

CONTENT = b"GGUF" + bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class FakeHub(ThreadingHTTPServer):
    """Serves CONTENT with ranges; the first `cuts` answers end early."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content, self.cuts, self.status, self.ranges = CONTENT, 0, None, True
        self.asked = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        hub = self.server
        hub.asked.append((self.path, self.headers.get("Range")))
        if hub.status is not None:
            self.send_error(hub.status)
            return
        start = 0
        if hub.ranges and self.headers.get("Range"):
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if start >= len(hub.content):
            self.send_error(416)
            return
        body = hub.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if hub.cuts > 0:
            hub.cuts -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def hub():
    hub = FakeHub()
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield hub
    hub.shutdown()
    hub.server_close()
    thread.join()


def model(hub, tmp_path, sha256=SHA256, **settings):
    return models.source(
        LlamaSettings(home=tmp_path, hub_url=f"http://127.0.0.1:{hub.server_port}", model_sha256=sha256, **settings)
    )


def test_the_presets_are_the_two_models_of_the_original_with_its_values():
    for preset, repo in [
        ("llama3-8b-alpaca", "Adesoji7/llama3-8B-4Bit-InstructionTuned-Alpaca"),
        ("llama3.1-8b-oig", "Adesoji7/llama3.1-8B-4Bit-InstructionTuned-OIG"),
    ]:
        source = models.source(LlamaSettings(preset=preset))
        assert repo in source.url
        assert source.url.endswith("/unsloth.Q4_K_M.gguf")
        assert source.n_gpu_layers == 30
        assert models.PRESETS[preset].n_ctx == 2028
        assert source.n_ctx == 2048


@pytest.mark.parametrize(("asked", "n_ctx"), [(256, 256), (257, 512), (2028, 2048), (2048, 2048), (8000, 8192)])
def test_a_context_is_rounded_up_to_a_multiple_of_256(asked, n_ctx):
    assert models.source(LlamaSettings(n_ctx=asked)).n_ctx == n_ctx


def test_settings_override_a_preset_one_by_one():
    source = models.source(LlamaSettings(model_repo="someone/else", n_gpu_layers=0, model_revision="refs/pr/1"))
    assert source.url == "https://huggingface.co/someone/else/resolve/refs%2Fpr%2F1/unsloth.Q4_K_M.gguf"
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


def test_a_model_is_fetched_once_and_checked(hub, tmp_path):
    source = model(hub, tmp_path)
    shown = []
    path = models.fetch(source, lambda done, total: shown.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert shown[-1] == (len(CONTENT), len(CONTENT))
    assert models.check(source) is None
    models.fetch(source)
    assert len(hub.asked) == 1
    assert hub.asked[0][0].endswith("/resolve/main/unsloth.Q4_K_M.gguf")


def test_a_download_that_breaks_off_goes_on_where_it_was(hub, tmp_path):
    hub.cuts = 2
    assert models.fetch(model(hub, tmp_path)).read_bytes() == CONTENT
    starts = [int(asked[1].removeprefix("bytes=").removesuffix("-")) for asked in hub.asked[1:]]
    assert len(starts) == 2
    assert len(CONTENT) * 0.4 < starts[0] < starts[1] < len(CONTENT) * 0.8


def test_a_later_run_goes_on_with_what_an_earlier_one_left(hub, tmp_path):
    hub.cuts = 5
    source = model(hub, tmp_path)
    with pytest.raises(models.FetchFailed, match="run it again"):
        models.fetch(source)
    assert not source.path.exists()
    assert models.fetch(source).read_bytes() == CONTENT


def test_a_hub_without_ranges_begins_again(hub, tmp_path):
    hub.cuts, hub.ranges = 1, False
    assert models.fetch(model(hub, tmp_path)).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_hub_that_refuses_is_named_with_its_status(hub, tmp_path, status):
    hub.status = status
    with pytest.raises(models.FetchFailed, match=str(status)):
        models.fetch(model(hub, tmp_path))


def test_a_file_with_another_checksum_is_removed(hub, tmp_path):
    source = model(hub, tmp_path, sha256="0" * 64)
    with pytest.raises(models.FetchFailed, match="SHA-256"):
        models.fetch(source)
    assert list(source.path.parent.iterdir()) == []


def test_what_is_no_gguf_is_removed(hub, tmp_path):
    hub.content = b"<html>please log in</html>"
    with pytest.raises(models.FetchFailed, match="no GGUF"):
        models.fetch(model(hub, tmp_path, sha256=None))


def test_a_local_path_is_used_as_it_is_and_never_fetched(tmp_path):
    source = models.source(LlamaSettings(model_path=tmp_path / "my.gguf"))
    assert (source.name, source.url) == ("my", None)
    with pytest.raises(models.FetchFailed, match="local path"):
        models.fetch(source)


def test_a_file_that_changed_on_disk_is_checked_again(hub, tmp_path):
    source = model(hub, tmp_path)
    models.fetch(source)
    assert models.check(source) is None
    source.path.write_bytes(b"GGUF damaged")
    assert "SHA-256" in models.check(source)


def test_the_command_fetches_and_prints_the_checksum(hub, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VISIS_HOME", str(tmp_path))
    monkeypatch.setenv("LLAMA_HUB_URL", f"http://127.0.0.1:{hub.server_port}")
    assert models.main() == 0
    assert f"LLAMA_MODEL_SHA256={SHA256}" in capsys.readouterr().out
    hub.status = 404
    monkeypatch.setenv("LLAMA_MODEL_FILE", "other.gguf")
    assert models.main() == 1
    assert "404" in capsys.readouterr().err
