"""docs/openapi.json: fresh, without a finding of the linters, and without a break that is not announced."""

from __future__ import annotations

import pytest

from deploy import api_document
from tests.contract import breaking
from tests.contract.node import ROOT, npx

RELEASED = ROOT / "docs" / "api"


def test_the_committed_document_is_what_the_gateway_serves(capsys: pytest.CaptureFixture[str]) -> None:
    assert api_document.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ("redocly", "lint", "--config", "lint/redocly.yaml"),
        ("spectral", "lint", "--ruleset", "lint/spectral.yaml", "--fail-severity", "hint"),
    ],
    ids=lambda command: command[0],
)
def test_a_linter_finds_nothing_but_the_first_systems_path(command: tuple[str, ...]) -> None:
    done = npx(*command, str(api_document.PAGE))
    assert done.returncode == 0, done.stdout + done.stderr


def test_another_path_with_a_trailing_slash_is_found(tmp_path) -> None:
    page = tmp_path / "openapi.json"
    page.write_text(api_document.PAGE.read_text().replace('"/jobs"', '"/jobs/"', 1))
    assert npx("redocly", "lint", "--config", "lint/redocly.yaml", str(page)).returncode != 0
    assert npx("spectral", "lint", "--ruleset", "lint/spectral.yaml", "-F", "hint", str(page)).returncode != 0


def test_what_breaks_clients_of_the_last_release_is_announced() -> None:
    (released,) = RELEASED.glob("*.json")
    found = list(breaking.breaks(breaking.load(released), breaking.load(api_document.PAGE)))
    missing = breaking.unannounced(found, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    lines = "\n".join(f"{one.message}  (announce it as `{min(one.names)}`)" for one in missing)
    assert not missing, f"breaking changes without a line `- Breaking: ...` in CHANGELOG.md:\n{lines}"
