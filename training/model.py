"""The BART model and its tokenizer: loaded from a checkpoint, or made from scratch.

Not here: training, and any other family of models, which is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer
from transformers import (
    AutoConfig,
    AutoTokenizer,
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    PreTrainedTokenizerFast,
)

from training import files
from training.config import Size, TrainConfig
from training.errors import ModelUnusable, SourceFailed, WrongArchitecture

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
ROLES = dict(
    zip(
        ("bos_token", "pad_token", "eos_token", "unk_token", "mask_token", "cls_token", "sep_token"),
        [*SPECIAL, "<s>", "</s>"],
        strict=True,
    )
)
# Layers (encoder and decoder alike), width, feed-forward width, heads; base is facebook/bart-base's shape.
SIZES: dict[Size, tuple[int, int, int, int]] = {
    "tiny": (2, 128, 512, 4),
    "small": (4, 384, 1536, 6),
    "base": (6, 768, 3072, 12),
}
SHAPE = (
    "vocab_size",
    "d_model",
    "encoder_layers",
    "decoder_layers",
    "encoder_ffn_dim",
    "decoder_ffn_dim",
    "encoder_attention_heads",
    "decoder_attention_heads",
    "max_position_embeddings",
)


def load(name: str) -> tuple[Any, Any]:
    """The model and tokenizer of a folder or Hugging Face id.

    Raises WrongArchitecture when it is no BART, ModelUnusable when files are absent, damaged or incomplete.
    """
    _check_json(Path(name))
    try:
        config = AutoConfig.from_pretrained(name)
        if config.model_type != "bart":
            raise WrongArchitecture(f"{name} is a {config.model_type} model, not a bart model")
        tokenizer = AutoTokenizer.from_pretrained(name)
        model, loading = BartForConditionalGeneration.from_pretrained(name, output_loading_info=True)
        # Saving validates it too, but that is an epoch later.
        model.generation_config.validate(strict=True)
    except WrongArchitecture:
        raise
    except Exception as error:  # tokenizers raises bare Exception, and transformers whatever comes
        raise ModelUnusable(f"{name} cannot be loaded: {_first_line(error)}") from error
    if loading["missing_keys"]:
        raise ModelUnusable(f"{name} lacks {len(loading['missing_keys'])} of its weights")
    if len(tokenizer) > config.vocab_size:
        raise ModelUnusable(f"{name}: its tokenizer has {len(tokenizer)} entries, its model {config.vocab_size}")
    return model, tokenizer


def _check_json(folder: Path) -> None:
    """Refuse a folder with a damaged JSON file: transformers passes over some of them, such as generation_config."""
    for path in sorted(folder.glob("*.json")):
        try:
            value = files.read_json(path)
        except SourceFailed as error:
            raise ModelUnusable(f"{folder} cannot be loaded: {path.name} is damaged") from error
        if not isinstance(value, dict):
            raise ModelUnusable(f"{folder} cannot be loaded: {path.name} is not a JSON object")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def make(config: TrainConfig, texts: Iterable[str]) -> tuple[Any, Any]:
    """A model with random weights and a byte-level BPE tokenizer trained on the texts. The caller seeds torch."""
    assert config.from_scratch is not None
    tokenizer = _tokenizer(texts, config.vocabulary, config.max_source)
    layers, width, inner, heads = SIZES[config.from_scratch]
    shape = BartConfig(
        vocab_size=len(tokenizer),
        encoder_layers=layers,
        decoder_layers=layers,
        d_model=width,
        encoder_ffn_dim=inner,
        decoder_ffn_dim=inner,
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        max_position_embeddings=max(1024, config.max_source),
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_bos_token_id=None,
        forced_eos_token_id=None,
    )
    model = BartForConditionalGeneration(shape)
    model.generation_config = GenerationConfig(
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_bos_token_id=0,
        forced_eos_token_id=2,
        num_beams=4,
        early_stopping=True,
        no_repeat_ngram_size=3,
    )
    return model, tokenizer


def _tokenizer(texts: Iterable[str], vocabulary: int, longest: int) -> Any:
    """BART's kind of tokenizer: byte-level BPE, `<s> text </s>`, and BART's ids for the special tokens."""
    made = Tokenizer(BPE())
    made.pre_tokenizer = ByteLevel(add_prefix_space=False)
    made.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=SPECIAL,
        initial_alphabet=ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    made.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=longest, **ROLES)


def set_lengths(model: Any, max_target: int) -> None:
    """Give the generation config a length where it has none: without one, generation stops at 20 tokens.

    Everything else of a checkpoint's generation config stays: BART's decoder starts with token 2, not 0.
    """
    if model.generation_config.max_length in (None, 20) and model.generation_config.max_new_tokens is None:
        model.generation_config.max_length = max_target


def check_same_shape(checkpoint: Path, model: Any) -> None:
    """Raise WrongArchitecture, naming the numbers, unless a checkpoint fits the model."""
    _check_json(checkpoint)
    try:
        other = AutoConfig.from_pretrained(checkpoint)
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnusable(f"{checkpoint} cannot be loaded: {_first_line(error)}") from error
    if other.model_type != model.config.model_type:
        raise WrongArchitecture(f"{checkpoint} holds a {other.model_type} model, this run is {model.config.model_type}")
    differ = [
        f"{name} {getattr(other, name)} there, {getattr(model.config, name)} here"
        for name in SHAPE
        if getattr(other, name) != getattr(model.config, name)
    ]
    if differ:
        raise WrongArchitecture(f"{checkpoint} has another architecture: {'; '.join(differ)}")
