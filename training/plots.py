"""The two pictures of a run as PNG: loss by step, and ROUGE by step and by system. Matplotlib without a window."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training import files
from training.rouge import ROUGE

_NAMES = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum"}


def loss(history: Sequence[dict[str, Any]], path: Path) -> None:
    """Training and validation loss by optimiser step, from the Trainer's log."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    _line(axes, history, "loss", "training", marker="")
    _line(axes, history, "eval_loss", "validation", marker="o")
    axes.set(xlabel="optimiser step", ylabel="cross-entropy per token", title="Loss")
    axes.legend()
    axes.grid(alpha=0.3)
    _save(figure, path)


def rouge(history: Sequence[dict[str, Any]], systems: dict[str, Any], path: Path) -> None:
    """On the left validation ROUGE by step, on the right each system's test ROUGE with its intervals."""
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name in ROUGE:
        _line(left, history, f"eval_{name}", _NAMES[name], marker="o", scale=100)
    left.set(xlabel="optimiser step", ylabel="F1, percent", title="Validation, the model")
    left.legend()
    left.grid(alpha=0.3)
    _bars(right, systems)
    _save(figure, path)


def _bars(axes: Axes, systems: dict[str, Any]) -> None:
    width = 0.8 / max(1, len(systems))
    for number, (system, scores) in enumerate(systems.items()):
        places = [place + (number - (len(systems) - 1) / 2) * width for place in range(len(ROUGE))]
        means = [scores[name]["mean"] * 100 for name in ROUGE]
        below = [(scores[name]["mean"] - scores[name]["low"]) * 100 for name in ROUGE]
        above = [(scores[name]["high"] - scores[name]["mean"]) * 100 for name in ROUGE]
        axes.bar(places, means, width, yerr=(below, above), capsize=2, label=system)
    axes.set_xticks(range(len(ROUGE)), [_NAMES[name] for name in ROUGE])
    axes.set(ylabel="F1, percent", title="Test, with 95 % intervals")
    # Room for the names above the bars.
    axes.margins(y=0.2)
    axes.legend(loc="upper center", ncols=len(systems))
    axes.grid(axis="y", alpha=0.3)


def _line(axes: Axes, history: Sequence[dict[str, Any]], key: str, label: str, marker: str, scale: float = 1) -> None:
    points = [(row["step"], row[key] * scale) for row in history if key in row]
    axes.plot([step for step, _ in points], [value for _, value in points], marker=marker, label=label)


def _save(figure: Figure, path: Path) -> None:
    FigureCanvasAgg(figure)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    files.write_bytes(path, picture.getvalue())
