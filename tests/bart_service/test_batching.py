from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bart_service.batching import BatchLimits, choose
from bart_service.engine import Generation, Piece


@dataclass
class Waits:
    piece: Piece
    turn: float


def waits(tokens: int, turn: float, **generation: int) -> Waits:
    return Waits(Piece("x", tuple(range(tokens)), generation=replace(Generation(), **generation)), turn)


LIMITS = BatchLimits(pieces=4, padded_tokens=400)


def test_nothing_waiting_is_no_batch():
    assert choose([], LIMITS, now=0) == []


def test_a_batch_keeps_to_the_padded_cost():
    entries = [waits(100, 0), waits(100, 1), waits(150, 2), waits(100, 3)]
    batch = choose(entries, LIMITS, now=9)
    assert max(entry.piece.cost for entry in batch) * len(batch) <= 400
    assert batch == [entries[0], entries[1], entries[3]] or len(batch) == 3


def test_a_batch_keeps_to_the_count():
    assert len(choose([waits(1, turn) for turn in range(9)], LIMITS, now=9)) == 4


def test_a_piece_over_the_budget_goes_alone():
    entries = [waits(1000, 0), waits(10, 1)]
    assert choose(entries, LIMITS, now=9) == entries[:1]


def test_the_first_turn_is_never_passed_over():
    entries = [waits(90, 5), waits(90, 6), waits(2000, 1)]
    assert choose(entries, LIMITS, now=9) == [entries[2]]


def test_lengths_near_the_first_are_taken_before_others():
    entries = [waits(20, 0), waits(90, 1), waits(22, 2), waits(80, 3), waits(21, 4), waits(19, 5)]
    assert sorted(entry.piece.cost for entry in choose(entries, LIMITS, now=9)) == [19, 20, 21, 22]


def test_those_whose_turn_has_come_go_before_nearer_ones_whose_turn_has_not():
    entries = [waits(20, 0), waits(20, 50), waits(90, 1), waits(20, 51), waits(80, 2)]
    batch = choose(entries, BatchLimits(3, 400), now=9)
    assert sorted(entry.piece.cost for entry in batch) == [20, 80, 90]


@pytest.mark.parametrize("setting", ["num_beams", "max_tokens", "min_tokens", "no_repeat_ngram_size"])
def test_other_settings_wait_for_another_batch(setting):
    entries = [waits(20, 0), waits(20, 1, **{setting: 9}), waits(20, 2)]
    assert choose(entries, LIMITS, now=9) == [entries[0], entries[2]]
