"""Fetched models on disk: a folder with a manifest written last, whose existence says that the folder is complete.

manifest.json     name, source, revision, every file with its size and SHA-256
...               the files, in the layout of the worker that loads them
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from modelkit.engine import EngineUnavailable

MANIFEST = "manifest.json"


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
    tools: dict[str, str] = {}


def is_complete(folder: Path) -> bool:
    """Whether a model was fetched completely into this folder."""
    return (folder / MANIFEST).is_file()


def why_absent(folder: Path, name: str = "") -> str | None:
    """Why no model (called `name`, or as the folder) can be loaded from here; None if one was fetched completely."""
    name = name or folder.name
    if is_complete(folder):
        return None
    if folder.is_dir():
        return f"model {name} has no manifest: its fetch was not finished; make models continues it"
    return f"model {name} is not on disk; make models fetches it"


def read(folder: Path) -> Manifest:
    """The manifest of a fetched model.

    Raises:
        EngineUnavailable: there is none, or it cannot be read.
    """
    absent = why_absent(folder)
    if absent is not None:
        raise EngineUnavailable(absent)
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError, UnicodeDecodeError):
        raise EngineUnavailable(f"the manifest of model {folder.name} cannot be read: fetch it again") from None


def begin(folder: Path) -> None:
    """Remove the manifest: from here on the model is incomplete."""
    (folder / MANIFEST).unlink(missing_ok=True)


def write(folder: Path, *, source: str, revision: str, name: str = "", tools: tuple[str, ...] = ()) -> Manifest:
    """Record every file below a folder, and write the manifest last.

    Args:
        name: the model's name, the folder's by default.
        tools: packages whose installed versions are recorded.
    """
    files = {path: record for path in files_under(folder) if (record := describe(folder / path)) is not None}
    manifest = Manifest(
        name=name or folder.name, source=source, revision=revision, files=files, tools=dict(_versions(tools))
    )
    draft = folder / f"{MANIFEST}.part"
    draft.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / MANIFEST)
    return manifest


def verify(folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Check size and SHA-256 of each of these files.

    Raises:
        EngineUnavailable: one is missing or differs.
    """
    for path, record in files.items():
        if describe(folder / path) != record:
            raise EngineUnavailable(f"model {folder.name} cannot be used: {path} is damaged; fetch it again")


def describe(path: Path) -> FileRecord | None:
    """Size and SHA-256 of a file; None if it cannot be read."""
    try:
        with path.open("rb") as file:
            return FileRecord(sha256=hashlib.file_digest(file, "sha256").hexdigest(), bytes=file.tell())
    except OSError:
        return None


def files_under(folder: Path) -> Iterator[str]:
    """Relative paths of the files below a folder, sorted, with slashes; without the manifest and hidden folders."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and not relative.name.startswith(MANIFEST):
            yield relative.as_posix()


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
        raise EngineUnavailable(f"{path.name} of the model cannot be read: fetch it again")
    return value


def _versions(packages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for package in packages:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue
