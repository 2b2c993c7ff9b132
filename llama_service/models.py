"""Which GGUF file the service uses, and `python -m llama_service.models` to fetch it. Nothing else is ever downloaded.

A model is a repository, a file, a revision and a SHA-256, or a local path; presets name the two of the original system.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests

from llama_service.config import CONTEXT_STEP, LlamaSettings
from servicekit.settings import SettingsError

_CHUNK = 1 << 16
_TIMEOUT_S = (10, 60)
_ATTEMPTS = 5
Show = Callable[[int, int | None], None]


class FetchFailed(Exception):
    """The model could not be fetched; the text says why and what to do."""


@dataclass(frozen=True)
class Preset:
    """A model known by name. Its checksum is not known here: set `LLAMA_MODEL_SHA256` to have it checked."""

    repo: str
    file: str
    n_ctx: int = 2028
    n_gpu_layers: int = 30


PRESETS = {
    "llama3-8b-alpaca": Preset("Adesoji7/llama3-8B-4Bit-InstructionTuned-Alpaca", "unsloth.Q4_K_M.gguf"),
    "llama3.1-8b-oig": Preset("Adesoji7/llama3.1-8B-4Bit-InstructionTuned-OIG", "unsloth.Q4_K_M.gguf"),
}


@dataclass(frozen=True)
class Source:
    """The model that the settings name: where its file is, and where it can be fetched (None for a local path)."""

    name: str
    path: Path
    n_ctx: int
    n_gpu_layers: int
    sha256: str | None = None
    url: str | None = None


def source(settings: LlamaSettings) -> Source:
    """The model of these settings; `n_ctx` is rounded up to a multiple of 256, which llama.cpp's memory needs."""
    preset = PRESETS.get(settings.preset, Preset("", ""))
    n_ctx = settings.n_ctx or preset.n_ctx
    n_ctx = -(-n_ctx // CONTEXT_STEP) * CONTEXT_STEP
    layers = preset.n_gpu_layers if settings.n_gpu_layers is None else settings.n_gpu_layers
    if settings.model_path is not None:
        return Source(settings.model_path.stem, settings.model_path, n_ctx, layers, settings.model_sha256)
    repo, file = settings.model_repo or preset.repo, settings.model_file or preset.file
    revision = settings.model_revision or "main"
    path = settings.home / "models" / "llama" / repo.replace("/", "--") / revision.replace("/", "--") / file
    url = f"{settings.hub_url.rstrip('/')}/{quote(repo)}/resolve/{quote(revision, safe='')}/{quote(file)}"
    return Source(f"{repo}/{file}", path, n_ctx, layers, settings.model_sha256, url)


def check(model: Source) -> str | None:
    """None if the file has the checksum it must have, else what is wrong.

    The sum is computed once for each size and modification time, and remembered beside the file.
    """
    if model.sha256 is None:
        return None
    stat = model.path.stat()
    stamp = {"sha256": model.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    note = model.path.with_name(model.path.name + ".checked.json")
    if _read_note(note) == stamp:
        return None
    found = sha256_of(model.path)
    if found != model.sha256:
        return f"{model.path.name} has SHA-256 {found[:12]}…, LLAMA_MODEL_SHA256 says {model.sha256[:12]}…"
    try:
        note.write_text(json.dumps(stamp))
    except OSError:
        return None  # a read-only model folder: the sum is computed again next time
    return None


def _read_note(note: Path) -> object:
    try:
        return json.loads(note.read_text())
    except (OSError, ValueError):
        return None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(model: Source, show: Show = lambda done, total: None, session: requests.Session | None = None) -> Path:
    """Download the model's file unless it is there, going on where an earlier attempt broke off.

    Args:
        show: called with bytes done and bytes in all, None if unknown.

    Raises:
        FetchFailed: nothing to fetch from, refused, broken off too often, wrong checksum, no space.
    """
    if model.path.is_file():
        return model.path
    if model.url is None:
        raise FetchFailed(f"there is no file {model.path}, and a local path cannot be fetched")
    part = model.path.with_name(model.path.name + ".part")
    try:
        model.path.parent.mkdir(parents=True, exist_ok=True)
        with session or requests.Session() as connection:
            _download(connection, model.url, part, show)
    except OSError as error:
        if isinstance(error, requests.RequestException):
            raise FetchFailed(f"the download broke off {_ATTEMPTS} times; run it again to go on with it") from None
        raise FetchFailed(f"{part} cannot be written: {error.strerror}") from None
    _verify(part, model.sha256)
    part.replace(model.path)
    return model.path


def _download(session: requests.Session, url: str, part: Path, show: Show) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            return _go_on(session, url, part, show)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
            if attempt == _ATTEMPTS - 1:
                raise
    return None


def _go_on(session: requests.Session, url: str, part: Path, show: Show) -> None:
    done = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={done}-", "Accept-Encoding": "identity"} if done else {"Accept-Encoding": "identity"}
    with session.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S) as response:
        if response.status_code == 416:
            return  # all of it is here already
        if response.status_code not in (200, 206):
            raise FetchFailed(f"{url} answered {response.status_code}: check repository, file and revision")
        if response.status_code == 200:
            done = 0
        length = response.headers.get("Content-Length")
        total = done + int(length) if length is not None else None
        with part.open("ab" if done else "wb") as file:
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                show(done, total)
            file.flush()
            os.fsync(file.fileno())
        if total is not None and done < total:
            raise requests.ConnectionError("the body ended early")


def _verify(part: Path, wanted: str | None) -> None:
    found = sha256_of(part)
    if wanted is not None and found != wanted:
        part.unlink()
        raise FetchFailed(f"the file has SHA-256 {found}, not {wanted}; it was removed")
    with part.open("rb") as file:
        if file.read(4) != b"GGUF":
            part.unlink()
            raise FetchFailed("what was downloaded is no GGUF file; it was removed")


def _progress(done: int, total: int | None) -> None:
    share = f"{done / total:6.1%} of {total / 1e9:.2f} GB" if total else f"{done / 1e9:.2f} GB"
    end = "\n" if total and done >= total else ""
    print(f"\r{share}", end=end, flush=True)


def main() -> int:
    """Fetch the configured model and print its checksum."""
    try:
        model = source(LlamaSettings.load())
        print(f"{model.name}: {model.url or model.path}")
        path = fetch(model, _progress)
    except (SettingsError, FetchFailed) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}\nLLAMA_MODEL_SHA256={sha256_of(path)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
