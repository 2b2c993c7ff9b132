"""Stage 6: the folder that bart_service loads, laid out as its store expects: hf/ with the files, manifest.json last.

The manifest's existence says that the folder is complete; it names every file with its size and SHA-256. hf/card.json
says what the model was trained on, how, and how well it scored. A model below lead-3 is refused unless forced.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from training import files
from training.config import ExportConfig
from training.errors import BelowBaseline, DiskFull, StageDiffers
from training.evaluate import LEAD, MODEL

MANIFEST = "manifest.json"
FORMAT = 1
FILES = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
# ROUGE-L alone can be reached with function words: an untrained model that repeated "the, of, and" passed lead-3 on it.
GATE = ("rouge2", "rougeL")


def main(config: ExportConfig) -> dict[str, Any]:
    """Write the folder; return the manifest's facts.

    Raises StageMissing, StageDiffers when the report is another model's, BelowBaseline, DiskFull.
    """
    trained, evaluated = files.record("train", config.run), files.record("evaluate", config.report)
    weights = config.run / "model" / "model.safetensors"
    if evaluated["facts"]["weights_sha256"] != files.sha256(weights):
        raise StageDiffers(f"the report in {config.report} is not of the model in {config.run}: evaluate it again")
    below = _below(evaluated["facts"]["systems"])
    if below and not config.force:
        raise BelowBaseline(f"the model is below lead-3 on {'; '.join(below)}; --force exports it all the same")
    folder = config.out / "hf"
    (config.out / MANIFEST).unlink(missing_ok=True)
    _copy(config.run / "model", folder)
    commit = _commit()
    files.write_json(folder / "card.json", _card(config, trained, evaluated["facts"], below, commit))
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": config.out.resolve().name,
        "source": f"training: {trained['facts']['kind']}",
        "revision": commit,
        "files": {f"hf/{path.name}": _described(path) for path in sorted(folder.iterdir())},
        "tools": {name: trained["facts"][name] for name in ("transformers", "torch")},
    }
    files.write_json(config.out / MANIFEST, manifest)
    return {"folder": str(config.out), "name": manifest["name"], "below_lead": below, "files": len(manifest["files"])}


def _below(systems: dict[str, Any]) -> list[str]:
    """The gate's measures on which the model's mean is under lead-3's, with the numbers."""
    pairs = {name: (systems[MODEL][name]["mean"] * 100, systems[LEAD][name]["mean"] * 100) for name in GATE}
    return [f"{name}: {ours:.1f} against {theirs:.1f}" for name, (ours, theirs) in pairs.items() if ours < theirs]


def _copy(source: Path, folder: Path) -> None:
    """The files that serving needs, and nothing that can run code: no pickle, no optimiser state."""
    needed = sum((source / name).stat().st_size for name in FILES)
    if files.free_bytes(folder) < needed:
        raise DiskFull(f"the export needs {needed:,} bytes, {files.free_bytes(folder):,} are free under {folder}")
    with files.disk_checked(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in FILES:
            shutil.copyfile(source / name, folder / name)


def _card(
    config: ExportConfig, trained: dict[str, Any], scores: dict[str, Any], below: list[str], commit: str
) -> dict[str, Any]:
    """What there is to know of the model before using it."""
    data = files.record("prepare", Path(trained["config"]["data"]))
    kept = ("rows", "augmented", "targets", "books", "left_out", "duplicates")
    return {
        "kind": trained["facts"]["kind"],
        "parameters": trained["facts"]["parameters"],
        "licence": config.licence,
        "commit": commit,
        "below_lead": below,
        "data": {"licence": data["config"]["licence"], **{name: data["facts"][name] for name in kept}},
        "preparation": data["config"],
        "training": trained,
        "scores": {name: scores[name] for name in ("split", "rows", "books", "systems", "model_minus_lead")},
    }


def _described(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": files.sha256(path)}


def _commit() -> str:
    """The commit of this code, with -dirty where files differ from it; unknown outside a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip() if done.returncode == 0 else "unknown"
