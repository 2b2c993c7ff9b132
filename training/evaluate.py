"""Stage 5: how good the model is, beside lead-3, the extractive engine and, where named, a pretrained model.

Writes report.md, scores.json, predictions/, loss.png and rouge.png, with evaluate.json last. Texts are generated as in
serving; ROUGE of teacher-forced guesses would flatter the model. A system whose predictions are there is not run again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from textkit.extractive import summarise
from textkit.sentences import split
from training import files, plots, report, rouge
from training.config import EvaluateConfig
from training.errors import NoData
from training.generation import Generator
from training.seeding import generator
from training.splits import Row

MODEL = "model"
LEAD = "lead-3"
Summaries = Callable[[list[str]], list[str]]


def main(config: EvaluateConfig) -> dict[str, Any]:
    """Score every system on one sample of a split; return the scores.

    Raises StageMissing, NoData, ModelUnusable, WrongArchitecture, DiskFull.
    """
    done = files.finished("evaluate", config)
    if done is not None:
        return done
    trained = files.record("train", config.run)
    data = files.record("prepare", config.data)
    rows = sample(files.read_lines(config.data / f"{config.split}.jsonl"), config)
    texts = {name: _predict(name, make, rows, config) for name, make in _systems(config, trained).items()}
    sources, references = [row["text"] for row in rows], [row["summary"] for row in rows]
    values = {name: rouge.scores(sources, references, made) for name, made in texts.items()}
    facts: dict[str, Any] = {
        "weights_sha256": files.sha256(config.run / "model" / "model.safetensors"),
        "split": config.split,
        "rows": len(rows),
        "books": sorted({row["book"] for row in rows}),
        "systems": {name: rouge.intervals(found, config.resamples, config.seed) for name, found in values.items()},
        "model_minus_lead": _difference(values, config),
    }
    history = files.read_json(config.run / "history.json")
    plots.loss(history, config.out / "loss.png")
    plots.rouge(history, facts["systems"], config.out / "rouge.png")
    files.write_json(config.out / "scores.json", facts)
    files.write_text(config.out / "report.md", report.markdown(facts, trained, data, _shown(rows, texts, config)))
    return files.finish("evaluate", config, facts)


def sample(rows: Sequence[Row], config: EvaluateConfig) -> list[Row]:
    """At most `limit` rows, drawn by the seed, in their order."""
    if not rows:
        raise NoData(f"0 rows in {config.data / config.split}.jsonl")
    places = generator(config.seed, "evaluate").sample(range(len(rows)), min(config.limit, len(rows)))
    return [rows[place] for place in sorted(places)]


def lead(text: str, count: int = 3) -> str:
    """The first sentences of a text: the baseline that news summarisers are measured against."""
    return " ".join(sentence.text for sentence in split(text)[:count])


def _systems(config: EvaluateConfig, trained: dict[str, Any]) -> dict[str, Summaries]:
    """A way to write summaries for each system; models are loaded when their turn comes."""
    longest = int(trained["config"]["max_target"])

    def neural(name: str) -> Summaries:
        return lambda texts: Generator(name, config.num_beams, longest).summaries(
            texts, config.batch_size, config.quiet
        )

    systems: dict[str, Summaries] = {
        LEAD: lambda texts: [lead(text) for text in texts],
        "extractive": lambda texts: [summarise(text, length="short").summary for text in texts],
        MODEL: neural(str(config.run / "model")),
    }
    if config.pretrained:
        systems["pretrained"] = neural(config.pretrained)
    return systems


def _predict(name: str, make: Summaries, rows: Sequence[Row], config: EvaluateConfig) -> list[str]:
    """A system's summaries, kept in a file whose name stands for all that decides them."""
    decides = json.dumps([files.settings(config), files.record("train", config.run), [row["text"] for row in rows]])
    digest = hashlib.sha256(decides.encode("utf-8", "replace")).hexdigest()[:12]
    path = config.out / "predictions" / f"{name}-{digest}.jsonl"
    if not path.exists():
        made = make([row["text"] for row in rows])
        files.write_lines(path, ({"book": row["book"], "text": text} for row, text in zip(rows, made, strict=True)))
    return [row["text"] for row in files.read_lines(path)]


def _difference(values: dict[str, rouge.Scores], config: EvaluateConfig) -> dict[str, dict[str, float]]:
    """The model's ROUGE less lead-3's on the same texts, with paired intervals: one over 0 throughout is better."""
    paired = {
        name: [ours - theirs for ours, theirs in zip(values[MODEL][name], values[LEAD][name], strict=True)]
        for name in rouge.ROUGE
    }
    return rouge.intervals(paired, config.resamples, config.seed)


def _shown(rows: Sequence[Row], texts: dict[str, list[str]], config: EvaluateConfig) -> list[dict[str, Any]]:
    """The rows shown in the report: drawn by the seed, not chosen."""
    places = generator(config.seed, "samples").sample(range(len(rows)), min(config.samples, len(rows)))
    return [rows[place] | {"systems": {name: made[place] for name, made in texts.items()}} for place in places]
