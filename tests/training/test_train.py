"""Training: what it records, that it resumes exactly after kill -9, and each refusal."""

import errno
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Seq2SeqTrainer

from tests.training.conftest import Run
from tests.training.shelf import TINY
from training import files, train
from training.config import TrainConfig
from training.errors import (
    DiskFull,
    LossNotFinite,
    ModelUnusable,
    NoData,
    StageDiffers,
    StageMissing,
    WrongArchitecture,
)

# Dies by SIGKILL inside the second checkpoint: its weights are there, its marker is not.
KILLED = """
import json, os, signal, sys
import torch
from training import train
from training.config import TrainConfig

write, seen = train.files.write_json, []

def write_or_die(path, value):
    if path.name == "run.json":
        seen.append(path)
        if len(seen) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    write(path, value)

torch.set_num_threads(1)
train.files.write_json = write_or_die
train.main(TrainConfig(**json.loads(sys.argv[1])))
"""


def config(run: Run, out: Path, **changes: Any) -> TrainConfig:
    return TrainConfig(data=run.data, out=out, **{**TINY, "epochs": 1, **changes})


def test_record_says_what_the_run_used(finished_run: Run) -> None:
    facts = files.record("train", finished_run.run)["facts"]
    rows = files.record("prepare", finished_run.data)["facts"]["rows"]
    assert facts["kind"] == "trained from scratch"
    assert (facts["train_rows"], facts["validation_rows"]) == (rows["train"], min(3, rows["validation"]))
    assert facts["steps"] == 2 * -(-rows["train"] // 8)
    history = files.read_json(finished_run.run / "history.json")
    assert [row["epoch"] for row in history if "eval_rougeL" in row] == [1.0, 2.0]
    assert facts["best_rougeL"] == max(row["eval_rougeL"] for row in history if "eval_rougeL" in row)
    assert list((finished_run.run / "tensorboard").glob("events.out.tfevents.*"))


def test_loss_falls_and_starts_at_that_of_a_guess(finished_run: Run) -> None:
    losses = [row["loss"] for row in files.read_json(finished_run.run / "history.json") if "loss" in row]
    # The cross-entropy of an even guess over 600 entries is ln(600) = 6.4: the loss is per label, not per padded token.
    assert losses[0] == pytest.approx(6.4, abs=0.3)
    assert losses[-1] < losses[0] - 0.5


@pytest.mark.parametrize("padding", ["longest", "max"])
def test_accumulated_batches_and_padding_change_nothing(padding: str, finished_run: Run, tmp_path: Path) -> None:
    def first_step(**changes: Any) -> tuple[float, float]:
        rows = files.read_lines(finished_run.data / "train.jsonl")[:8]
        trainer, _ = train.make_trainer(config(finished_run, tmp_path, bucketing=False, **changes), rows, rows[:1])
        for module in trainer.model.modules():
            if hasattr(module, "dropout"):
                module.dropout = 0.0
        trainer.args.eval_strategy = trainer.args.save_strategy = "no"
        trainer.args.load_best_model_at_end = False
        trainer.train()
        row = next(row for row in trainer.state.log_history if "loss" in row)
        return row["loss"], float(row["grad_norm"])

    at_once = first_step(batch_size=8, accumulation=1)
    assert first_step(batch_size=2, accumulation=4, padding=padding) == pytest.approx(at_once, rel=1e-3)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Sums are bit-equal only if they are split in the same way, whatever other tests set."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_killed_run_continues_as_if_nothing_had_happened(finished_run: Run, tmp_path: Path) -> None:
    undisturbed, killed = config(finished_run, tmp_path / "a", epochs=2), config(finished_run, tmp_path / "b", epochs=2)
    train.main(undisturbed)
    child = subprocess.run([sys.executable, "-c", KILLED, killed.model_dump_json()], check=False, capture_output=True)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()[-2000:]
    steps = sorted(int(path.name.split("-")[1]) for path in (killed.out / "checkpoints").iterdir())
    assert len(steps) == 2
    assert not (killed.out / "checkpoints" / f"checkpoint-{steps[1]}" / "run.json").exists()
    train.main(killed)
    log = [row["step"] for row in files.read_json(killed.out / "history.json") if "loss" in row]
    assert log == list(range(1, 2 * steps[0] + 1))
    ours, theirs = (load_file(run.out / "model" / "model.safetensors") for run in (undisturbed, killed))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_finished_run_returns_at_once_and_another_configuration_is_refused(finished_run: Run) -> None:
    same = config(finished_run, finished_run.run, epochs=2)
    assert train.main(same) == files.record("train", finished_run.run)["facts"]
    with pytest.raises(StageDiffers, match="another learning_rate"):
        train.main(same.model_copy(update={"learning_rate": 0.5}))


def test_fine_tuning_says_so_and_starts_from_the_model(finished_run: Run, tmp_path: Path) -> None:
    model = str(finished_run.run / "model")
    facts = train.main(config(finished_run, tmp_path, from_scratch=None, model=model, gradient_checkpointing=True))
    assert facts["kind"] == f"fine-tuned from {model}"
    last = [row["loss"] for row in files.read_json(finished_run.run / "history.json") if "loss" in row][-1]
    first = next(row["loss"] for row in files.read_json(tmp_path / "history.json") if "loss" in row)
    assert first < last + 0.5


def test_nan_loss_stops_the_run_and_leaves_no_model(finished_run: Run, tmp_path: Path) -> None:
    poisoned = tmp_path / "poisoned"
    shutil.copytree(finished_run.run / "model", poisoned)
    weights = load_file(poisoned / "model.safetensors")
    weights["final_logits_bias"] += float("nan")
    save_file(weights, poisoned / "model.safetensors", {"format": "pt"})
    with pytest.raises(LossNotFinite, match=r"became nan after step 0 of \d+ \(learning rate 0\.001, fp32\)"):
        train.main(config(finished_run, tmp_path / "out", from_scratch=None, model=str(poisoned)))
    assert not (tmp_path / "out" / "model").exists()


def test_too_little_room_is_refused_before_training(
    finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1_000_000))
    with pytest.raises(DiskFull, match=r"no room for 3 checkpoints: it takes about [\d,]+ bytes, 1,000,000 are free"):
        train.main(config(finished_run, tmp_path))


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("write failed")])
def test_disk_that_fills_up_at_a_checkpoint_is_named_and_the_run_can_continue(
    error: Exception, finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [10**12]
    monkeypatch.setattr(files.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free[0]))
    whole = Seq2SeqTrainer._save_checkpoint

    def fails(trainer: Any, *arguments: Any, **options: Any) -> None:
        whole(trainer, *arguments, **options)
        free[0] = 5
        raise error

    monkeypatch.setattr(Seq2SeqTrainer, "_save_checkpoint", fails)
    with pytest.raises(DiskFull, match=r"5 (bytes|are) free"):
        train.main(config(finished_run, tmp_path))
    monkeypatch.undo()
    assert train.main(config(finished_run, tmp_path))["steps"] > 0


