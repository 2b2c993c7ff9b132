"""`python -m deploy.secrets FOLDER`: makes the secrets of a deployment, once. Existing ones are never changed.

The folder is closed to other users. The files in it are not: a container's user, who is not the one who made them,
reads them through a mount of the file alone.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

BYTES = 32


def make(folder: Path) -> list[Path]:
    """Make the secrets that are missing and return their paths."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = [_write(folder / "internal_token", secrets.token_hex(BYTES))]
    made.append(_write(folder / "database_password", secrets.token_hex(BYTES)))
    password = (folder / "database_password").read_text().strip()
    made.append(_write(folder / "database_url", f"postgresql://visis:{password}@postgres:5432/visis"))
    return [path for path in made if path]


def _write(path: Path, value: str) -> Path | None:
    if path.exists():
        return None
    path.write_text(value + "\n")
    path.chmod(0o644)
    return path


if __name__ == "__main__":
    for made in make(Path(sys.argv[1] if len(sys.argv) > 1 else "deploy/secrets")):
        print(f"made {made}")
