"""Makes tiny real BART checkpoints with a real byte-level BPE tokenizer, in about a second."""

from __future__ import annotations

import json
import random
from pathlib import Path

_WORDS = """
    harbour captain lantern storm garden letter river winter silver bridge teacher village music engine forest market
    window doctor island summer paper kitchen mountain stranger candle horse carpenter ocean question answer morning
"""
_VERBS = "saw carried followed remembered painted answered crossed built lost found sold wrote watched kept"
WORDS, VERBS = _WORDS.split(), _VERBS.split()


def sentence(rng: random.Random) -> str:
    """A sentence of invented prose."""
    words = [rng.choice(WORDS) for _ in range(rng.randint(2, 9))]
    return f"The {words[0]} {rng.choice(VERBS)} the {' and the '.join(words[1:])}."


def prose(seed: int, sentences: int) -> str:
    """Invented prose of so many sentences; the same for the same seed."""
    rng = random.Random(seed)
    return " ".join(sentence(rng) for _ in range(sentences))


def save_tokenizer(folder: Path, size: int = 600) -> int:
    """Train a byte-level BPE tokenizer with BART's special tokens; returns how many tokens it knows."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([prose(seed, 50) for seed in range(20)], trainer)
    tokenizer.add_special_tokens(["<mask>"])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    }
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 128, **names})
    )
    return tokenizer.get_vocab_size()


def save_checkpoint(
    folder: Path, *, positions: int = 128, seed: int = 0, size: int = 64, eager: float = 6.0, mask_outside: bool = False
) -> Path:
    """A checkpoint in the layout of the hub: random weights, spread widely enough for lively beams.

    `eager` is how likely the end is; `mask_outside` leaves the last token out of the model, as DistilBART does.
    """
    import torch
    from transformers import BartConfig, BartForConditionalGeneration, GenerationConfig

    folder.mkdir(parents=True, exist_ok=True)
    known = save_tokenizer(folder)
    torch.manual_seed(seed)
    config = BartConfig(
        vocab_size=known - mask_outside,
        d_model=size,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=2 * size,
        decoder_ffn_dim=2 * size,
        max_position_embeddings=positions,
        init_std=0.35,
        forced_bos_token_id=0,
        forced_eos_token_id=2,
    )
    model = BartForConditionalGeneration(config)
    model.final_logits_bias[0, 2] = eager
    model.generation_config = GenerationConfig(
        num_beams=4,
        min_length=4,
        max_length=24,
        early_stopping=True,
        no_repeat_ngram_size=3,
        length_penalty=2.0,
        decoder_start_token_id=2,
        forced_bos_token_id=0,
        forced_eos_token_id=2,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=1,
    )
    model.save_pretrained(folder)
    return folder
