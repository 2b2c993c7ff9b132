"""The deadline of the current request.

The caller sends the time it will wait in `Visis-Deadline-Ms`; each hop passes on what is left.
"""

from __future__ import annotations

import re
import time

from flask import g, has_request_context

HEADER = "Visis-Deadline-Ms"
_MILLISECONDS = re.compile("[0-9]{1,12}")


def start(given: str, default_s: float, since: float | None = None) -> None:
    """Set the deadline of the current request: `default_s` from now, or sooner if the header says so (`given`).

    It counts from `since` (monotonic seconds) if that is known: a request may have waited for a thread.
    """
    wait_s = min(int(given) / 1000, default_s) if _MILLISECONDS.fullmatch(given) else default_s
    g.deadline = (time.monotonic() if since is None else since) + wait_s


def remaining_s(default_s: float = 60.0) -> float:
    """Seconds left for the current request, at least 0; `default_s` outside of a request."""
    if not has_request_context() or "deadline" not in g:
        return default_s
    return max(0.0, float(g.deadline) - time.monotonic())
