"""Bounds what is under way, in all and for one caller, so that nobody takes every place."""

from __future__ import annotations

import threading
from collections import Counter


class Places:
    """So many units in all, and so many of them for one caller. Any thread may call it."""

    def __init__(self, total: int, per_caller: int) -> None:
        self._total = total
        self._per_caller = per_caller
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, caller: str, units: int = 1) -> bool:
        """Take places; False, and none is taken, if there are not so many left in all or for this caller."""
        with self._lock:
            if self._taken[caller] + units > self._per_caller or self._taken.total() + units > self._total:
                return False
            self._taken[caller] += units
            return True

    def release(self, caller: str, units: int = 1) -> None:
        """Give places back."""
        with self._lock:
            self._taken[caller] -= units
            if not self._taken[caller]:
                del self._taken[caller]

    def taken(self) -> int:
        """How many are taken now."""
        with self._lock:
            return self._taken.total()
