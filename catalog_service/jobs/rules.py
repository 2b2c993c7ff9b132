"""The life of a job as functions: which state may follow which, who may claim it, how long it waits. No database.

queued ──► running ──► succeeded
  ▲  │        │ │
  │  └────────┼─┴────► failed, cancelled
  └───────────┘  (its engine cannot be reached, or its runner released it)
"""

from __future__ import annotations

from typing import get_args

from contract.events import State

STATES: tuple[State, ...] = get_args(State.__value__)
FINISHED = frozenset({"succeeded", "failed", "cancelled"})
LONGEST_WAIT_S = 300.0
_NEXT: dict[str, frozenset[str]] = {
    "queued": frozenset({"running", "failed", "cancelled"}),
    "running": frozenset({"queued", "running", "succeeded", "failed", "cancelled"}),
}


def may_become(state: str, following: str) -> bool:
    """Whether a job in `state` may go to `following`; `running` to `running` is a new owner after a lost lease."""
    return following in _NEXT.get(state, frozenset())


def claimable(state: str, not_before: float, lease_until: float | None, now: float) -> bool:
    """Whether a runner may claim the job: it waits and its time has come, or the lease on it ran out."""
    if state == "queued":
        return not_before <= now
    return state == "running" and (lease_until is None or lease_until <= now)


def exhausted(attempts: int, max_attempts: int) -> bool:
    """Whether the job has been begun as often without any progress as it may."""
    return attempts >= max_attempts


def backoff_s(attempts: int) -> float:
    """Seconds to wait after this many attempts without progress: 1, 2, 4 ... up to five minutes."""
    return float(min(2 ** min(max(attempts - 1, 0), 30), LONGEST_WAIT_S))


def eta_s(remaining: int, seconds_a_part: float | None, parallel: int) -> float | None:
    """Seconds until the remaining parts are done, from how long such parts took here before; None if none were made."""
    if seconds_a_part is None:
        return None
    return round(remaining * seconds_a_part / max(parallel, 1), 1)
