"""Alert rules and the dashboard: their tools' own checks, and that every metric they name is one that we have."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
CODE = ("gateway", "catalog_service", "bart_service", "llama_service", "servicekit")
SUFFIXES = r"_(bucket|sum|count|created)$"


def known_metrics() -> set[str]:
    sources = [path.read_text() for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    return set(re.findall(r'"(visis_[a-z_]+)"', "\n".join(sources)))


def named_metrics(text: str) -> set[str]:
    text = text.replace("visis_(llama_)?", "visis_")
    return {re.sub(SUFFIXES, "", name) for name in re.findall(r"\bvisis_[a-z_]+\b", text)}


@pytest.mark.parametrize("file", ["alerts.yml", "dashboard.json"])
def test_every_metric_named_is_one_that_a_service_has(file):
    named = named_metrics((FOLDER / file).read_text())
    assert len(named) >= 5
    assert named - known_metrics() == set()


def test_the_dashboards_panels_each_have_a_query_a_unit_and_a_place():
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 8
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert [target["expr"] for target in panel["targets"]]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
    ],
)
def test_promtool_agrees(arguments):
    done = subprocess.run(["promtool", *arguments], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
