"""Splits by book, and duplicates across them."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.shelf import story
from training.errors import TooFewBooks
from training.splits import SPLITS, split_books, without_duplicates


@given(st.lists(st.integers(1, 500), min_size=3, max_size=40), st.floats(0.05, 0.3), st.integers(0, 99))
def test_every_split_has_a_book_and_every_book_a_split(sizes: list[int], share: float, seed: int) -> None:
    books = {f"b{number}": size for number, size in enumerate(sizes)}
    split = split_books(books, share, share, seed)
    assert set(split) == set(books)
    assert set(split.values()) == set(SPLITS)
    for name in ("validation", "test"):
        taken = [book for book in books if split[book] == name]
        assert len(taken) == 1 or sum(books[book] for book in taken) <= 1.5 * share * sum(sizes)
    assert split == split_books(dict(reversed(books.items())), share, share, seed)


def test_many_equal_books_are_shared_out_as_asked() -> None:
    counts = Counter(split_books({str(number): 10 for number in range(100)}, 0.1, 0.2, 7).values())
    assert counts == {"train": 70, "validation": 10, "test": 20}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_books_are_refused_with_their_number(count: int) -> None:
    with pytest.raises(TooFewBooks, match=f"^{count} book"):
        split_books({str(number): 10 for number in range(count)}, 0.1, 0.1, 7)


def row(text: str, split: str) -> dict[str, str]:
    return {"text": text, "summary": "", "split": split, "book": "b"}


def test_what_is_in_test_is_taken_out_of_training() -> None:
    text = story(1, 12)
    nearly = text.replace("before", "after", 1)
    other = story(2, 12)
    rows = [row(text, "train"), row(nearly, "train"), row(other, "train"), row(text.upper(), "test")]
    kept, gone = without_duplicates(rows, 0.7, 7)
    assert [(one["split"], one["text"]) for one in kept] == [("train", other), ("test", text.upper())]
    assert gone == {"exact": 1, "near": 1, "across_splits": 2}


def test_minhash_finds_near_copies_and_leaves_others() -> None:
    draw = Random(3)
    texts = [story(number, 20) for number in range(40)]
    copies = []
    for text in texts[:20]:
        found = text.split()
        for _ in range(len(found) // 100):
            found[draw.randrange(len(found))] = "changed"
        copies.append(" ".join(found))
    rows = [row(text, "test") for text in texts] + [row(text, "train") for text in copies]
    kept, gone = without_duplicates(rows, 0.7, 7)
    assert gone["near"] == 20
    assert len(kept) == 40
