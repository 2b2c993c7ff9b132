"""Stage 3: books to train.jsonl, validation.jsonl and test.jsonl of (text, summary) rows, with prepare.json last.

What the run really used is printed and saved: books, rows, lengths, duplicates and everything left out.
"""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from training import books, files
from training.augment import augment
from training.cleaning import keywords
from training.config import PrepareConfig
from training.errors import TooFewBooks
from training.gap import words
from training.lexicon import WordNet
from training.pairs import check_targets, rows
from training.progress import bar
from training.seeding import generator
from training.splits import SPLITS, Row, split_books, without_duplicates

_BAR_WIDTH = 40
_WIDEST_BIN = 20


def main(config: PrepareConfig) -> dict[str, Any]:
    """Write the three splits; return the counts.

    Raises NoData, TooFewBooks, TargetsTooShort, TargetsCopied, LexiconMissing, SourceFailed, DiskFull.
    """
    done = files.finished("prepare", config)
    if done is not None:
        return done
    lexicon = WordNet(config.wordnet) if {"synonyms", "insertion"} & set(config.augment) else None
    shelf = books.read(config)
    skipped: Counter[str] = Counter()
    found = [row for book in bar(shelf, "books", config.quiet) for row in rows(book, config, skipped)]
    found, copied = check_targets(found)
    skipped["target_copied"] = copied
    sizes = Counter(row["book"] for row in found)
    split = split_books(sizes, config.validation_share, config.test_share, config.seed)
    kept, duplicates = without_duplicates(
        [row | {"split": split[row["book"]]} for row in found], config.near_duplicate, config.seed
    )
    _check_splits(kept, duplicates)
    kept = _cleaned(kept, config)
    kept += _augmented(kept, config, lexicon)
    for name in SPLITS:
        files.write_lines(config.out / f"{name}.jsonl", (row for row in kept if row["split"] == name))
    facts = _facts(kept, shelf, skipped, duplicates)
    facts["sha256"] = {name: files.sha256(config.out / f"{name}.jsonl") for name in SPLITS}
    if not config.quiet:
        print(_table(facts), file=sys.stderr)
    return files.finish("prepare", config, facts)


def _check_splits(kept: Sequence[Row], duplicates: dict[str, int]) -> None:
    sizes = Counter(row["split"] for row in kept)
    empty = [name for name in SPLITS if not sizes[name]]
    if empty:
        raise TooFewBooks(
            f"nothing is left for {' and '.join(empty)} after {duplicates['exact']} equal and {duplicates['near']} "
            "nearly equal passages were taken out: the shelf holds the same book more than once"
        )


def _cleaned(kept: list[Row], config: PrepareConfig) -> list[Row]:
    if config.clean == "none":
        return kept
    cleaned = bar(keywords(row["text"] for row in kept), "clean", config.quiet, total=len(kept))
    return [row | {"text": text} for row, text in zip(kept, cleaned, strict=True) if text]


def _augmented(kept: Sequence[Row], config: PrepareConfig, lexicon: WordNet | None) -> list[Row]:
    """Changed copies of the training rows' sources; the targets and the other splits stay as they are."""
    synonyms = lexicon.synonyms if lexicon else (lambda word: ())
    made = []
    for number, row in enumerate(row for row in kept if row["split"] == "train"):
        for kind in config.augment:
            for copy in range(config.augment_copies):
                draw = generator(config.seed, f"augment/{number}/{kind}/{copy}")
                text = augment(kind, row["text"], config.augment_share, draw, synonyms)
                if text != row["text"]:
                    made.append(row | {"text": text, "augmentation": kind})
    return made


def _facts(
    kept: Sequence[Row], shelf: Sequence[books.Book], skipped: Counter[str], duplicates: dict[str, int]
) -> dict[str, Any]:
    titles = {book.id: book.title for book in shelf}
    by_split = {name: [row for row in kept if row["split"] == name] for name in SPLITS}
    return {
        "books_read": len(shelf),
        "rows": {name: len(part) for name, part in by_split.items()},
        "augmented": sum("augmentation" in row for row in kept),
        "targets": dict(Counter(row["target"] for row in kept)),
        "books": {name: sorted({titles[row["book"]] for row in part}) for name, part in by_split.items()},
        "left_out": dict(skipped),
        "duplicates": duplicates,
        "source_words": _lengths([len(words(row["text"])) for row in kept]),
        "target_words": _lengths([len(words(row["summary"])) for row in kept]),
    }


def _lengths(counts: Sequence[int]) -> dict[str, Any]:
    """Minimum, median, maximum and a histogram in at most twenty equal bins: {first word count of the bin: rows}."""
    width = -(-(max(counts) + 1) // _WIDEST_BIN)
    bins = Counter(count // width * width for count in counts)
    histogram = {str(low): bins[low] for low in range(0, max(counts) + 1, width)}
    return {"min": min(counts), "median": statistics.median(counts), "max": max(counts), "histogram": histogram}


def _table(facts: dict[str, Any]) -> str:
    lines = [f"{facts['books_read']} books read; left out: {facts['left_out']}; duplicates: {facts['duplicates']}"]
    lines += [f"  {name:10} {facts['rows'][name]:6} rows from {', '.join(facts['books'][name])}" for name in SPLITS]
    for name in ("source_words", "target_words"):
        lengths = facts[name]
        lines.append(f"{name}: min {lengths['min']}, median {lengths['median']:g}, max {lengths['max']}")
        most = max(lengths["histogram"].values())
        for low, count in lengths["histogram"].items():
            lines.append(f"  {low:>6} {count:6} {'#' * round(_BAR_WIDTH * count / most)}")
    return "\n".join(lines)
