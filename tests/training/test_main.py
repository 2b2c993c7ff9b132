"""The command line: options from the configuration classes, refusals as one line and status 2."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic_settings import CliApp

from training import config
from training.__main__ import Command, main

RUNS = Path(__file__).parents[2] / "training" / "runs"


def test_stage_prints_its_facts_as_one_line_of_json(
    write_shelf: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = write_shelf(2)
    assert main(["scrape", "--from-dir", str(shelf), "--out", str(tmp_path / "texts"), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert json.loads(printed)["books"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["prepare", "--out", "x"], "name one source"),
        (["prepare", "--books", "a", "--out", "x", "--target-words", "3"], "target_words: Input should be greater"),
        (["prepare", "--books", "a", "--out", "x", "--augment", "typos"], "augment.0: Input should be"),
        (["train", "--data", "a"], "out: Field required"),
        (["prepare", "--books", "no-such-folder", "--out", "x"], "0 books with text in no-such-folder"),
        (["train", "--data", "no-such-folder", "--out", "x"], "run `python -m training prepare` there first"),
        (["export", "--run", "no-such-folder", "--report", "a", "--out", "x"], "no train.json"),
        (["prepare", "--books", "a", "--out", "x", "--least-words", "900"], "least_words is more than most_words"),
        (["export", "--run", "a", "--report", "a", "--out", "a model"], "the model's name: letters"),
        (["scrape", "--from-dir", "no-such-folder", "--out", "/dev/null/x"], "/dev/null/x: Not a directory"),
        (["extract", "--pdfs", "no-such-folder", "--out", "x"], "0 of 1 PDFs could be read"),
    ],
)
def test_refusal_is_one_line_and_status_2(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*arguments, "--quiet"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"training {arguments[0]}: ")
    assert words in said.err
    assert said.err.count("\n") == 1


def test_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "--learning-rat", "1"])
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("stage", Command.model_fields)
def test_help_describes_every_option(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([stage, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for name, info in getattr(config, f"{stage.title()}Config").model_fields.items():
        assert "--" + name.replace("_", "-") in shown
        assert info.description


@pytest.mark.parametrize("script", sorted(RUNS.glob("*.sh")), ids=lambda path: path.name)
def test_run_scripts_use_options_that_exist(script: Path) -> None:
    lines = script.read_text("utf-8").replace("\\\n", " ").splitlines()
    commands = [
        line.split("-m training", 1)[1] for line in lines if "-m training" in line and not line.startswith("echo")
    ]
    assert len(commands) >= 5
    for command in commands:
        defaults = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", command)  # such as ${EPOCHS:-4}
        CliApp.run(Command, shlex.split(defaults.replace("$", "")))
