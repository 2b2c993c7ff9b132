"""What both neural engines need of a BART checkpoint beside its weights: tokenizer, window, generation settings.

Imports neither torch nor transformers: only `tokenizers`, which is safe for any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from bart_service.engine import Generation, Output
from modelkit import store
from modelkit.engine import EngineUnavailable

_BOS, _PAD, _EOS = "<s>", "<pad>", "</s>"
_MASK = "<mask>"  # the last token of BART's tokenizers, which summarising models leave out
_NO_LENGTH = 20  # the library's own default


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint's tokenizer and settings. `window` is in tokens of text, without the two special tokens."""

    tokenizer: Tokenizer
    window: int
    generation: Generation
    decoder_start_id: int
    forced_bos_id: int | None
    bos_id: int
    eos_id: int
    pad_id: int
    vocabulary: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> Checkpoint:
        """Read the `hf` part of a fetched model.

        Raises:
            EngineUnavailable: a file is missing or wrong, or the tokenizer does not fit the model.
        """
        config = store.read_json(folder / "config.json")
        settings = {**config, **store.read_json(folder / "generation_config.json")}
        if config.get("model_type") != "bart":
            raise EngineUnavailable("this model cannot be served: its config.json does not say model_type bart")
        tokenizer = _tokenizer(folder / "tokenizer.json")
        _check_fit(tokenizer, config)
        try:
            return cls(
                tokenizer=tokenizer,
                window=int(config["max_position_embeddings"]) - 2,
                generation=_generation(settings),
                decoder_start_id=int(settings.get("decoder_start_token_id", 2)),
                forced_bos_id=settings.get("forced_bos_token_id"),
                bos_id=int(config["bos_token_id"]),
                eos_id=int(config["eos_token_id"]),
                pad_id=int(config["pad_token_id"]),
                vocabulary=_vocabulary(tokenizer, int(config["vocab_size"])),
            )
        except (KeyError, TypeError, ValueError):
            raise EngineUnavailable("config.json of the model cannot be read: fetch it again") from None

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without special tokens."""
        return [len(made.ids) for made in self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def encode(self, text: str) -> tuple[int, ...]:
        """Token ids with the special tokens around them, cut at the window."""
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        return (self.bos_id, *ids[: self.window], self.eos_id)

    def output(self, ids: Sequence[int]) -> Output:
        """What a model wrote, its special tokens and the white space around it removed."""
        kept = [token for token in ids if token not in (self.bos_id, self.eos_id, self.pad_id)]
        return Output(str(self.tokenizer.decode(kept, skip_special_tokens=True)).strip(), len(kept))


def _tokenizer(path: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise EngineUnavailable("tokenizer.json of the model cannot be read: fetch it again") from error
    tokenizer.encode_special_tokens = True  # a text that contains `</s>` or `<mask>` means those characters
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _check_fit(tokenizer: Tokenizer, config: dict[str, Any]) -> None:
    size, known = config.get("vocab_size"), tokenizer.get_vocab_size()
    if not isinstance(size, int) or any(tokenizer.id_to_token(index) != _MASK for index in range(size, known)):
        raise EngineUnavailable(f"the tokenizer does not fit the model: it has {known} tokens, the model {size}")
    for token, name in ((_BOS, "bos_token_id"), (_PAD, "pad_token_id"), (_EOS, "eos_token_id")):
        if tokenizer.token_to_id(token) != config.get(name):
            raise EngineUnavailable(f"the tokenizer does not fit the model: its {token} is not the model's {name}")


def _vocabulary(tokenizer: Tokenizer, size: int) -> tuple[str, ...]:
    """The token of each id; ids that the tokenizer does not use get names of their own."""
    return tuple(tokenizer.id_to_token(index) or f"madeupword{index:04d}" for index in range(size))


def _generation(settings: dict[str, Any]) -> Generation:
    """The checkpoint's own settings, M31's where it has none. Its lengths count the special tokens."""
    names = {field.name for field in fields(Generation)} & {key for key, value in settings.items() if value is not None}
    given = {name: settings[name] for name in names}
    given["early_stopping"] = bool(given.get("early_stopping", True))
    lowest, highest = settings.get("min_length"), settings.get("max_length")
    if isinstance(highest, int) and highest > _NO_LENGTH:
        special = 1 + (settings.get("forced_bos_token_id") is not None)
        longest = highest - special - 1
        given |= {"max_tokens": longest, "min_tokens": min(max(0, int(lowest or 0) - special), longest)}
    if settings.get("num_beams") in (None, 1):
        given["num_beams"] = Generation().num_beams
    return Generation(**given)
