"""Fetching models: the real command against a real HTTP server that behaves like a hub, on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bart_service import models, store
from modelkit import store as models_store
from modelkit.hub import FetchError, Hub
from modelkit.store import Manifest
from tests.modelkit.hub_server import REPO, FakeHub, commit_of, running


@pytest.fixture
def fake(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        server.revisions["main"] = {path.name: path.read_bytes() for path in checkpoint.iterdir()}
        server.large.add(models.WEIGHTS)
        yield server


def fetch(folder: Path, revision: str = "main", formats: tuple[str, ...] = ()) -> Manifest:
    return models.fetch(REPO, folder, revision=revision, formats=list(formats), hub=Hub(pause_s=0.01))


def test_a_model_of_the_hub_is_whole_and_converted(fake, tmp_path):
    made = fetch(tmp_path / "tiny", formats=("int8",))
    assert (made.source, made.revision) == (REPO, commit_of("main"))
    assert store.formats(made) == ["int8"]
    assert {"ctranslate2", "torch", "transformers"} <= set(made.tools)
    for part in ("hf", "ct2-int8"):
        store.verify(tmp_path / "tiny", models_store.read(tmp_path / "tiny"), part)


def test_a_second_fetch_downloads_nothing_that_is_right(fake, tmp_path):
    fetch(tmp_path / "tiny")
    fake.asked.clear()
    (tmp_path / "tiny/hf/config.json").write_text("{}")
    fetch(tmp_path / "tiny")
    assert fake.downloads() == [("config.json", None)]


def test_a_wrong_checksum_is_refused_and_there_is_no_manifest(fake, tmp_path):
    fake.damaged.add(models.WEIGHTS)
    with pytest.raises(FetchError, match="its checksum is wrong"):
        fetch(tmp_path / "tiny")
    assert not models_store.is_complete(tmp_path / "tiny")
    fake.damaged.clear()
    assert fetch(tmp_path / "tiny").name == "tiny"


def test_a_hub_that_cannot_be_reached_keeps_the_model_that_is_there(fake, tmp_path, monkeypatch):
    fetch(tmp_path / "tiny")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(FetchError, match="cannot be reached"):
        fetch(tmp_path / "tiny")
    assert models_store.is_complete(tmp_path / "tiny")


def test_pickled_weights_are_refused(fake, tmp_path):
    files = fake.revisions["main"]
    files["pytorch_model.bin"] = files.pop(models.WEIGHTS)
    with pytest.raises(FetchError, match="pickle"):
        fetch(tmp_path / "tiny")
    assert not any(file.endswith(".bin") for file, _ in fake.downloads())


def test_the_hubs_own_conversion_is_taken_where_main_has_only_a_pickle(fake, tmp_path):
    whole = fake.revisions["main"]
    fake.revisions["refs/pr/7"] = whole
    fake.revisions["main"] = {name: data for name, data in whole.items() if name != models.WEIGHTS} | {"x.bin": b"x"}
    fake.discussions = [
        {"num": 7, "isPullRequest": True, "title": "Adding `safetensors` variant of this model", "status": "open",
         "createdAt": "2023-01-01T00:00:00.000Z", "repo": {"name": REPO, "type": "model"},
         "author": {"name": "SFconvertbot"}},
    ]  # fmt: skip
    assert fetch(tmp_path / "tiny").revision == commit_of("refs/pr/7")


def test_an_older_tokenizer_is_written_as_one_file(fake, tmp_path):
    files = fake.revisions["main"]
    made = json.loads(files.pop("tokenizer.json"))["model"]
    files["vocab.json"] = json.dumps({**made["vocab"], "<mask>": len(made["vocab"])}).encode()
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in made["merges"]]
    files["merges.txt"] = ("#version: 0.2\n" + "\n".join(merges)).encode()
    fetch(tmp_path / "old")
    from tokenizers import Tokenizer

    old = Tokenizer.from_file(str(tmp_path / "old/hf/tokenizer.json"))
    expected = Tokenizer.from_str(json.dumps(json.loads(tiny_tokenizer(made))))
    text = "The captain saw the harbour, and 日本語."
    assert old.encode(text).ids == expected.encode(text).ids


def tiny_tokenizer(made: dict[str, object]) -> str:
    from tokenizers import Tokenizer, pre_tokenizers, processors
    from tokenizers import models as kinds

    merges = [tuple(merge.split(" ", 1)) if isinstance(merge, str) else tuple(merge) for merge in made["merges"]]
    tokenizer = Tokenizer(kinds.BPE(vocab=made["vocab"], merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer.to_str()


@pytest.mark.parametrize("lost", ["config.json", models.WEIGHTS, "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_refused(checkpoint, tmp_path, lost):
    source = tmp_path / "source"
    source.mkdir()
    for path in checkpoint.iterdir():
        if path.name != lost:
            (source / path.name).write_bytes(path.read_bytes())
    with pytest.raises(FetchError, match=r"has no|tokenizer"):
        models.fetch(str(source), tmp_path / "m", formats=[])
    assert not models_store.is_complete(tmp_path / "m")


@pytest.mark.parametrize("data", [b"", b"short", b"\x08\0\0\0\0\0\0\0{}      "])
def test_cut_off_weights_in_a_folder_are_refused(checkpoint, tmp_path, data):
    source = tmp_path / "source"
    source.mkdir()
    for path in checkpoint.iterdir():
        (source / path.name).write_bytes(data if path.name == models.WEIGHTS else path.read_bytes())
    with pytest.raises(FetchError, match=models.WEIGHTS):
        models.fetch(str(source), tmp_path / "m", formats=[])


def test_the_command_fetches_and_lists(fake, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VISIS_HOME", str(tmp_path))
    assert models.main(["fetch", REPO, "--name", "mine", "--compute-type", "float32"]) == 0
    assert models.main(["list"]) == 0
    assert f"mine\tok\t{REPO}@{commit_of('main')}\tfloat32" in capsys.readouterr().out
    (tmp_path / "models/bart/mine/hf/config.json").write_text("{}")
    assert models.main(["list"]) == 1
    assert "hf/config.json is damaged" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["fetch", "nonsense"], ["fetch", "a/b", "--name", "../up"], ["fetch", "a/.."]])
def test_the_command_says_in_one_line_what_is_wrong(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VISIS_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert models.main(arguments) in (1, 2)
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "up").exists()
