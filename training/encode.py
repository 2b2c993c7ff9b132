"""Rows to token ids, with truncation counted, in one batched map of a Hugging Face dataset."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from datasets import Dataset

from training.config import TrainConfig
from training.splits import Row

# The label that the loss ignores. Padding labels with the pad token would teach the model to write padding.
IGNORED = -100


def encode(rows: Sequence[Row], tokenizer: Any, config: TrainConfig) -> tuple[Dataset, dict[str, int]]:
    """A dataset with input_ids, attention_mask, labels and length; and how many sources and targets were cut off."""
    plain = Dataset.from_dict({"text": [row["text"] for row in rows], "summary": [row["summary"] for row in rows]})
    encoded = plain.map(
        partial(_batch, tokenizer=tokenizer, config=config),
        batched=True,
        remove_columns=["text", "summary"],
        load_from_cache_file=False,
        keep_in_memory=True,
    )
    cut = {name: int(sum(encoded[name])) for name in ("sources_cut", "targets_cut")}
    return encoded.remove_columns(list(cut)), cut


def _batch(batch: dict[str, list[str]], tokenizer: Any, config: TrainConfig) -> dict[str, list[Any]]:
    sources = tokenizer(batch["text"], verbose=False)["input_ids"]
    targets = tokenizer(text_target=batch["summary"], verbose=False)["input_ids"]
    inputs = [_cut(ids, config.max_source) for ids in sources]
    labels = [_cut(ids, config.max_target) for ids in targets]
    masks = [[1] * len(ids) for ids in inputs]
    lengths = [len(ids) for ids in inputs]
    if config.padding == "max":
        inputs = [_pad(ids, config.max_source, tokenizer.pad_token_id) for ids in inputs]
        masks = [_pad(mask, config.max_source, 0) for mask in masks]
        labels = [_pad(ids, config.max_target, IGNORED) for ids in labels]
    return {
        "input_ids": inputs,
        "attention_mask": masks,
        "labels": labels,
        "length": lengths,
        "sources_cut": [int(len(ids) > config.max_source) for ids in sources],
        "targets_cut": [int(len(ids) > config.max_target) for ids in targets],
    }


def _cut(ids: list[int], longest: int) -> list[int]:
    """The first tokens and the end token."""
    return ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]]


def _pad(values: list[int], length: int, filler: int) -> list[int]:
    return values + [filler] * (length - len(values))
