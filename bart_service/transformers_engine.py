"""BART on transformers and torch, the reference. The only module that imports them, when the model thread loads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bart_service import store
from bart_service.checkpoint import Checkpoint
from bart_service.engine import Generation, OutOfMemory, Output, Piece
from modelkit.engine import EngineUnavailable, Status
from modelkit.store import read

_DTYPES = {"float32": "float32", "float16": "float16", "bfloat16": "bfloat16"}


class TransformersEngine:
    """The checkpoint as it is: fp32 on the CPU, 16 bits and scaled dot-product attention on a GPU."""

    name = "transformers"
    window: int
    generation: Generation

    def __init__(self, folder: Path, *, device: str = "auto", compute_type: str = "auto", threads: int = 0) -> None:
        self._folder, self._device, self._compute_type, self._threads = folder, device, compute_type, threads
        self._torch: Any = None
        self._model: Any = None
        self._checkpoint: Checkpoint

    def load(self) -> None:
        """Verify the files and read the model.

        Raises:
            EngineUnavailable: a file is missing or damaged, or the device cannot be used.
        """
        import torch
        import transformers
        from safetensors import SafetensorError

        self._torch = torch
        manifest = read(self._folder)
        path = store.verify(self._folder, manifest, store.HF)
        self._checkpoint = Checkpoint.read(path)
        self._choose_device()
        if self._threads:
            torch.set_num_threads(self._threads)
        try:
            model = transformers.BartForConditionalGeneration.from_pretrained(
                path,
                dtype=getattr(torch, self._compute_type),
                attn_implementation="sdpa",
                use_safetensors=True,
                local_files_only=True,
            )
            self._model = model.to(self._device).eval()
        except (OSError, RuntimeError, ValueError, KeyError, SafetensorError) as error:
            raise EngineUnavailable(f"model {manifest.name} cannot be loaded: {str(error)[:200]}") from error
        self.window, self.generation = self._checkpoint.window, self._checkpoint.generation

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without special tokens."""
        return self._checkpoint.count(texts)

    def encode(self, text: str) -> tuple[int, ...]:
        """Token ids with the special tokens around them, cut at the window."""
        return self._checkpoint.encode(text)

    def generate(self, pieces: Sequence[Piece]) -> list[Output]:
        """A summary of each piece, by beam search over the padded batch; raises OutOfMemory."""
        import transformers

        torch, point = self._torch, self._checkpoint
        longest = max(len(piece.ids) for piece in pieces)
        ids = torch.full((len(pieces), longest), point.pad_id)
        for row, piece in enumerate(pieces):
            ids[row, : len(piece.ids)] = torch.tensor(piece.ids)
        config = transformers.GenerationConfig(**_options(pieces[0].generation, point))
        try:
            with torch.inference_mode():
                made = self._model.generate(
                    ids.to(self._device),
                    attention_mask=(ids != point.pad_id).to(self._device),
                    generation_config=config,
                )
        except (torch.OutOfMemoryError, MemoryError) as error:
            if self._device == "cuda":
                torch.cuda.empty_cache()
            raise OutOfMemory(str(error)[:200]) from error
        return [point.output(row.tolist()) for row in made]

    def status(self) -> Status:
        """What it is; the device and the window are known once it is loaded."""
        limits = {"input_tokens": getattr(self, "window", None), "compute_type": self._compute_type}
        return Status(self.name, self._folder.name, self._device, limits=limits, card=store.card(self._folder))

    def _choose_device(self) -> None:
        cuda = self._torch.cuda.is_available()
        if self._device == "cuda" and not cuda:
            raise EngineUnavailable("BART_DEVICE=cuda cannot be used: torch finds no CUDA device")
        if self._device == "auto":
            self._device = "cuda" if cuda else "cpu"
        if self._compute_type == "auto":
            half = "bfloat16" if cuda and self._torch.cuda.is_bf16_supported() else "float16"
            self._compute_type = half if self._device == "cuda" else "float32"
        if self._compute_type not in _DTYPES:
            raise EngineUnavailable(
                f"BART_COMPUTE_TYPE={self._compute_type} cannot be used; transformers has {', '.join(_DTYPES)}"
            )


def _options(settings: Generation, point: Checkpoint) -> dict[str, Any]:
    """The library's names for our settings. Its lengths count the start token and the forced one."""
    extra = 1 + (point.forced_bos_id is not None)
    return {
        "num_beams": settings.num_beams,
        "do_sample": False,
        "length_penalty": settings.length_penalty,
        "early_stopping": settings.early_stopping,
        "no_repeat_ngram_size": settings.no_repeat_ngram_size,
        # Beams are compared by normalised scores after tokens were ruled out, as CTranslate2 does.
        "renormalize_logits": True,
        "min_length": settings.min_tokens + extra,
        "max_length": settings.max_tokens + extra + 1,
        "decoder_start_token_id": point.decoder_start_id,
        "forced_bos_token_id": point.forced_bos_id,
        "forced_eos_token_id": point.eos_id,
        "bos_token_id": 0,
        "eos_token_id": point.eos_id,
        "pad_token_id": point.pad_id,
    }
