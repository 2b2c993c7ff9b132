"""Export: the folder, its manifest, its card, and the gate."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.training.conftest import Run
from training import export, files
from training.config import ExportConfig
from training.errors import BelowBaseline, DiskFull, StageDiffers


def config(run: Run, out: Path, **changes: Any) -> ExportConfig:
    return ExportConfig(run=run.run, report=run.report, out=out, **{"licence": "apache-2.0", "force": True, **changes})


def scored(run: Run, out: Path, **means: float) -> Run:
    """The same run with a report in which the model has other means than it has."""
    shutil.copytree(run.report, out)
    record = files.read_json(out / "evaluate.json")
    for name, mean in means.items():
        record["facts"]["systems"]["model"][name]["mean"] = mean
        record["facts"]["systems"]["lead-3"][name]["mean"] = 0.2
    (out / "evaluate.json").write_text(json.dumps(record))
    return run._replace(report=out)


def test_manifest_names_every_file_with_its_digest(finished_run: Run, tmp_path: Path) -> None:
    export.main(config(finished_run, tmp_path / "visis-tiny"))
    manifest = files.read_json(tmp_path / "visis-tiny" / "manifest.json")
    assert (manifest["format"], manifest["name"]) == (1, "visis-tiny")
    assert manifest["source"] == "training: trained from scratch"
    paths = (tmp_path / "visis-tiny" / "hf").iterdir()
    found = {f"hf/{path.name}": {"bytes": path.stat().st_size, "sha256": files.sha256(path)} for path in paths}
    assert manifest["files"] == found
    assert {"hf/model.safetensors", "hf/tokenizer.json", "hf/generation_config.json", "hf/card.json"} <= set(found)
    assert not any(name.endswith((".bin", ".pt", ".pth")) for name in found)


def test_card_says_data_training_scores_commit_and_licence(finished_run: Run, tmp_path: Path) -> None:
    export.main(config(finished_run, tmp_path / "visis-tiny"))
    card = files.read_json(tmp_path / "visis-tiny" / "hf" / "card.json")
    assert card["licence"] == "apache-2.0"
    assert card["data"]["rows"] == files.record("prepare", finished_run.data)["facts"]["rows"]
    assert card["training"]["config"]["learning_rate"] == 1e-3
    assert set(card["scores"]["systems"]) == {"lead-3", "extractive", "model"}
    assert card["commit"]


@pytest.mark.parametrize(("rouge2", "rouge_l"), [(0.1, 0.3), (0.3, 0.1), (0.1, 0.1)])
def test_model_below_lead_is_refused_with_the_numbers_unless_forced(
    rouge2: float, rouge_l: float, finished_run: Run, tmp_path: Path
) -> None:
    run = scored(finished_run, tmp_path / "report", rouge2=rouge2, rougeL=rouge_l)
    with pytest.raises(BelowBaseline, match=r"10\.0 against 20\.0.*--force"):
        export.main(config(run, tmp_path / "out", force=False))
    assert not (tmp_path / "out").exists()
    assert export.main(config(run, tmp_path / "out"))["below_lead"]


def test_model_above_lead_needs_no_force(finished_run: Run, tmp_path: Path) -> None:
    run = scored(finished_run, tmp_path / "report", rouge2=0.3, rougeL=0.3)
    assert export.main(config(run, tmp_path / "out", force=False))["below_lead"] == []


def test_report_of_another_model_is_refused(finished_run: Run, tmp_path: Path) -> None:
    shutil.copytree(finished_run.run, tmp_path / "run")
    with (tmp_path / "run" / "model" / "model.safetensors").open("ab") as weights:
        weights.write(b"\0")
    with pytest.raises(StageDiffers, match="evaluate it again"):
        export.main(config(finished_run._replace(run=tmp_path / "run"), tmp_path / "out"))


def test_full_disk_leaves_no_manifest(finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export.main(config(finished_run, tmp_path / "out"))
    monkeypatch.setattr(files.shutil, "disk_usage", lambda folder: SimpleNamespace(free=10))
    with pytest.raises(DiskFull, match=r"needs [\d,]+ bytes, 10 are free"):
        export.main(config(finished_run, tmp_path / "out"))
    assert not (tmp_path / "out" / "manifest.json").exists()
