"""Rank sentences by how much of what the others say they say too: a sparse similarity graph and power iteration.

The graph's edges are never stored: one step multiplies by the term matrix and its transpose, so memory and time grow
with the words of the text and not with the square of its sentences. Knows nothing of language.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Erkan and Radev, "LexRank" (2004), section 3.2, take 0.1 to 0.2 for the share of the uniform jump.
JUMP = 0.15
MOST_STEPS = 30
_TOLERANCE = 1e-7


class TermMatrix(NamedTuple):
    """Sentences by terms, as coordinates: rows of unit length with tf-idf weights; `idf` is per column."""

    rows: Ints
    columns: Ints
    values: Floats
    shape: tuple[int, int]
    idf: Floats
    vocabulary: dict[str, int]


def term_matrix(sentences: Sequence[Sequence[str]]) -> TermMatrix:
    """Weigh the terms of each sentence by (1 + ln tf) ln(1 + n / df) and scale each row to length 1."""
    vocabulary: dict[str, int] = {}
    columns = np.array(
        [vocabulary.setdefault(term, len(vocabulary)) for terms in sentences for term in terms], np.int64
    )
    rows = np.repeat(np.arange(len(sentences), dtype=np.int64), [len(terms) for terms in sentences])
    width = max(len(vocabulary), 1)
    cells, counts = np.unique(rows * width + columns, return_counts=True)
    rows, columns = cells // width, cells % width
    idf = np.log1p(len(sentences) / np.maximum(np.bincount(columns, minlength=width), 1))
    values = (1 + np.log(counts)) * idf[columns]
    lengths = np.sqrt(np.bincount(rows, values**2, minlength=len(sentences)))
    return TermMatrix(rows, columns, values / lengths[rows], (len(sentences), width), idf, vocabulary)


def centrality(matrix: TermMatrix, groups: Ints) -> Floats:
    """Return each sentence's LexRank among the sentences of its group, scaled to a mean of 1 within the group.

    `groups` gives a group number per sentence; sentences of different groups are not linked.
    """
    height = matrix.shape[0]
    if not len(matrix.values):
        return np.ones(height)
    cells, columns = np.unique(groups[matrix.rows] * matrix.shape[1] + matrix.columns, return_inverse=True)
    rows, values, width = matrix.rows, matrix.values, len(cells)

    def neighbours(weights: Floats) -> Floats:
        shared = np.bincount(columns, values * weights[rows], minlength=width)
        return np.bincount(rows, values * shared[columns], minlength=height) - own * weights

    own = np.bincount(rows, values**2, minlength=height)
    degrees = np.maximum(neighbours(np.ones(height)), 1e-12)
    rank = np.ones(height)
    for _ in range(MOST_STEPS):
        following = JUMP + (1 - JUMP) * neighbours(rank / degrees)
        moved = float(np.abs(following - rank).max())
        rank = following
        if moved < _TOLERANCE:
            break
    sizes = np.bincount(groups)
    means = np.bincount(groups, rank) / np.maximum(sizes, 1)
    return rank / np.maximum(means[groups], 1e-12)


def similarity(left: dict[str, float], right: dict[str, float]) -> float:
    """Return the cosine of two weighted term sets of unit length."""
    if len(right) < len(left):
        left, right = right, left
    return sum(weight * right.get(term, 0.0) for term, weight in left.items())
