"""Summaries from a trained model, a batch at a time: what evaluate scores. bart_service is the fast way to serve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from training import model as models
from training.config import TrainConfig
from training.progress import bar

_DEFAULTS = TrainConfig.model_fields


def generate_summary(text: str, model: str | Path) -> str:
    """The summary of one text by the model in a folder (or of a Hugging Face id); long texts are cut at its window."""
    return Generator(str(model)).summaries([text])[0]


class Generator:
    """A loaded model that writes summaries with its own generation config. Raises what training.model.load raises."""

    def __init__(self, name: str, num_beams: int | None = None, max_target: int | None = None) -> None:
        self._model, self._tokenizer = models.load(name)
        models.set_lengths(self._model, max_target or _DEFAULTS["max_target"].default)
        if num_beams is not None:
            self._model.generation_config.num_beams = num_beams
            self._model.generation_config.early_stopping = num_beams > 1
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model.to(self._device).eval()

    def summaries(self, texts: Sequence[str], batch_size: int = 8, quiet: bool = True) -> list[str]:
        """A summary for each text, in their order; texts of about one length share a batch."""
        found = [""] * len(texts)
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        batches = [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
        for places in bar(batches, "generate", quiet):
            for place, text in zip(places, self._batch([texts[place] for place in places]), strict=True):
                found[place] = text
        return found

    def _batch(self, texts: list[str]) -> list[str]:
        window = self._model.config.max_position_embeddings
        inputs: Any = self._tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=window)
        with torch.inference_mode():
            ids = self._model.generate(
                input_ids=inputs["input_ids"].to(self._device),
                attention_mask=inputs["attention_mask"].to(self._device),
                generation_config=self._model.generation_config,
            )
        return [text.strip() for text in self._tokenizer.batch_decode(ids, skip_special_tokens=True)]
