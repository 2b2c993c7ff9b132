"""Fetched models on disk: a folder, and a manifest written last, whose existence says that the folder is complete.

models/bart/NAME/
    manifest.json     name, source, revision, every file with its size and SHA-256
    hf/               config.json, generation_config.json, model.safetensors, tokenizer.json
    ct2-int8/         the same weights converted for CTranslate2, one folder a number format
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bart_service.engine import EngineUnavailable

MANIFEST = "manifest.json"
HF = "hf"
WEIGHTS = "model.safetensors"
CARD = "card.json"
CT2 = "ct2-"
_BLOCK = 1 << 20


class FileRecord(BaseModel):
    """Size in bytes and SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What is in a model's folder and where it came from. Paths are relative, with slashes."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    format: int = 1
    name: str
    source: str
    revision: str
    files: dict[str, FileRecord]
    tools: dict[str, str]

    def formats(self) -> list[str]:
        """The number formats there are for CTranslate2, such as `int8`."""
        return sorted({path.split("/")[0].removeprefix(CT2) for path in self.files if path.startswith(CT2)})


def card(folder: Path) -> dict[str, Any] | None:
    """What a training run wrote of its model (data, scores, licence), if the model came with such a card."""
    try:
        told = json.loads((folder / HF / CARD).read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def is_there(folder: Path) -> bool:
    """Whether a model was fetched completely into this folder."""
    return (folder / MANIFEST).is_file()


def read(folder: Path) -> Manifest:
    """The manifest of a fetched model.

    Raises:
        EngineUnavailable: there is none, or it cannot be read.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        half = " (its fetching was begun and not finished: run it again)" if folder.is_dir() else ""
        raise EngineUnavailable(f"has no model {folder.name} on disk{half}; run: make models") from None
    except (OSError, ValidationError, UnicodeDecodeError):
        raise EngineUnavailable(f"cannot read the manifest of model {folder.name}; fetch it again") from None


def verify(folder: Path, manifest: Manifest, part: str, *, but: str = "") -> Path:
    """Check size and SHA-256 of every file of a part (`hf`, `ct2-int8`) `but` one; returns the part's folder.

    Raises:
        EngineUnavailable: the part is not there, or a file of it is missing or differs.
    """
    wanted = {path: record for path, record in manifest.files.items() if path.startswith(f"{part}/")}
    wanted.pop(f"{part}/{but}", None)
    if not wanted:
        raise EngineUnavailable(f"needs {part} of model {manifest.name}, which was not made; run: make models")
    for path, record in wanted.items():
        if describe(folder / path) != record:
            raise EngineUnavailable(f"cannot use model {manifest.name}: {path} is damaged; fetch it again")
    return folder / part


def describe(path: Path) -> FileRecord | None:
    """Size and SHA-256 of a file; None if it cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except OSError:
        return None
    return FileRecord(bytes=size, sha256=digest.hexdigest())


def files_under(folder: Path) -> Iterator[str]:
    """Relative paths of the files below a folder, sorted, with slashes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; empty where there is no file.

    Raises:
        EngineUnavailable: it is not a JSON object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise EngineUnavailable(f"cannot read {path.name} of the model; fetch it again")
    return value
