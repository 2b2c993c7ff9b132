"""`python -m deploy.third_party`: lists in THIRD-PARTY.md what each service installs and under which licence.

The list follows from pyproject.toml and the metadata of the installed packages, so run it where all extras are
installed. `--check` writes nothing, and fails where the list is stale.
"""

from __future__ import annotations

import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "THIRD-PARTY.md"
BEGIN, END = "<!-- packages:begin -->", "<!-- packages:end -->"
PROJECT = "visis"
NOT_SHIPPED = frozenset({"test", "bench", "run", "models"})  # what develops Visis, and sums of other extras
# Packages whose metadata names no licence, or a bundle of texts: read from the files they install.
READ_FROM_FILES = {
    "espeakng-loader": "GPL-3.0-or-later (the eSpeak NG library in it)",
    "flask-openapi-swagger": "MIT; Swagger UI in it: Apache-2.0",
    "matplotlib": "Matplotlib (PSF-based)",
    "peewee": "MIT",
}


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; the exit status is 1 if the list was stale."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    wanted = f"{before}{BEGIN}\n{_tables()}\n{END}{rest.split(END)[1]}"
    if "--check" in arguments:
        if text != wanted:
            print(f"{PAGE.name} is stale: run python -m deploy.third_party", file=sys.stderr)
        return int(text != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


def _tables() -> str:
    """A table for each extra of pyproject.toml; a package stands in the first whose closure it belongs to."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    shown: set[str] = set()
    parts = []
    for extra in extras:
        if extra in NOT_SHIPPED:
            continue
        found = _closure(extras[extra], extras) - shown
        shown |= found
        if found:
            rows = "\n".join(f"| {name} | {_licence(name)} |" for name in sorted(found))
            parts.append(f"### {extra}\n\n| Package | Licence |\n| --- | --- |\n{rows}")
    return "\n\n".join(parts)


def _closure(requirements: list[str], extras: dict[str, list[str]]) -> set[str]:
    """The canonical names of all packages that these requirements install on this platform."""
    found: set[str] = set()
    left = [(Requirement(one), frozenset[str]()) for one in requirements]
    while left:
        requirement, of_extras = left.pop()
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in of_extras | {""}):
            continue
        name = canonicalize_name(requirement.name)
        if name == PROJECT:
            left += [(Requirement(one), frozenset[str]()) for extra in requirement.extras for one in extras[extra]]
        elif name not in found or requirement.extras:
            found.add(name)
            wanted = frozenset(requirement.extras)
            left += [(Requirement(one), wanted) for one in metadata.requires(name) or []]
    return found


def _licence(name: str) -> str:
    """What the package says of itself, the more exact field first."""
    if known := READ_FROM_FILES.get(name):
        return known
    fields = metadata.metadata(name)
    if "License-Expression" in fields:
        return fields["License-Expression"]
    licence = fields["License"].strip() if "License" in fields else ""
    if licence and "\n" not in licence and len(licence) < 60:
        return licence
    classifiers = [one.split(" :: ")[-1] for one in fields.get_all("Classifier") or [] if one.startswith("License ::")]
    if not classifiers:
        raise LookupError(f"{name} names no licence in its metadata: read its files and add it to READ_FROM_FILES")
    return "; ".join(classifiers)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
