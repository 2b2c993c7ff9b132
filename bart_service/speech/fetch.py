"""`python -m bart_service.speech.fetch`: fetch neural voices once, from a hub or from a folder.

    fetch en_US-joe-medium     a Piper voice, by its name in rhasspy/piper-voices
    fetch kokoro               Kokoro-82M, with every speaker whose language eSpeak writes phonemes of
    fetch FOLDER               a folder with a Piper voice's .onnx and .onnx.json
    list                       what is there

Not used by the running service, which reads only what this has finished.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from pydantic import ValidationError

from bart_service.config import BartSettings
from bart_service.speech import voices
from modelkit.hub import FetchError, Hub, Snapshot, say
from servicekit.settings import SettingsError

PIPER, KOKORO = "rhasspy/piper-voices", "onnx-community/Kokoro-82M-v1.0-ONNX"
_PIPER_NAME = re.compile(r"([a-z]{2,3})_([A-Z]{2})-([\w-]+?)-(x_low|low|medium|high)")
_KOKORO_GRAPH, _KOKORO_TOKENIZER = "onnx/model_quantized.onnx", "tokenizer.json"
# The first letter of a Kokoro speaker. Japanese and Chinese are left out: eSpeak has no phonemes for their texts.
_KOKORO_LANGUAGES = {"a": "en-US", "b": "en-GB", "e": "es-ES", "f": "fr-FR", "h": "hi-IN", "i": "it-IT", "p": "pt-BR"}
_STYLE = (510, 1, 256)
_LICENCE = re.compile(r"^\W*licen[cs]e:\s*\[?([^\]\n(]+)", re.IGNORECASE | re.MULTILINE)


def fetch(source: str, root: Path, *, hub: Hub, repo: str | None = None, name: str | None = None) -> voices.Manifest:
    """Bring a voice into a folder of `root`; what was cut off is resumed, and a complete voice replaced last.

    Raises:
        FetchError: with one line that says what to do.
    """
    local = Path(source)
    if local.is_dir():
        graph = _only(local, "*.onnx")
        return _install_piper(root / (name or graph.stem), graph, f"folder {local.name}")
    if source == "kokoro":
        return _fetch_kokoro(root / (name or "kokoro-82m"), hub, repo or KOKORO)
    found = _PIPER_NAME.fullmatch(source)
    if not found:
        raise FetchError(f"{source!r} is neither a folder, nor kokoro, nor a Piper voice such as en_US-joe-medium")
    language, region, speaker, quality = found.groups()
    base = f"{language}/{language}_{region}/{speaker}/{quality}"
    snapshot = hub.snapshot(repo or PIPER)
    wanted = [f"{base}/{source}.onnx", f"{base}/{source}.onnx.json", f"{base}/MODEL_CARD"]
    staged = _download(hub, snapshot, wanted[:2], wanted[2:], root / f".fetch-{source}")
    manifest = _install_piper(root / (name or source), staged / wanted[0], f"{snapshot.repo}@{snapshot.commit}")
    shutil.rmtree(staged)
    return manifest


def _install_piper(folder: Path, graph: Path, source: str) -> voices.Manifest:
    config_path = graph.with_name(f"{graph.name}.json")
    config = _json(config_path)
    card = graph.with_name("MODEL_CARD")
    licence = _LICENCE.search(card.read_text(encoding="utf-8", errors="replace")) if card.is_file() else None
    files = {voices.GRAPH: graph, voices.CONFIG: config_path, **({"MODEL_CARD": card} if card.is_file() else {})}
    try:
        about = voices.piper_about(config, licence=licence[1].strip() if licence else "not stated", source=source)
        return voices.install(folder, files, about)
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        raise FetchError(f"{config_path.name} is not the configuration of a Piper voice") from error
    except OSError as error:
        raise FetchError(f"{folder} cannot be written: {error.strerror}") from error


def _fetch_kokoro(folder: Path, hub: Hub, repo: str) -> voices.Manifest:
    snapshot = hub.snapshot(repo)
    styles = [
        name
        for name in sorted(snapshot.files)
        if name.startswith("voices/") and name.endswith(".bin") and PurePosixPath(name).stem[0] in _KOKORO_LANGUAGES
    ]
    if not styles:
        raise FetchError(f"{repo} has no speakers")
    staged = _download(
        hub, snapshot, [_KOKORO_GRAPH, _KOKORO_TOKENIZER, *styles], [], folder.parent / f".fetch-{folder.name}"
    )
    vocabulary = _json(staged / _KOKORO_TOKENIZER).get("model", {}).get("vocab", {})
    (staged / voices.CONFIG).write_text(json.dumps({"vocab": vocabulary}, ensure_ascii=False), encoding="utf-8")
    tables = {PurePosixPath(name).stem: np.fromfile(staged / name, dtype="<f4") for name in styles}
    wrong = next((name for name, table in tables.items() if table.size != np.prod(_STYLE)), None)
    if wrong is not None:
        raise FetchError(f"speaker {wrong} of {repo} is not a table of 510 styles")
    shaped: dict[str, Any] = {name: table.reshape(_STYLE) for name, table in tables.items()}
    np.savez(staged / voices.STYLES, **shaped)
    manifest = voices.install(
        folder,
        {
            voices.GRAPH: staged / _KOKORO_GRAPH,
            voices.CONFIG: staged / voices.CONFIG,
            voices.STYLES: staged / voices.STYLES,
        },
        {
            "engine": "kokoro",
            "speakers": [{"name": name, "language": _KOKORO_LANGUAGES[name[0]]} for name in tables],
            "quality": "int8",
            "sample_rate": 24_000,
            "licence": "Apache-2.0",
            "source": f"{snapshot.repo}@{snapshot.commit}",
        },
    )
    shutil.rmtree(staged)
    return manifest


def _download(hub: Hub, snapshot: Snapshot, needed: list[str], extra: list[str], folder: Path) -> Path:
    missing = next((name for name in needed if name not in snapshot.files), None)
    if missing is not None:
        raise FetchError(f"{snapshot.repo} has no {missing}")
    folder.mkdir(parents=True, exist_ok=True)
    hub.download(snapshot, [*needed, *(name for name in extra if name in snapshot.files)], folder)
    return folder


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise FetchError(f"{folder} holds {len(found)} files {pattern}; one is a voice")
    return found[0]


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        value = None
    if not isinstance(value, dict):
        raise FetchError(f"{path.name} cannot be read as JSON")
    return value


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bart_service.speech.fetch", description="Fetch neural voices.")
    commands = parser.add_subparsers(dest="command", required=True)
    get = commands.add_parser("fetch", help="fetch a voice, or go on fetching it")
    get.add_argument("source", help="en_US-joe-medium, kokoro, or a folder")
    get.add_argument("--name", help="what to call it")
    get.add_argument("--repo", help="OWNER/NAME on the hub")
    commands.add_parser("list", help="list what is there")
    given = parser.parse_args(arguments)
    try:
        root = BartSettings.load().voices_folder()
        if given.command == "fetch":
            made = fetch(given.source, root, hub=Hub(), repo=given.repo, name=given.name)
            say(f"{made.id}: {len(made.speakers)} speaker(s), {made.licence}")
        else:
            for _, found in voices.installed(root):
                tags = sorted({speaker.language for speaker in found.speakers})
                print(f"{found.id}\t{found.engine}\t{', '.join(tags)}\t{found.licence}\t{found.source}")
    except (SettingsError, FetchError) as error:
        say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
