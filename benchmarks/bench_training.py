"""Training samples/s of the original system's recipe against ours: same model, rows and device, in one run.

    python benchmarks/bench_training.py --books FOLDER

The original padded every text to 1,024 tokens and every summary to 128, in batches of 2 with 4 accumulated. Ours keeps
the batches, pads to the longest of each, and puts texts of about one length together. Measured too: padding alone, and
the 8 examples of an optimiser step in one pass. Each round runs every recipe once over the same rows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from training import files, prepare
from training.config import PrepareConfig, TrainConfig
from training.seeding import generator
from training.train import make_trainer

RECIPES: dict[str, dict[str, Any]] = {
    "original": {"padding": "max", "bucketing": False, "batch_size": 2, "accumulation": 4},
    "dynamic_padding": {"padding": "longest", "bucketing": False, "batch_size": 2, "accumulation": 4},
    "ours": {"padding": "longest", "bucketing": True, "batch_size": 2, "accumulation": 4},
    "ours_in_one_pass": {"padding": "longest", "bucketing": True, "batch_size": 8, "accumulation": 1},
}


def main() -> None:
    """Prepare the books, run the rounds, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=Path, required=True, help="a folder of .txt files, at least three")
    parser.add_argument("--rows", type=int, default=64, help="training rows, drawn by a fixed seed; a multiple of 8")
    parser.add_argument("--rounds", type=int, default=2, help="times that each recipe is run; the median counts")
    parser.add_argument("--size", choices=("tiny", "small", "base"), default="tiny", help="the model's size")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare.main(PrepareConfig(books=options.books, out=Path(folder) / "data", quiet=True))
        rows = files.read_lines(Path(folder) / "data" / "train.jsonl")
        chosen = generator(7, "bench").sample(rows, min(options.rows, len(rows) // 8 * 8))
        _run({"from_nothing": options.size}, chosen[:16], Path(folder) / "warm-up", "ours")
        runs = [
            (name, _run({"from_nothing": options.size}, chosen, Path(folder) / f"{name}-{round_}", name))
            for round_ in range(options.rounds)
            for name in RECIPES
        ]
    _report({name: [speed for other, speed in runs if other == name] for name in RECIPES}, options, len(chosen))


def _run(model: dict[str, Any], rows: list[dict[str, Any]], out: Path, name: str) -> float:
    """Samples/s of one pass over the rows with a fresh model of the same seed."""
    config = TrainConfig(out=out, data=out, epochs=1, quiet=True, **model, **RECIPES[name])
    trainer, _ = make_trainer(config, rows, rows[:1])
    trainer.args.eval_strategy = trainer.args.save_strategy = "no"
    trainer.args.load_best_model_at_end = False
    started = time.perf_counter()
    trainer.train()
    return len(rows) / (time.perf_counter() - started)


def _report(speeds: dict[str, list[float]], options: argparse.Namespace, rows: int) -> None:
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    print(f"{rows} rows, a {options.size} model; the median of {options.rounds} rounds")
    print(f"{'recipe':18} {'samples/s':>10} {'ratio':>7}   rounds")
    for name, speed in medians.items():
        each = " ".join(f"{one:.2f}" for one in speeds[name])
        print(f"{name:18} {speed:10.2f} {speed / medians['original']:6.2f}x   {each}")
    machine = {"cpus": os.cpu_count(), "arch": platform.machine(), "torch": torch.__version__}
    machine["device"] = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    result = {
        "bench": "training",
        "machine": machine,
        "ratios": {"vs_original_samples_per_s": round(medians["ours"] / medians["original"], 2)},
        "detail": {"samples_per_s": {name: round(speed, 3) for name, speed in medians.items()}, "rows": rows},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