def test_checkpoint_of_another_architecture_is_refused_with_the_numbers(finished_run: Run, tmp_path: Path) -> None:
    shutil.copytree(finished_run.run / "checkpoints", tmp_path / "checkpoints")
    with pytest.raises(WrongArchitecture, match="vocab_size 600 there, 500 here"):
        train.main(config(finished_run, tmp_path, vocabulary=500))


def test_checkpoint_of_another_run_is_refused(finished_run: Run, tmp_path: Path) -> None:
    shutil.copytree(finished_run.run / "checkpoints", tmp_path / "checkpoints")
    with pytest.raises(StageDiffers, match="another epochs, seed"):
        train.main(config(finished_run, tmp_path, seed=8))


def test_checkpoint_that_is_damaged_is_refused(finished_run: Run, tmp_path: Path) -> None:
    shutil.copytree(finished_run.run / "checkpoints", tmp_path / "checkpoints")
    for path in (tmp_path / "checkpoints").glob("*/config.json"):
        path.write_text("{")
    with pytest.raises(ModelUnusable, match=r"config\.json is damaged"):
        train.main(config(finished_run, tmp_path, epochs=2))


def test_data_must_be_prepared_first(finished_run: Run, tmp_path: Path) -> None:
    with pytest.raises(StageMissing, match="python -m training prepare"):
        train.main(TrainConfig(data=tmp_path, out=tmp_path / "out", **TINY))
    (tmp_path / "prepare.json").write_text(json.dumps({"facts": {}}))
    for name in ("train", "validation"):
        (tmp_path / f"{name}.jsonl").write_text("")
    with pytest.raises(NoData, match="0 training and 0 validation rows"):
        train.main(TrainConfig(data=tmp_path, out=tmp_path / "out", **TINY))
