"""The layout of a fetched BART model; see `modelkit.store` for its manifest.

models/bart/NAME/
    manifest.json     name, source, revision, every file with its size and SHA-256
    hf/               config.json, generation_config.json, model.safetensors, tokenizer.json
    ct2-int8/         the same weights converted for CTranslate2, one folder a number format
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelkit import store
from modelkit.engine import EngineUnavailable
from modelkit.store import Manifest

HF = "hf"
WEIGHTS = "model.safetensors"
CARD = "card.json"
CT2 = "ct2-"


def formats(manifest: Manifest) -> list[str]:
    """The number formats there are for CTranslate2, such as `int8`."""
    return sorted({path.split("/")[0].removeprefix(CT2) for path in manifest.files if path.startswith(CT2)})


def card(folder: Path) -> dict[str, Any] | None:
    """What a training run wrote of its model (data, scores, licence), if the model came with such a card."""
    try:
        return store.read_json(folder / HF / CARD) or None
    except EngineUnavailable:
        return None


def verify(folder: Path, manifest: Manifest, part: str, *, but: str = "") -> Path:
    """Check size and SHA-256 of every file of a part (`hf`, `ct2-int8`) `but` one; returns the part's folder.

    Raises:
        EngineUnavailable: the part is not there, or a file of it is missing or differs.
    """
    wanted = {path: record for path, record in manifest.files.items() if path.startswith(f"{part}/")}
    wanted.pop(f"{part}/{but}", None)
    if not wanted:
        raise EngineUnavailable(f"model {manifest.name} has no part {part}; run: make models")
    store.verify(folder, wanted)
    return folder / part
