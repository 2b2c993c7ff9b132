"""Random generators from one seed: each purpose draws from its own, so that a change to one moves no other."""

from __future__ import annotations

from random import Random


def generator(seed: int, purpose: str) -> Random:
    """A generator that depends on the seed and the purpose's name only (Random hashes a str with SHA-512)."""
    return Random(f"{seed}/{purpose}")  # noqa: S311 - examples are drawn here, not secrets
