"""The Makefile's install step."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE_ONCE = """#!/bin/sh
echo installing >> calls
cat go  # waits for the test
"""

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="no make")


def test_two_makes_on_a_bare_checkout_install_once(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "deploy/locked.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "pip").write_text(MADE_ONCE)
    (tmp_path / "pip").chmod(0o755)
    os.mkfifo(tmp_path / "go")
    command = ["make", "--no-print-directory", ".venv/.run", f"PYTHON={sys.executable}", "PIP=./pip"]
    with (
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as first,
        (tmp_path / "go").open("w") as go,  # opens when the first install reads it
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as second,
    ):
        assert first.stdout is not None
        assert second.stdout is not None
        assert first.stdout.readline() == "Installing what running needs (once) ...\n"
        assert second.stdout.readline() == "Waiting for another make, which is installing ...\n"
        go.close()
        assert second.stdout.read() == ""
    assert (first.returncode, second.returncode) == (0, 0)
    assert (tmp_path / "calls").read_text() == "installing\n"
