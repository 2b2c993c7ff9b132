"""`python -m deploy.secrets FOLDER`: creates the secrets of a deployment that do not exist yet.

Only their user can open the folder. The files in it are readable for all: a container, which runs as another user,
reads them through a mount of the file alone.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

BYTES = 32


def make(folder: Path) -> list[Path]:
    """Create the missing secrets and return their paths."""
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
