"""The list of third-party packages is what pyproject.toml installs."""

from __future__ import annotations

import pytest

from deploy import third_party


def test_the_list_of_third_party_packages_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert third_party.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_list_is_found_and_rewritten(tmp_path, monkeypatch) -> None:
    page = tmp_path / "THIRD-PARTY.md"
    page.write_text(f"before\n{third_party.BEGIN}\nold\n{third_party.END}\nafter\n")
    monkeypatch.setattr(third_party, "PAGE", page)
    assert third_party.main(["--check"]) == 1
    assert third_party.main([]) == 0
    assert third_party.main(["--check"]) == 0
    text = page.read_text()
    assert "| flask | BSD-3-Clause |" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")


def test_a_package_without_a_licence_in_its_metadata_is_an_error(monkeypatch) -> None:
    monkeypatch.setattr(third_party, "READ_FROM_FILES", {})
    with pytest.raises(LookupError, match="names no licence"):
        third_party.main(["--check"])
