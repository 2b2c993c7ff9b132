"""Chooses which waiting pieces are computed together: by padded cost, not by count. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bart_service.engine import Piece


class Waiting(Protocol):
    """A piece in the queue; `turn` is when its turn comes, in seconds: earlier first."""

    @property
    def piece(self) -> Piece: ...

    @property
    def turn(self) -> float: ...


W = TypeVar("W", bound=Waiting)


@dataclass(frozen=True)
class BatchLimits:
    """The most pieces in a batch, and the most padded tokens (longest piece x pieces)."""

    pieces: int = 1
    padded_tokens: int = 8192


def choose(waiting: Sequence[W], limits: BatchLimits, now: float) -> list[W]:
    """The next batch: the entry whose turn is first, and those that fit beside it.

    Entries with other generation settings wait. Of the rest those whose turn has come go first, nearest in length to
    the first entry before others, so that little of the batch is padding. The first is never passed over: none starves.
    """
    if not waiting:
        return []
    head = min(waiting, key=lambda entry: entry.turn)
    fellows = [entry for entry in waiting if entry is not head and entry.piece.generation == head.piece.generation]
    fellows.sort(key=lambda entry: (entry.turn > now, abs(entry.piece.cost - head.piece.cost), entry.turn))
    batch, longest = [head], head.piece.cost
    for entry in fellows:
        wider = max(longest, entry.piece.cost)
        if len(batch) == limits.pieces or wider * (len(batch) + 1) > limits.padded_tokens:
            break
        batch.append(entry)
        longest = wider
    return batch
