"""Makes Llama models with random weights and a real byte-level BPE tokenizer, for tests and benchmarks, not for use.

The tokens that would end generation have zero output weights, so that greedy text is as long as it is asked to be.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from llama_service.prompts import RULES, points_task, summary_task

SPECIAL = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
    "{{ message['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
_SUBJECTS = ("keeper", "sailor", "merchant", "captain", "widow", "gardener", "printer", "teacher", "river", "lantern")
_VERBS = ("counted", "carried", "watched", "followed", "remembered", "painted", "crossed", "opened", "gathered", "kept")
_OBJECTS = ("ships", "stones", "letters", "lamps", "horses", "maps", "coins", "windows", "stories", "orchards", "bells")
_PLACES = ("the reef", "the old bridge", "a quiet town", "the northern coast", "the market", "an empty house")


@dataclass(frozen=True)
class Shape:
    """The sizes of a Llama model; embeddings are a multiple of 256 where it will be quantised to K-quants."""

    embedding: int = 64
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 128
    vocabulary: int = 512
    context: int = 2048


SMALL = Shape()
BENCH = Shape(embedding=1024, layers=14, heads=16, kv_heads=8, feed_forward=3584, vocabulary=32_000, context=8192)


def prose(words: int, seed: int = 0) -> str:
    """Plain English sentences, at least `words` words, the same for the same seed."""
    random = np.random.default_rng(seed)
    found: list[str] = []
    count = 0
    while count < words:
        subject, verb, item, place = (str(random.choice(options)) for options in (_SUBJECTS, _VERBS, _OBJECTS, _PLACES))
        sentence = f"The {subject} {verb} the {item} of {place}, {int(random.integers(2, 99))} in all."
        found.append(sentence)
        count += len(sentence.split())
    return " ".join(found)


def write(
    path: Path,
    shape: Shape = SMALL,
    *,
    seed: int = 1,
    template: str | None = CHAT_TEMPLATE,
    architecture: str = "llama",
    half: bool = False,
) -> Path:
    """Write a model with random weights to `path`: float32, or float16 where `half`."""
    writer = GGUFWriter(path, architecture)
    writer.add_name("random")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    writer.add_rope_dimension_count(shape.embedding // shape.heads)
    writer.add_vocab_size(shape.vocabulary)
    _add_tokenizer(writer, shape.vocabulary, template)
    _add_weights(writer, shape, np.random.default_rng(seed), np.float16 if half else np.float32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_tokenizer(writer: GGUFWriter, size: int, template: str | None) -> None:
    tokens, merges = _train(size)
    kinds = [TokenType.CONTROL if token in SPECIAL else TokenType.NORMAL for token in tokens]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(tokens.index(SPECIAL[0]))
    writer.add_eos_token_id(tokens.index(SPECIAL[1]))
    writer.add_eot_token_id(tokens.index(SPECIAL[4]))
    writer.add_add_bos_token(True)
    if template is not None:
        writer.add_chat_template(template)


def _train(size: int) -> tuple[list[str], list[str]]:
    """Tokens and merges of a byte-level BPE trained on our own prose, filled up to `size` with unused words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=min(size, 2000) - len(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([prose(20_000), *[RULES, points_task(5), summary_task("medium")] * 50], trainer)
    vocabulary = tokenizer.get_vocab()
    words = sorted(vocabulary, key=vocabulary.__getitem__)
    words += [f"filler{index:05d}" for index in range(size - len(words) - len(SPECIAL))]
    state = tokenizer.to_str()
    return [*words, *SPECIAL], _merges(state)


def _merges(state: str) -> list[str]:
    return [" ".join(pair) if isinstance(pair, list) else pair for pair in json.loads(state)["model"]["merges"]]


def _add_weights(writer: GGUFWriter, shape: Shape, random: np.random.Generator, kind: type) -> None:
    def add(name: str, rows: int, columns: int, silent: int = 0) -> None:
        matrix = random.standard_normal((rows, columns), dtype=np.float32) / np.sqrt(columns)
        if silent:
            matrix[-silent:] = 0
        writer.add_tensor(name, matrix.astype(kind))

    def add_norm(name: str) -> None:
        writer.add_tensor(name, np.ones(shape.embedding, dtype=np.float32))

    keys = shape.embedding // shape.heads * shape.kv_heads
    add("token_embd.weight", shape.vocabulary, shape.embedding)
    add("output.weight", shape.vocabulary, shape.embedding, silent=len(SPECIAL))
    add_norm("output_norm.weight")
    for layer in range(shape.layers):
        prefix = f"blk.{layer}"
        add_norm(f"{prefix}.attn_norm.weight")
        add_norm(f"{prefix}.ffn_norm.weight")
        add(f"{prefix}.attn_q.weight", shape.embedding, shape.embedding)
        add(f"{prefix}.attn_k.weight", keys, shape.embedding)
        add(f"{prefix}.attn_v.weight", keys, shape.embedding)
        add(f"{prefix}.attn_output.weight", shape.embedding, shape.embedding)
        add(f"{prefix}.ffn_gate.weight", shape.feed_forward, shape.embedding)
        add(f"{prefix}.ffn_up.weight", shape.feed_forward, shape.embedding)
        add(f"{prefix}.ffn_down.weight", shape.embedding, shape.feed_forward)
