"""The demonstration, against the running product."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from deploy import demo


@pytest.fixture
def here(visis: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to write to, the product's port, and a proxy that leads nowhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEWAY_PORT", visis.address.rpartition(":")[2])
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    return tmp_path


def test_the_demonstration_shows_every_step_on_the_product_that_runs(
    here: Path, visis: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Using the Visis that runs at {visis.address}")
    for step in ("Importing", "words (book ", "Reading page", "Summarising", "Key points", "Speaking"):
        assert step in said
    assert (here / "summary.mp3").stat().st_size > 10_000


def test_a_file_that_is_no_book_is_one_line_and_status_1(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copyfile("/dev/null", "empty.txt")
    assert demo.main(["empty.txt"]) == 1
    assert demo.main(["missing.pdf"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all(line.startswith("demo: ") for line in said)
    assert said[1] == "demo: missing.pdf is not a file"
