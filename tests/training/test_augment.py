"""The four augmentations: seeded, bounded, and changing only what they say."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.augment import augment, delete, insert_synonyms, replace_synonyms, swap

KNOWN = {"boat": ("ship", "vessel"), "mill": ("factory",), "it": ("information",)}
TEXTS = st.lists(st.sampled_from(["Boat,", "mill.", "“mill”", "a", "it", "quick", "—"]), max_size=30)
SEEDS = st.integers(0, 2**31 - 1)


def synonyms(word: str) -> tuple[str, ...]:
    return KNOWN.get(word.lower(), ())


@given(TEXTS, SEEDS, st.sampled_from(["synonyms", "deletion", "swap", "insertion"]), st.floats(0.01, 0.99))
def test_same_seed_gives_the_same_text(tokens: list[str], seed: int, kind: str, share: float) -> None:
    text = " ".join(tokens)
    once = augment(kind, text, share, Random(seed), synonyms)
    assert once == augment(kind, text, share, Random(seed), synonyms)
    assert bool(once) == bool(text)


@given(TEXTS, SEEDS, st.integers(0, 40))
def test_replacement_keeps_places_punctuation_and_capitals(tokens: list[str], seed: int, count: int) -> None:
    changed = replace_synonyms(tokens, count, Random(seed), synonyms)
    assert len(changed) == len(tokens)
    different = [(old, new) for old, new in zip(tokens, changed, strict=True) if old != new]
    assert len(different) == min(count, sum(token in ("Boat,", "mill.", "“mill”") for token in tokens))
    for old, new in different:
        assert new in {"Boat,": ("Ship,", "Vessel,"), "mill.": ("factory.",), "“mill”": ("“factory”",)}[old]


@given(TEXTS, SEEDS, st.integers(0, 40))
def test_insertion_adds_synonyms_and_takes_nothing(tokens: list[str], seed: int, count: int) -> None:
    changed = Counter(insert_synonyms(tokens, count, Random(seed), synonyms))
    added = changed - Counter(tokens)
    assert changed - added == Counter(tokens)
    assert set(added) <= {"ship", "vessel", "factory"}
    assert added.total() == min(count, sum(token in ("Boat,", "mill.", "“mill”") for token in tokens))


@given(TEXTS, SEEDS, st.integers(0, 40))
def test_swap_keeps_the_words(tokens: list[str], seed: int, count: int) -> None:
    assert sorted(swap(tokens, count, Random(seed))) == sorted(tokens)


@given(TEXTS, SEEDS, st.floats(0, 1))
def test_deletion_keeps_order_and_at_least_one_word(tokens: list[str], seed: int, share: float) -> None:
    kept = delete(tokens, share, Random(seed))
    rest = iter(tokens)
    assert all(token in rest for token in kept)
    assert bool(kept) == bool(tokens)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_deletion_takes_about_its_share(share: float) -> None:
    tokens = [str(number) for number in range(5000)]
    assert len(delete(tokens, share, Random(1))) == pytest.approx(5000 * (1 - share), rel=0.05)
