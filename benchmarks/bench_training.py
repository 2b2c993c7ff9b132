"""Training samples/s of the original system's recipe against ours: same model, rows and device, in one run.

The original padded every text to 1,024 tokens and every summary to 128, in batches of 2 with 4 accumulated. Ours keeps
the batches, pads to the longest of each, and puts texts of about one length together. Measured too: padding alone, and
the 8 examples of an optimiser step in one pass. Each round runs every recipe once over the same rows; the median
counts. Without a GPU it takes one core and counts processor seconds, so that neighbours on the machine do not change
the ratio. Run it as `BOOKS=folder python -m benchmarks.bench_training`, with three or more texts in the folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks._report import report
from training import files, prepare
from training.config import PrepareConfig, TrainConfig
from training.seeding import generator
from training.train import make_trainer

RECIPES: dict[str, dict[str, Any]] = {
    "original": {"padding": "max", "bucketing": False, "batch_size": 2, "accumulation": 4},
    "padding_to_longest": {"padding": "longest", "bucketing": False, "batch_size": 2, "accumulation": 4},
    "ours": {"padding": "longest", "bucketing": True, "batch_size": 2, "accumulation": 4},
    "ours_in_one_pass": {"padding": "longest", "bucketing": True, "batch_size": 8, "accumulation": 1},
}


def main() -> int:
    """Prepare the books, run the rounds, report; 2 where there are no books."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=96, help="training rows, drawn by a fixed seed; a multiple of 8")
    parser.add_argument("--rounds", type=int, default=3, help="times that each recipe is run")
    parser.add_argument("--size", choices=("tiny", "small", "base"), default="tiny", help="the model's size")
    options = parser.parse_args()
    books = os.environ.get("BOOKS")
    if not books:
        print("Set BOOKS to a folder with at least three .txt files.", file=sys.stderr)
        return 2
    if not torch.cuda.is_available():
        torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        rows = _rows(Path(books), Path(folder), options.rows)
        _samples_per_s(rows[:16], "ours", options.size, Path(folder))
        speeds: dict[str, list[float]] = {name: [] for name in RECIPES}
        for _ in range(options.rounds):
            for name in RECIPES:
                speeds[name].append(_samples_per_s(rows, name, options.size, Path(folder)))
    _report(speeds, len(rows), options.size)
    return 0


def _rows(books: Path, folder: Path, count: int) -> list[dict[str, Any]]:
    """Training rows as `prepare` makes them by default."""
    prepare.main(PrepareConfig(books=books, out=folder / "data", quiet=True))
    rows = files.read_lines(folder / "data" / "train.jsonl")
    return generator(7, "bench").sample(rows, min(count, len(rows) // 8 * 8))


def _samples_per_s(rows: list[dict[str, Any]], recipe: str, size: Any, folder: Path) -> float:
    """One pass over the rows with a fresh model of the same seed, without evaluation and saving."""
    config = TrainConfig(out=folder / "run", data=folder, from_scratch=size, epochs=1, quiet=True, **RECIPES[recipe])
    trainer, _ = make_trainer(config, rows, rows[:1])
    trainer.args.eval_strategy = trainer.args.save_strategy = "no"
    trainer.args.load_best_model_at_end = False
    clock = time.perf_counter if torch.cuda.is_available() else time.process_time
    started = clock()
    trainer.train()
    return len(rows) / (clock() - started)


def _report(speeds: dict[str, list[float]], rows: int, size: str) -> None:
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    original = medians["original"]
    report(
        "training",
        ("recipe", "samples/s", "times original", "slowest", "fastest"),
        [(name, medians[name], medians[name] / original, min(found), max(found)) for name, found in speeds.items()],
        {"vs_original_samples_per_s": medians["ours"] / original},
        {
            "samples_per_s": medians,
            "rows": rows,
            "model": size,
            "rounds": len(speeds["original"]),
            "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
            "torch": torch.__version__,
        },
    )


if __name__ == "__main__":
    sys.exit(main())
