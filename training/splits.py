"""Train, validation and test that share no book and no passage, not even nearly the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from datasketch import MinHash, MinHashLSH

from training.errors import TooFewBooks
from training.gap import words
from training.seeding import generator

SPLITS = ("train", "validation", "test")
Row = dict[str, Any]
_SHINGLE = 5
_PERMUTATIONS = 128


def split_books(sizes: Mapping[str, int], validation: float, test: float, seed: int) -> dict[str, str]:
    """A split for each book, given its number of passages: by book, so that no book is in two.

    Test and then validation take books in random order, as long as they stay within one and a half times their share
    of the passages; when every book is larger than that, the smallest. Raises TooFewBooks under three books.
    """
    if len(sizes) < len(SPLITS):
        raise TooFewBooks(
            f"{len(sizes)} book{'s' * (len(sizes) != 1)} cannot be split by book into train, validation and test: "
            f"{len(SPLITS)} are needed"
        )
    left = sorted(sizes)
    generator(seed, "splits").shuffle(left)
    split: dict[str, str] = {}
    for name, share, keep in (("test", test, 2), ("validation", validation, 1)):
        chosen = _books_within(left, sizes, share * sum(sizes.values()), keep)
        split |= dict.fromkeys(chosen, name)
        left = [book for book in left if book not in split]
    return split | dict.fromkeys(left, "train")


def _books_within(books: Sequence[str], sizes: Mapping[str, int], wanted: float, keep: int) -> list[str]:
    """Some of the books, leaving at least `keep`."""
    chosen: list[str] = []
    taken = 0
    for book in books:
        if taken < wanted and taken + sizes[book] <= 1.5 * wanted and len(books) - len(chosen) > keep:
            chosen.append(book)
            taken += sizes[book]
    return chosen or [min(books, key=lambda book: sizes[book])]


def exact_key(text: str) -> bytes:
    """Equal for texts with the same words in the same order."""
    return hashlib.sha256(" ".join(words(text)).encode()).digest()


def signature(text: str, seed: int) -> MinHash:
    """The MinHash of a text's 5-word shingles."""
    tokens = words(text)
    shingles = {" ".join(tokens[at : at + _SHINGLE]) for at in range(max(1, len(tokens) - _SHINGLE + 1))}
    sketch = MinHash(num_perm=_PERMUTATIONS, seed=seed)
    sketch.update_batch([shingle.encode() for shingle in sorted(shingles)])
    return sketch


def without_duplicates(rows: Sequence[Row], threshold: float, seed: int) -> tuple[list[Row], dict[str, int]]:
    """The rows without near-duplicates of rows already kept, and how many were dropped, by reason.

    Test is kept before validation and validation before train, so that what is scored stays and training loses.
    """
    index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
    sketches: dict[str, MinHash] = {}
    seen: dict[bytes, str] = {}
    splits: dict[str, str] = {}
    gone = {"exact": 0, "near": 0, "across_splits": 0}
    kept: list[Row] = []
    for number, row in enumerate(sorted(rows, key=lambda row: -SPLITS.index(row["split"]))):
        text = f"{row['text']} {row['summary']}"
        key, sketch = exact_key(text), signature(text, seed)
        twin, kind = seen.get(key), "exact"
        if twin is None:
            twin, kind = _near(index.query(sketch), sketches, sketch, threshold), "near"
        if twin is not None:
            gone[kind] += 1
            gone["across_splits"] += splits[twin] != row["split"]
            continue
        name = str(number)
        index.insert(name, sketch)
        seen[key], sketches[name], splits[name] = name, sketch, row["split"]
        kept.append(row)
    order = {id(row): place for place, row in enumerate(rows)}
    return sorted(kept, key=lambda row: order[id(row)]), gone


def _near(candidates: Iterable[str], sketches: Mapping[str, MinHash], sketch: MinHash, threshold: float) -> str | None:
    """The first candidate that is as similar as its signature says, since the index also offers less similar ones."""
    return min((name for name in candidates if sketches[name].jaccard(sketch) >= threshold), key=int, default=None)
