"""Makes a checkpoint of a stated shape with random weights, once, and loads the product's engines with it."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from bart_service import models
from bart_service.ctranslate2_engine import CTranslate2Engine
from bart_service.engine import NeuralBatchEngine
from bart_service.transformers_engine import TransformersEngine
from modelkit import store


@dataclass(frozen=True)
class Shape:
    """The numbers that speed depends on."""

    name: str
    width: int
    encoder_layers: int
    decoder_layers: int
    heads: int
    inner: int
    vocabulary: int


# config.json of sshleifer/distilbart-cnn-12-6
DISTILBART_CNN_12_6 = Shape("distilbart-cnn-12-6-random", 1024, 12, 6, 16, 4096, 50264)
SMALL = Shape("small-random", 128, 2, 2, 4, 256, 2000)


def make(folder: Path, shape: Shape) -> Path:
    """Write the checkpoint and its conversions into `folder`, by the product's own command, unless they are there."""
    if store.is_complete(folder):
        return folder
    print(f"making a model of the shape {shape.name} with random weights in {folder} ...", file=sys.stderr, flush=True)
    source = folder.with_name(f"{folder.name}.source")
    _write_checkpoint(source, shape)
    models.fetch(str(source), folder, formats=["int8"])
    shutil.rmtree(source)
    return folder


def load(kind: str, folder: Path, compute_type: str, device: str = "cpu", threads: int = 0) -> NeuralBatchEngine:
    """One of the product's engines, loaded."""
    classes = {"transformers": TransformersEngine, "ctranslate2": CTranslate2Engine}
    engine: NeuralBatchEngine = classes[kind](folder, device=device, compute_type=compute_type, threads=threads)
    engine.load()
    return engine


def _write_checkpoint(folder: Path, shape: Shape) -> None:
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    config = BartConfig(
        vocab_size=shape.vocabulary,
        d_model=shape.width,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads,
        encoder_ffn_dim=shape.inner,
        decoder_ffn_dim=shape.inner,
        max_position_embeddings=1024,
        forced_bos_token_id=0,
        forced_eos_token_id=2,
    )
    BartForConditionalGeneration(config).save_pretrained(folder)
    _write_tokenizer(folder, shape.vocabulary)


def _write_tokenizer(folder: Path, size: int) -> None:
    """A tokenizer with a name for each id; the bench gives ids, so none of them has to mean anything."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    vocabulary = {name: index for index, name in enumerate(["<s>", "<pad>", "</s>", "<unk>"])}
    vocabulary |= {f"t{index}": index for index in range(4, size)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Whitespace(), decoders.Fuse()
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **names}))
