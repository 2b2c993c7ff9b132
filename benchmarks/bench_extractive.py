"""Time the extractive summariser on each text of the folder in BOOKS, in processor seconds on one core.

The ratio compares it, in the same run, with textbook LexRank, which stores the whole similarity matrix, on the longest
of the books. Run it as `BOOKS=folder python -m benchmarks.bench_extractive`.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks._report import report
from textkit import extractive, graph, words
from textkit.sentences import split

BUDGET_S = 3.0
BUDGET_WORDS = 122_000
REPEATS = 3


def main() -> int:
    """Time every `.txt` of the folder in BOOKS; 2 where there is none."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    books = sorted(Path(os.environ.get("BOOKS", "")).glob("*.txt")) if os.environ.get("BOOKS") else []
    if not books:
        print("Set BOOKS to a folder with .txt files.", file=sys.stderr)
        return 2
    texts = {book.name: book.read_bytes().decode("utf-8", errors="replace") for book in books}
    rows = [(name, len(text.split()), *_times(text)) for name, text in texts.items()]
    table = [(name, count, a, b, a + b, int(count / (a + b))) for name, count, a, b in rows]
    longest = max(table, key=lambda row: row[1])
    text = texts[longest[0]]
    dense_s = _seconds(lambda: dense_lexrank(text), repeats=1)
    slowest = max(total / count * BUDGET_WORDS for _, count, _, _, total, _ in table)
    report(
        "extractive",
        ("book", "words", "summary s", "points s", "both s", "words/s"),
        table,
        {
            "vs_dense_lexrank": dense_s / longest[2],
            f"budget_{BUDGET_S:.0f}s_over_{BUDGET_WORDS}_words": BUDGET_S / slowest,
        },
        {
            "books": {name: {"words": count, "summary_s": a, "points_s": b} for name, count, a, b, *_ in table},
            "dense_lexrank_s": dense_s,
            "compared_on": longest[0],
            "repeats": REPEATS,
        },
    )
    return 0


def _times(text: str) -> tuple[float, float]:
    return (
        _seconds(lambda: extractive.summarise(text, "medium"), REPEATS),
        _seconds(lambda: extractive.key_points(text, 7), REPEATS),
    )


def _seconds(work: Callable[[], object], repeats: int) -> float:
    """The least of `repeats` timings in processor seconds, which other work on the machine disturbs little."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def dense_lexrank(text: str, sentences_wanted: int = 8) -> list[str]:
    """Rank the sentences of `text` with the similarity matrix in memory; the top ones, with no filter at all."""
    sentences = [sentence.text for sentence in split(text)]
    matrix = graph.term_matrix([words.terms(words.words(sentence)) for sentence in sentences])
    dense = np.zeros(matrix.shape)
    dense[matrix.rows, matrix.columns] = matrix.values
    links = dense @ dense.T
    links /= np.maximum(links.sum(axis=1, keepdims=True), 1e-12)
    rank = np.ones(len(sentences))
    for _ in range(graph.MOST_STEPS):
        rank = graph.JUMP + (1 - graph.JUMP) * (links.T @ rank)
    return [sentences[index] for index in np.sort(np.argsort(-rank)[:sentences_wanted])]


if __name__ == "__main__":
    sys.exit(main())
