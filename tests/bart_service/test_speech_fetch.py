"""Fetching voices: the real command against a server that behaves like a hub, on this machine."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bart_service.speech import fetch, voices
from bart_service.speech.fetch import FetchError
from modelkit.hub import Hub
from tests.modelkit.hub_server import REPO, commit_of, running

CONFIG = {
    "audio": {"sample_rate": 22050, "quality": "medium"},
    "espeak": {"voice": "en-us"},
    "language": {"code": "en_US"},
    "speaker_id_map": {},
}
BASE = "en/en_US/joe/medium"


@pytest.fixture
def hub(monkeypatch):
    with running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        server.revisions["main"] = {
            f"{BASE}/en_US-joe-medium.onnx": bytes(range(256)) * 3000,
            f"{BASE}/en_US-joe-medium.onnx.json": json.dumps(CONFIG).encode(),
            f"{BASE}/MODEL_CARD": b"# Card\n* URL: x\n* License: [CC0](https://example.org)\n",
            "onnx/model_quantized.onnx": b"graph",
            "tokenizer.json": json.dumps({"model": {"vocab": {"a": 1}}}).encode(),
            **{
                f"voices/{name}.bin": np.full(510 * 256, number, "<f4").tobytes()
                for number, name in enumerate(("af_heart", "bm_george", "jf_alpha"), start=1)
            },
        }
        server.large.add(f"{BASE}/en_US-joe-medium.onnx")
        yield server


def fetched(source, root, **options):
    return fetch.fetch(str(source), root, hub=Hub(pause_s=0.01), repo=REPO, **options)


def test_a_piper_voice_of_the_hub_is_installed_with_its_licence_and_source(hub, tmp_path):
    fetched("en_US-joe-medium", tmp_path)
    [(folder, manifest)] = voices.installed(tmp_path)
    assert (manifest.id, manifest.engine, manifest.quality, manifest.licence) == (
        "en_US-joe-medium", "piper", "medium", "CC0"
    )  # fmt: skip
    assert [speaker.language for speaker in manifest.speakers] == ["en-US"]
    assert manifest.source == f"{REPO}@{commit_of('main')}"
    assert (folder / voices.GRAPH).read_bytes() == bytes(range(256)) * 3000
    assert [path.name for path in tmp_path.iterdir()] == ["en_US-joe-medium"]


def test_kokoro_has_the_speakers_whose_phonemes_can_be_written(hub, tmp_path):
    fetched("kokoro", tmp_path)
    [(folder, manifest)] = voices.installed(tmp_path)
    assert [(one.name, one.language) for one in manifest.speakers] == [("af_heart", "en-US"), ("bm_george", "en-GB")]
    assert json.loads((folder / voices.CONFIG).read_text()) == {"vocab": {"a": 1}}
    with np.load(folder / voices.STYLES) as styles:
        assert styles["bm_george"].shape == (510, 1, 256)


def test_a_download_that_broke_off_is_resumed_and_leaves_no_voice_before(hub, tmp_path):
    hub.statuses = [401]
    with pytest.raises(FetchError):
        fetched("en_US-joe-medium", tmp_path)
    assert voices.installed(tmp_path) == []
    hub.cuts = 1
    fetched("en_US-joe-medium", tmp_path)
    assert len(voices.installed(tmp_path)) == 1


def test_a_folder_is_installed_under_its_own_name(tmp_path):
    source = tmp_path / "mine"
    source.mkdir()
    (source / "de_DE-eva-low.onnx").write_bytes(b"graph")
    (source / "de_DE-eva-low.onnx.json").write_text(json.dumps({**CONFIG, "language": {"code": "de_DE"}}))
    manifest = fetched(source, tmp_path / "voices")
    assert (manifest.id, manifest.speakers[0].language, manifest.licence) == ("de_DE-eva-low", "de-DE", "not stated")


@pytest.mark.parametrize(
    ("source", "reason"),
    [("../etc", "neither a folder"), ("en_US-amy-medium", "has no en/en_US/amy"), ("", "holds 0 files")],
)
def test_what_is_no_voice_is_refused(hub, tmp_path, source, reason):
    with pytest.raises(FetchError, match=reason):
        fetched(source or tmp_path, tmp_path / "voices")


@pytest.mark.parametrize("config", [b"{", b"[]", b"{}", b'{"audio": 1, "espeak": {}}'])
def test_a_configuration_of_another_kind_is_refused(tmp_path, config):
    (tmp_path / "x.onnx").write_bytes(b"graph")
    (tmp_path / "x.onnx.json").write_bytes(config)
    with pytest.raises(FetchError):
        fetched(tmp_path, tmp_path / "voices")


def test_the_command_lists_what_it_fetched(hub, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BART_VOICES_DIR", str(tmp_path))
    assert fetch.main(["fetch", "en_US-joe-medium", "--repo", REPO]) == 0
    assert fetch.main(["list"]) == 0
    assert capsys.readouterr().out.startswith("en_US-joe-medium\tpiper\ten-US\tCC0\t")
    assert fetch.main(["fetch", "nonsense"]) == 2
