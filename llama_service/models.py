"""Which GGUF file the service uses, and `python -m llama_service.models` to fetch it. Nothing else is ever downloaded.

A model is a repository, a file, a revision and a SHA-256, or a local path; presets name the two of the original system.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from llama_service.config import CONTEXT_STEP, LlamaSettings
from modelkit import store
from modelkit.engine import EngineUnavailable
from modelkit.hub import FetchError, Hub, say
from servicekit.settings import SettingsError

_MAGIC = b"GGUF"


@dataclass(frozen=True)
class Preset:
    """A model known by name. Its checksum is not known here: set `LLAMA_MODEL_SHA256` to have it checked."""

    repo: str
    file: str
    n_ctx: int | None = 2028
    n_gpu_layers: int = 30


PRESETS = {
    "llama3-8b-alpaca": Preset("Adesoji7/llama3-8B-4Bit-InstructionTuned-Alpaca", "unsloth.Q4_K_M.gguf"),
    "llama3.1-8b-oig": Preset("Adesoji7/llama3.1-8B-4Bit-InstructionTuned-OIG", "unsloth.Q4_K_M.gguf"),
}


@dataclass(frozen=True)
class Source:
    """The model that the settings name: its file, and the repository it is fetched from (None for a local path).

    `n_ctx` None: as much as the model was trained for and the memory holds.
    """

    name: str
    path: Path
    n_ctx: int | None
    n_gpu_layers: int
    sha256: str | None = None
    repo: str | None = None
    revision: str = "main"


def source(settings: LlamaSettings) -> Source:
    """The model of these settings; `n_ctx` is rounded up to a multiple of 256, which llama.cpp's memory needs."""
    preset = PRESETS.get(settings.preset, Preset("", "", n_ctx=None))
    n_ctx = settings.n_ctx or preset.n_ctx
    n_ctx = -(-n_ctx // CONTEXT_STEP) * CONTEXT_STEP if n_ctx else None
    layers = preset.n_gpu_layers if settings.n_gpu_layers is None else settings.n_gpu_layers
    if settings.model_path is not None:
        return Source(settings.model_path.stem, settings.model_path, n_ctx, layers, settings.model_sha256)
    repo, file = settings.model_repo or preset.repo, settings.model_file or preset.file
    revision = settings.model_revision or "main"
    folder = settings.home / "models" / "llama" / repo.replace("/", "--") / revision.replace("/", "--")
    return Source(f"{repo}/{file}", folder / file, n_ctx, layers, settings.model_sha256, repo, revision)


def why_absent(model: Source) -> str | None:
    """Why the model's file cannot be loaded, before anything is tried; None if it can."""
    if model.repo is not None and (absent := store.why_absent(model.path.parent, model.name)) is not None:
        return absent
    return None if model.path.is_file() else f"there is no file {model.path}: run make models, or set LLAMA_MODEL_PATH"


def check(model: Source) -> None:
    """Check that the file is there and has the checksum that the setting or its manifest names, if one does.

    The sum is computed once for each size and modification time, and remembered beside the file.

    Raises:
        EngineUnavailable: it is missing or differs.
    """
    absent = why_absent(model)
    if absent is not None:
        raise EngineUnavailable(absent)
    wanted = model.sha256 or _recorded(model)
    if wanted is None:
        return
    stat = model.path.stat()
    stamp = {"sha256": wanted, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    stamp_file = model.path.with_name(f".{model.path.name}.checked.json")
    if _read_stamp(stamp_file) == stamp:
        return
    found = store.describe(model.path)
    if found is None or found.sha256 != wanted:
        name = "LLAMA_MODEL_SHA256" if model.sha256 else "its manifest"
        shown = found.sha256[:12] if found else "none"
        raise EngineUnavailable(f"{model.path.name} has SHA-256 {shown}…, {name} says {wanted[:12]}…: fetch it again")
    try:
        stamp_file.write_text(json.dumps(stamp))
    except OSError:
        return  # a read-only model folder: the sum is computed again next time


def _recorded(model: Source) -> str | None:
    """The checksum that a fetched file had."""
    if model.repo is None:
        return None
    record = store.read(model.path.parent).files.get(model.path.name)
    return None if record is None else record.sha256


def _read_stamp(path: Path) -> object:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def fetch(model: Source, hub: Hub | None = None) -> Path:
    """Download the model's file unless it is there, going on where an earlier attempt stopped; the manifest is last.

    Raises:
        FetchError: there is nothing to fetch from, the hub refuses, or the file is not the right one.
    """
    folder, name = model.path.parent, model.path.name
    if why_absent(model) is None:
        return model.path
    if model.repo is None:
        raise FetchError(f"there is no file {model.path}, and a local path cannot be fetched")
    hub = hub or Hub()
    found = hub.snapshot(model.repo, model.revision)
    if name not in found.files:
        others = ", ".join(sorted(path for path in found.files if path.endswith(".gguf"))[:10])
        raise FetchError(f"{model.repo} has no file {name}; its GGUF files: {others or 'none'}")
    store.begin(folder)
    folder.mkdir(parents=True, exist_ok=True)
    hub.download(found, [name], folder)
    _verify(model)
    store.write(folder, name=model.name, source=model.repo, revision=found.commit)
    return model.path


def _verify(model: Source) -> None:
    with model.path.open("rb") as file:
        magic = file.read(len(_MAGIC))
    if magic != _MAGIC:
        model.path.unlink()
        raise FetchError(f"{model.path.name} is not a GGUF file; it was deleted")
    found = store.describe(model.path)
    if found is not None and model.sha256 not in (None, found.sha256):
        model.path.unlink()
        raise FetchError(f"{model.path.name} has SHA-256 {found.sha256}, not {model.sha256}; it was deleted")


def main() -> int:
    """Fetch the configured model and print its checksum."""
    try:
        model = source(LlamaSettings.load())
        say(f"{model.name} -> {model.path}")
        path = fetch(model)
    except (SettingsError, FetchError) as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"{error.filename or 'the disk'}: {error.strerror}")
        return 1
    found = store.describe(path)
    if found is not None:
        print(f"{path}\nLLAMA_MODEL_SHA256={found.sha256}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
