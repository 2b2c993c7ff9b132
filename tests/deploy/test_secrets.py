from __future__ import annotations

import stat

from deploy.secrets import make


def test_secrets_are_made_once_long_and_in_a_closed_folder(tmp_path):
    folder = tmp_path / "secrets"
    made = make(folder)
    assert {path.name for path in made} == {"internal_token", "database_password", "database_url"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    token = (folder / "internal_token").read_text().strip()
    assert len(token) == 64
    assert (folder / "database_password").read_text().strip() in (folder / "database_url").read_text()
    assert make(folder) == []
    assert (folder / "internal_token").read_text().strip() == token
