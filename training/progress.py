"""One way to show progress: tqdm on standard error, silent when the configuration says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def bar(items: Iterable[T], what: str, quiet: bool, total: int | None = None) -> Iterable[T]:
    """The same items, with a progress bar named `what` unless quiet."""
    if quiet:
        return items
    return tqdm(items, desc=what, total=total, dynamic_ncols=True)
