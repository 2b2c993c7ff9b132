"""Fetched models on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelkit import store
from modelkit.engine import EngineUnavailable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A complete model with a file, one in a folder, and remains that are not its own."""
    folder = tmp_path / "tiny"
    (folder / "hf").mkdir(parents=True)
    (folder / ".cache").mkdir()
    for path in ("weights.bin", "hf/config.json", ".cache/half", ".note"):
        (folder / path).write_text(path)
    store.write(folder, source="owner/tiny", revision="main", tools=("pydantic", "nothing-of-the-kind"))
    return folder


def test_a_manifest_names_every_file_but_hidden_ones(folder: Path) -> None:
    manifest = store.read(folder)
    assert (manifest.name, manifest.source, manifest.revision) == ("tiny", "owner/tiny", "main")
    assert set(manifest.files) == {"weights.bin", "hf/config.json"}
    assert set(manifest.tools) == {"pydantic"}
    store.verify(folder, manifest.files)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("other bytes")])
def test_a_missing_or_changed_file_is_named(folder: Path, damage) -> None:
    manifest = store.read(folder)
    damage(folder / "hf/config.json")
    with pytest.raises(EngineUnavailable, match=r"hf/config\.json is damaged"):
        store.verify(folder, manifest.files)


def test_a_folder_without_a_manifest_is_not_complete(folder: Path, tmp_path: Path) -> None:
    assert store.why_absent(folder) is None
    store.begin(folder)
    assert "not finished" in (store.why_absent(folder) or "")
    assert "the alpaca is not on disk" in (store.why_absent(tmp_path / "none", "the alpaca") or "")
    with pytest.raises(EngineUnavailable, match="not finished"):
        store.read(folder)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"format": 1, "surprise": 2}'])
def test_a_damaged_manifest_is_one_line(folder: Path, data: bytes) -> None:
    (folder / store.MANIFEST).write_bytes(data)
    with pytest.raises(EngineUnavailable, match="manifest of model tiny cannot be read"):
        store.read(folder)


@pytest.mark.parametrize("data", [b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_a_json_object_is_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "config.json").write_bytes(data)
    with pytest.raises(EngineUnavailable, match=r"config\.json"):
        store.read_json(tmp_path / "config.json")
    assert store.read_json(tmp_path / "nothing.json") == {}
