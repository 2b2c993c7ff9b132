"""Converts a checkpoint for CTranslate2. Imports torch, transformers and ctranslate2: used by `models.py` only."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from modelkit import store


def to_ctranslate2(source: Path, target: Path, quantization: str) -> None:
    """Write `source` (an `hf` folder) as a CTranslate2 model into `target`.

    Raises:
        ValueError, RuntimeError, OSError: the checkpoint is not one that can be converted.
    """
    from ctranslate2.converters import TransformersConverter

    with tempfile.TemporaryDirectory() as made:
        staged = Path(made)
        for path in store.files_under(source):
            (staged / path).symlink_to((source / path).resolve())
        config = store.read_json(source / "config.json")
        # The converter of ctranslate2 4.8 reads this member, which BartConfig of transformers 5 no longer sets.
        config.setdefault("normalize_before", False)
        (staged / "config.json").unlink()
        (staged / "config.json").write_text(json.dumps(config), encoding="utf-8")
        TransformersConverter(str(staged)).convert(str(target), quantization=quantization, force=True)
