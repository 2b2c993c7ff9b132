"""BART on CTranslate2. The only module that imports ctranslate2, and only when the model thread loads it."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bart_service import store
from bart_service.checkpoint import Checkpoint
from bart_service.engine import Generation, OutOfMemory, Output, Piece
from modelkit.engine import EngineUnavailable, Status
from modelkit.store import Manifest, read

if TYPE_CHECKING:
    import ctranslate2

_LANES = 2
_GROUP = 4
_SHORTEST_SHARE = 5 / 6
_PREFERRED = {"cpu": ("int8", "float32"), "cuda": ("int8_float16", "float16", "int8", "float32")}


class CTranslate2Engine:
    """A converted model; `int8` on the CPU by default."""

    name = "ctranslate2"
    window: int
    generation: Generation

    def __init__(self, folder: Path, *, device: str = "auto", compute_type: str = "auto", threads: int = 0) -> None:
        self._folder, self._device, self._compute_type = folder, device, compute_type
        self._threads = threads or len(os.sched_getaffinity(0))
        self._wide: ctranslate2.Translator
        self._lanes: ctranslate2.Translator
        self._checkpoint: Checkpoint

    def load(self) -> None:
        """Verify the files and read the model.

        Raises:
            EngineUnavailable: a file is missing, damaged or of another format, or the device cannot be used.
        """
        import ctranslate2

        manifest = read(self._folder)
        self._checkpoint = Checkpoint.read(store.verify(self._folder, manifest, store.HF, but=store.WEIGHTS))
        self._device = self._device_found(ctranslate2.get_cuda_device_count())
        self._compute_type = self._chosen_type(ctranslate2.get_supported_compute_types(self._device))
        part = _part(manifest, self._compute_type)
        path = store.verify(self._folder, manifest, part)
        try:
            self._wide = self._translator(path, 1)
            self._lanes = self._translator(path, _LANES) if self._splits() else self._wide
        except (RuntimeError, ValueError) as error:
            raise EngineUnavailable(f"{part} of model {manifest.name} cannot be loaded: {_reason(error)}") from error
        self.window, self.generation = self._checkpoint.window, self._checkpoint.generation

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without special tokens."""
        return self._checkpoint.count(texts)

    def encode(self, text: str) -> tuple[int, ...]:
        """Token ids with the special tokens around them, cut at the window."""
        return self._checkpoint.encode(text)

    def generate(self, pieces: Sequence[Piece]) -> list[Output]:
        """A summary of each piece, by beam search; raises OutOfMemory."""
        groups = split([piece.cost for piece in pieces]) if self._splits() else [list(range(len(pieces)))]
        try:
            begun = [self._begin([pieces[index] for index in group], alone=len(pieces) == 1) for group in groups]
            results = [[result.result() for result in group] for group in begun]
        except (RuntimeError, MemoryError) as error:
            if "out of memory" in str(error).lower() or isinstance(error, MemoryError):
                raise OutOfMemory(_reason(error)) from error
            raise
        made = {
            index: self._output(result)
            for group, found in zip(groups, results, strict=True)
            for index, result in zip(group, found, strict=True)
        }
        return [made[index] for index in range(len(pieces))]

    def _begin(self, pieces: Sequence[Piece], *, alone: bool) -> list[Any]:
        """Start computing a group; the results are waited for."""
        point, vocabulary = self._checkpoint, self._checkpoint.vocabulary
        prefix = [] if point.forced_bos_id is None else [vocabulary[point.forced_bos_id]]
        model = self._wide if alone else self._lanes
        begun: list[Any] = model.translate_batch(
            [[vocabulary[token] for token in piece.ids] for piece in pieces],
            target_prefix=[prefix] * len(pieces) if prefix else None,
            max_input_length=0,
            asynchronous=True,
            **_options(pieces[0].generation, len(prefix)),
        )
        return begun

    def status(self) -> Status:
        """What it is; the device and the window are known once it is loaded."""
        window = getattr(self, "window", None)
        limits = {"input_tokens": window, "compute_type": self._compute_type, "threads": self._threads}
        return Status(self.name, self._folder.name, self._device, limits=limits, card=store.card(self._folder))

    def _output(self, result: Any) -> Output:
        tokens = result.hypotheses[0]
        numbers = self._checkpoint.tokenizer
        ids = [number for token in tokens if (number := numbers.token_to_id(token)) is not None]
        return self._checkpoint.output(ids)

    def _translator(self, path: Path, lanes: int) -> ctranslate2.Translator:
        import ctranslate2

        return ctranslate2.Translator(
            str(path),
            device=self._device,
            compute_type=self._compute_type,
            inter_threads=lanes,
            intra_threads=max(1, self._threads // lanes),
        )

    def _splits(self) -> bool:
        """On the CPU a batch is computed as groups, two side by side: threads that share one group wait for one another
        in every layer. One text alone has all threads. Costs the weights' memory twice."""
        return self._device == "cpu" and self._threads >= _LANES

    def _device_found(self, cards: int) -> str:
        if self._device == "cuda" and not cards:
            raise EngineUnavailable("BART_DEVICE=cuda cannot be used: CTranslate2 finds no CUDA device")
        return self._device if self._device != "auto" else ("cuda" if cards else "cpu")

    def _chosen_type(self, supported: set[str]) -> str:
        if self._compute_type == "auto":
            return next(kind for kind in _PREFERRED[self._device] if kind in supported)
        if self._compute_type not in supported:
            raise EngineUnavailable(
                f"BART_COMPUTE_TYPE={self._compute_type} cannot be used on this {self._device};"
                f" it has {', '.join(sorted(supported))}"
            )
        return self._compute_type


def split(lengths: Sequence[int]) -> list[list[int]]:
    """Indices of a batch in groups of nearly the same length, the longest first, enough for every lane.

    A group's attention is computed at the length of its longest text: beyond a sixth of padding that costs more than
    sharing the weights saves (measured: docs/performance.md).
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    most = min(_GROUP, math.ceil(len(order) / _LANES))
    groups: list[list[int]] = []
    for index in order:
        full = not groups or len(groups[-1]) == most
        if full or lengths[index] < _SHORTEST_SHARE * lengths[groups[-1][0]]:
            groups.append([])
        groups[-1].append(index)
    return groups


def _part(manifest: Manifest, compute_type: str) -> str:
    """The converted folder nearest to a number format: the library converts the weights when it loads them."""
    formats = store.formats(manifest)
    base = compute_type.split("_")[0]
    found = next((kind for kind in (compute_type, base, "float32", "int8") if kind in formats), base)
    return f"{store.CT2}{found}"


def _options(settings: Generation, prefix: int) -> dict[str, Any]:
    """The library's names for our settings."""
    return {
        "beam_size": settings.num_beams,
        "length_penalty": settings.length_penalty,
        "no_repeat_ngram_size": settings.no_repeat_ngram_size,
        "min_decoding_length": settings.min_tokens + prefix,
        "max_decoding_length": settings.max_tokens + prefix,
    }


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
