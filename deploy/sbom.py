"""`python -m deploy.sbom FILE`: a CycloneDX 1.6 bill of the packages that Visis installs, from their metadata.

Like `deploy.third_party`, it follows from pyproject.toml and what is installed: run it where all extras are.
"""

from __future__ import annotations

import json
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from deploy.third_party import NOT_SHIPPED, PROJECT, ROOT, _closure, _licence
from servicekit.version import VERSION


def bill() -> dict[str, Any]:
    """The bill, without a date or a random number, so that the same installation gives the same bytes."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    names = set[str]().union(*(_closure(extras[extra], extras) for extra in extras if extra not in NOT_SHIPPED))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": PROJECT, "version": VERSION, "bom-ref": PROJECT}},
        "components": [_component(name) for name in sorted(names)],
        "dependencies": [{"ref": PROJECT, "dependsOn": [_purl(name) for name in sorted(names)]}],
    }


def _component(name: str) -> dict[str, Any]:
    return {
        "type": "library",
        "name": name,
        "version": metadata.version(name),
        "bom-ref": _purl(name),
        "purl": _purl(name),
        "licenses": [{"license": {"name": _licence(name)}}],
    }


def _purl(name: str) -> str:
    return f"pkg:pypi/{name}@{metadata.version(name)}"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(bill(), indent=1) + "\n", encoding="utf-8")
