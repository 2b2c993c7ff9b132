"""Evaluation: the table, the intervals, the pictures, and predictions that are not made twice."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from tests.training.conftest import Run
from training import evaluate, files
from training.config import EvaluateConfig
from training.errors import ModelUnusable, StageMissing
from training.generation import Generator, generate_summary
from training.rouge import MEASURES

# The sentence that the original system tried its model on.
TRIED = (
    "Of course, it wouldn't really have pleased her at all to have one of her neighbors do better than she did. "
    "That was only her way of boasting that no one could beat her"
)


def config(run: Run, out: Path, **changes: Any) -> EvaluateConfig:
    return EvaluateConfig(
        data=run.data, run=run.run, out=out, **{"limit": 3, "num_beams": 1, "quiet": True, "resamples": 100, **changes}
    )


def test_every_system_is_scored_on_every_measure_with_an_interval(finished_run: Run) -> None:
    facts = files.record("evaluate", finished_run.report)["facts"]
    assert list(facts["systems"]) == ["lead-3", "extractive", "model"]
    for scores in facts["systems"].values():
        assert list(scores) == list(MEASURES)
        for value in scores.values():
            assert value["low"] <= value["mean"] <= value["high"]
    assert facts["systems"]["lead-3"]["novel_bigrams"]["mean"] == 0
    difference = facts["systems"]["model"]["rougeL"]["mean"] - facts["systems"]["lead-3"]["rougeL"]["mean"]
    assert facts["model_minus_lead"]["rougeL"]["mean"] == pytest.approx(difference)


def test_report_shows_table_samples_and_what_was_used(finished_run: Run) -> None:
    shown = (finished_run.report / "report.md").read_text("utf-8")
    facts = files.record("evaluate", finished_run.report)["facts"]
    lead = facts["systems"]["lead-3"]["rouge1"]
    assert f"| lead-3 | {lead['mean'] * 100:.1f} ({lead['low'] * 100:.1f}-{lead['high'] * 100:.1f}) |" in shown
    assert "trained from scratch" in shown
    assert shown.count("## Sample") == facts["rows"]


@pytest.mark.parametrize("name", ["loss.png", "rouge.png"])
def test_pictures_show_something(name: str, finished_run: Run) -> None:
    pixels = imread(finished_run.report / name)
    assert min(pixels.shape[:2]) >= 400
    assert pixels.std() > 0.05


def test_predictions_are_kept_and_not_made_again(
    finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = evaluate.main(config(finished_run, tmp_path))
    (tmp_path / "evaluate.json").unlink()

    def refuses(*arguments: Any) -> None:
        raise AssertionError("the model was loaded again")

    monkeypatch.setattr(evaluate, "Generator", refuses)
    assert evaluate.main(config(finished_run, tmp_path)) == facts


def test_pretrained_model_stands_beside_ours(finished_run: Run, tmp_path: Path) -> None:
    facts = evaluate.main(config(finished_run, tmp_path, pretrained=str(finished_run.run / "model"), limit=2))
    assert facts["systems"]["pretrained"] == facts["systems"]["model"]


def test_order_and_batches_do_not_change_what_is_written(finished_run: Run) -> None:
    rows = files.read_lines(finished_run.data / "test.jsonl")[:5]
    texts = [row["text"] for row in rows]
    model = Generator(str(finished_run.run / "model"), num_beams=1, max_target=24)
    together = model.summaries(texts, batch_size=5)
    assert together == [model.summaries([text])[0] for text in texts]
    assert together[::-1] == model.summaries(texts[::-1], batch_size=2)
    assert any(together)


@pytest.mark.parametrize("text", [TRIED, "", "word " * 3000, "東京 🦉"])
def test_any_text_is_answered(text: str, finished_run: Run) -> None:
    made = generate_summary(text, finished_run.run / "model")
    assert len(made.split()) <= 32


def test_lead_is_the_first_three_sentences() -> None:
    assert evaluate.lead("One. Two! Three? Four.") == "One. Two! Three?"


def test_run_must_be_trained_first_and_its_model_be_there(finished_run: Run, tmp_path: Path) -> None:
    with pytest.raises(StageMissing, match="python -m training train"):
        evaluate.main(config(Run(finished_run.data, tmp_path, tmp_path), tmp_path / "out"))
    shutil.copytree(finished_run.run / "model", tmp_path / "run" / "model")
    shutil.copy(finished_run.run / "train.json", tmp_path / "run")
    (tmp_path / "run" / "model" / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelUnusable):
        evaluate.main(config(Run(finished_run.data, tmp_path / "run", tmp_path), tmp_path / "out"))
