"""`python -m deploy.api_document`: writes docs/openapi.json, the public API document. `--check` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gateway.app import create_app
from gateway.config import Settings

PAGE = Path(__file__).parent.parent / "docs" / "openapi.json"


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; the exit status is 1 if the document was stale."""
    wanted = text()
    if "--check" in arguments:
        stale = not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != wanted
        if stale:
            print(f"{PAGE.name} is stale: run make api", file=sys.stderr)
        return int(stale)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


def text() -> str:
    """The document that the gateway serves at `/openapi.json`, in the order of its operations."""
    document = create_app(Settings()).view_functions["openapi_spec"]()
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
