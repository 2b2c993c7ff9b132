"""What train adds to transformers' Seq2SeqTrainer: the right loss, whole checkpoints, and room for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import Seq2SeqTrainer

from training import files
from training.config import TrainConfig
from training.encode import IGNORED
from training.errors import DiskFull, LossNotFinite

# Weights and AdamW's two moments, in fp32.
BYTES_PER_PARAMETER = 12


class Trainer(Seq2SeqTrainer):  # type: ignore[misc]
    """Seq2SeqTrainer that stops at the first loss that is no number and marks its whole checkpoints as such."""

    def __init__(self, run: TrainConfig, **options: Any) -> None:
        super().__init__(**options)
        self._run = run

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Cross-entropy per label of the whole optimiser step, so that 2 x 4 accumulated is the same as 8 at once.

        BART's own loss is the mean over one forward pass; transformers 5 believes that it already is what is wanted
        here, and so adds the means up: with 4 passes the loss and the gradients are 4 times too large.
        """
        loss, outputs = super().compute_loss(model, inputs, return_outputs=True)
        if num_items_in_batch is not None:
            loss = loss * (inputs["labels"] != IGNORED).sum() / num_items_in_batch
        return (loss, outputs) if return_outputs else loss

    def training_step(self, *arguments: Any, **options: Any) -> torch.Tensor:
        loss: torch.Tensor = super().training_step(*arguments, **options)
        if not torch.isfinite(loss):
            raise LossNotFinite(
                f"the loss became {float(loss)} after step {self.state.global_step} of {self.state.max_steps} "
                f"(learning rate {self._run.learning_rate:g}, {precision(self._run)}): "
                "lower the learning rate, or use fp32"
            )
        return loss

    def _save_checkpoint(self, *arguments: Any, **options: Any) -> None:
        folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        needed = self.model.num_parameters() * BYTES_PER_PARAMETER
        with room(folder, needed, folder.name):
            super()._save_checkpoint(*arguments, **options)
        files.write_json(folder / "run.json", files.settings(self._run))


@contextmanager
def room(folder: Path, needed: int, what: str) -> Iterator[None]:
    """Check that there is room, and turn any failure for want of it into DiskFull.

    safetensors and torch wrap the operating system's error in their own, without its number.
    """
    check_room(folder, needed, what)
    try:
        with files.disk_checked(folder):
            yield
    except (SafetensorError, RuntimeError) as error:
        if files.free_bytes(folder) < needed:
            raise DiskFull(_no_room(folder, needed, what)) from error
        raise


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise DiskFull, naming what it is for, unless so many bytes are free."""
    if files.free_bytes(folder) < needed:
        raise DiskFull(_no_room(folder, needed, what))


def _no_room(folder: Path, needed: int, what: str) -> str:
    free = files.free_bytes(folder)
    return f"no room for {what}: it takes about {needed:,} bytes, {free:,} are free under {folder.parent}"


def precision(config: TrainConfig) -> str:
    """fp32, fp16 or bf16: as configured, or the best that the device has."""
    if config.precision != "auto":
        return config.precision
    if not torch.cuda.is_available():
        return "fp32"
    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
