"""Files that are whole or absent, and the records that end a stage."""

import errno
from pathlib import Path

import pytest

from training import files
from training.config import ExtractConfig, LoadConfig, TrainConfig
from training.errors import DiskFull, SourceFailed, StageDiffers, StageMissing


def test_failed_write_leaves_the_old_content_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    files.write_json(path, {"old": 1})

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(DiskFull, match="bytes free"):
        files.write_json(path, {"new": 2})
    assert files.read_json(path) == {"old": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_other_errors_of_the_disk_are_not_called_full(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        files.write_text(tmp_path / "file" / "below" / "x", "")


def test_lines_survive_odd_characters(tmp_path: Path) -> None:
    files.write_lines(tmp_path / "rows.jsonl", [{"text": "a\u2028b\nc\x85 naïve"}, {"text": "lone \ud800"}])
    assert files.read_lines(tmp_path / "rows.jsonl") == [{"text": "a\u2028b\nc\x85 naïve"}, {"text": "lone ?"}]


@pytest.mark.parametrize("line", ["{", "[1]", "nonsense"])
def test_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "rows.jsonl").write_text('{"a": 1}\n' + line + "\n")
    with pytest.raises(SourceFailed, match=r"rows\.jsonl line 2"):
        files.read_lines(tmp_path / "rows.jsonl")


def test_file_that_is_not_utf8_is_named_with_the_byte(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    with pytest.raises(SourceFailed, match=r"a\.txt is not UTF-8 \(byte 3\)"):
        files.read_text(tmp_path / "a.txt")


def test_finished_stage_answers_only_the_same_settings(tmp_path: Path) -> None:
    config = ExtractConfig(pdfs=Path("pdfs"), out=tmp_path)
    assert files.finished("extract", config) is None
    files.finish("extract", config, {"read": 3})
    assert files.finished("extract", config.model_copy(update={"quiet": True})) == {"read": 3}
    with pytest.raises(StageDiffers, match="another max_pages"):
        files.finished("extract", config.model_copy(update={"max_pages": 7}))


def test_stage_on_other_data_than_before_is_not_the_same(tmp_path: Path) -> None:
    config = TrainConfig(data=tmp_path / "data", out=tmp_path / "run")
    files.write_json(tmp_path / "data" / "prepare.json", {"facts": {"rows": 1}})
    files.finish("train", config, {"steps": 3})
    assert files.finished("train", config) == {"steps": 3}
    files.write_json(tmp_path / "data" / "prepare.json", {"facts": {"rows": 2}})
    with pytest.raises(StageDiffers, match="another data_record"):
        files.finished("train", config)


def test_key_is_never_written_to_a_record(tmp_path: Path) -> None:
    config = LoadConfig(books=Path("b"), out=tmp_path, api_key="s3cret")
    files.finish("load", config, {})
    assert "s3cret" not in (tmp_path / "load.json").read_text()


def test_missing_record_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StageMissing, match="python -m training train"):
        files.record("train", tmp_path)
