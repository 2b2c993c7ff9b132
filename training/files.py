"""Files that are whole or absent: atomic writes, JSON lines, digests, and the record that ends a stage."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from training.config import StageConfig
from training.errors import DiskFull, SourceFailed, StageDiffers, StageMissing

# These change what is shown or where it is put, not what is made.
NOT_IN_RECORD = {"out", "quiet", "api_key", "timeout_s"}
# The stages whose output folders these settings name.
INPUTS = {"data": "prepare", "run": "train", "report": "evaluate"}


@contextmanager
def disk_checked(folder: Path) -> Iterator[None]:
    """Turn the operating system's "no space left" into DiskFull, naming what is free."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(f"the disk is full: {free_bytes(folder):,} bytes free under {folder}") from error


def free_bytes(folder: Path) -> int:
    """Bytes free on the disk that holds a folder, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, also after a crash. Raises DiskFull."""
    with disk_checked(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        try:
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Like write_bytes, in UTF-8; lone surrogates, which UTF-8 cannot hold, become question marks."""
    write_bytes(path, text.encode("utf-8", "replace"))


def write_json(path: Path, value: Any) -> None:
    """Like write_bytes, as readable JSON."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Like write_bytes, as JSON lines."""
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read_json(path: Path) -> Any:
    """A JSON file's value. Raises SourceFailed when it is absent or damaged."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SourceFailed(f"{path} cannot be read as JSON: {type(error).__name__}") from error


def read_lines(path: Path) -> list[dict[str, Any]]:
    """A JSON lines file's rows. Raises SourceFailed, naming the line, when one is damaged."""
    rows = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SourceFailed(f"{path} line {number} is not JSON") from error
        if not isinstance(row, dict):
            raise SourceFailed(f"{path} line {number} is not a JSON object")
        rows.append(row)
    return rows


def texts(folder: Path) -> list[Path]:
    """The .txt files of a folder in order, without the summaries beside them."""
    return sorted(path for path in folder.glob("*.txt") if not path.name.endswith(".summary.txt"))


def read_text(path: Path) -> str:
    """A UTF-8 file's text without byte-order mark. Raises SourceFailed."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise SourceFailed(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceFailed(f"{path} is not UTF-8 (byte {error.start:,})") from error


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settings(config: StageConfig) -> dict[str, Any]:
    """What decides a stage's result, in JSON's types: its configuration, and the records of the stages it builds on."""
    decides = config.model_dump(mode="json", exclude=NOT_IN_RECORD)
    for name in INPUTS.keys() & decides.keys():
        path = Path(decides[name]) / f"{INPUTS[name]}.json"
        decides[f"{name}_record"] = sha256(path) if path.exists() else None
    return decides


def finish(stage: str, config: StageConfig, facts: dict[str, Any]) -> dict[str, Any]:
    """Write a stage's record, last; return its facts."""
    write_json(config.out / f"{stage}.json", {"stage": stage, "config": settings(config), "facts": facts})
    return facts


def finished(stage: str, config: StageConfig) -> dict[str, Any] | None:
    """The facts of a complete earlier run with this configuration, or None.

    Raises StageDiffers when the folder's record has another configuration: two runs never mix in one folder.
    """
    if not (config.out / f"{stage}.json").exists():
        return None
    before = record(stage, config.out)
    now = settings(config)
    different = sorted(name for name in now if before["config"].get(name) != now[name])
    if different:
        raise StageDiffers(f"{config.out} holds a {stage} run with another {', '.join(different)}; choose another out")
    facts: dict[str, Any] = before["facts"]
    return facts


def record(stage: str, folder: Path) -> dict[str, Any]:
    """A complete stage's record. Raises StageMissing when the stage has not run to its end there."""
    path = folder / f"{stage}.json"
    if not path.exists():
        raise StageMissing(f"{folder} has no {path.name}: run `python -m training {stage}` there first")
    value: dict[str, Any] = read_json(path)
    return value
