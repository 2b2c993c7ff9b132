"""Choose sentences that cover a text from end to end, name those it is about, and do not repeat each other."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from textkit import graph
from textkit.ranking import Candidate, Scores, score

# Carbonell and Goldstein (1998): the share of the score that repeating what is already said can cost.
REDUNDANCY = 0.7
# Two sentences whose content words are this alike (cosine) are never both taken.
NEAR_DUPLICATE = 0.6
# Of a stretch, this many of the best are compared with those already taken.
MOST_COMPARED = 40
# A stretch whose best sentence is weaker than this share of the other stretches' leaves its turn to the rest.
WEAK_STRETCH = 0.5
# What naming all main names for the first time would add to a score.
NEW_NAMES = 3.0
# Points should tell what happens or what is claimed more than anything else.
POINT_EMPHASIS = 2.0
# Two sentences that need each other are worth this share of their mean score.
JOINED = 0.8


def choose(
    candidates: Sequence[Candidate], count: int, words_each: int, longest: int, whole: bool = False
) -> list[Candidate]:
    """Take the best sentence of each of `count` stretches of the text, each unlike those already taken.

    Stretches that have none leave their turn to the rest of the text; with `whole`, for a summary, so does a budget of
    words not used up, and a sentence that leans on the one before it may be taken together with it.
    """
    if not candidates:
        return []
    count = min(count, len(candidates))
    scores = score(candidates, longest, 1.0 if whole else POINT_EMPHASIS)
    ends = np.cumsum([one.length for one in candidates])
    stretches = np.minimum((ends - 1) * count // max(int(ends[-1]), 1), count - 1)
    taken = _Taken(candidates, scores, join=whole)
    best = [taken.ranked(np.flatnonzero(stretches == number).tolist()) for number in range(count)]
    tops = [taken.score(inside[0]) for inside in best if inside]
    least = WEAK_STRETCH * float(np.median(tops)) if tops else 0.0
    budget = 0
    for inside in best:
        budget += words_each
        if inside and taken.score(inside[0]) >= least:
            taken.add_best(inside[:MOST_COMPARED], budget)
    rest = taken.ranked(range(len(candidates)))[: MOST_COMPARED + count]
    while len(taken.indices) < count and taken.add_best(rest, budget):
        pass
    if whole:
        taken.fill(rest, budget)
    return [candidates[index] for index in sorted(taken.indices)]


class _Taken:
    """The sentences chosen so far; with `join` a sentence may bring the one it leans on."""

    def __init__(self, candidates: Sequence[Candidate], scores: Scores, join: bool) -> None:
        self.indices: set[int] = set()
        self._candidates = candidates
        self._scores = scores
        self._join = join
        self._vectors: dict[int, dict[str, float]] = {}
        self._named: frozenset[str] = frozenset()
        self._words = 0
        holders = Counter(term for one in candidates for term in set(one.terms))
        self._rarity = {term: math.log1p(len(candidates) / count) for term, count in holders.items()}

    def ranked(self, among: Sequence[int]) -> list[int]:
        """Those of `among` that have a score, the best first."""
        return sorted(
            (index for index in among if self.score(index) > 0), key=lambda index: (-self.score(index), index)
        )

    def score(self, index: int) -> float:
        """The score of a sentence as it would be shown now."""
        alone, after = self._scores.alone[index], self._scores.after[index]
        if index - 1 in self.indices and self._join:
            return max(alone, after)
        return max(alone, JOINED * (after + self._scores.alone[index - 1]) / 2) if self._leans(index) else alone

    def add_best(self, among: Sequence[int], budget: int) -> bool:
        """Add the one of `among` that is worth most after what repeating and overspending `budget` words cost it.

        False where none is worth anything.
        """
        worth = {index: self._worth(index, budget) for index in among if index not in self.indices}
        best = max(worth, key=lambda index: (worth[index], -index), default=None)
        if best is None or worth[best] <= 0:
            return False
        for index in self._brought(best):
            self.indices.add(index)
            self._words += self._candidates[index].length
            self._named |= self._scores.names[index]
        return True

    def fill(self, among: Sequence[int], budget: int) -> None:
        """Add more of `among` while one of them fits into `budget` words."""
        while self.add_best([index for index in among if self._length(index) <= budget - self._words], budget):
            pass

    def _leans(self, index: int) -> bool:
        """Whether a sentence is worth more together with the one before it, which can be shown alone."""
        before, alone, after = self._scores.alone[index - 1], self._scores.alone[index], self._scores.after[index]
        return self._join and after > 0 and alone < after / 2 and 8 * before > after

    def _brought(self, index: int) -> tuple[int, ...]:
        return (index - 1, index) if self._leans(index) and index - 1 not in self.indices else (index,)

    def _length(self, index: int) -> int:
        return sum(self._candidates[one].length for one in self._brought(index))

    def _worth(self, index: int, budget: int) -> float:
        over = self._words + self._length(index) - budget
        fit = 1.0 if over <= 0 else max(0.2, 1 - over / 60)
        new = self._scores.names[index] - self._named
        naming = 1 + NEW_NAMES * sum(self._scores.weights[name] for name in new)
        return self.score(index) * naming * fit * min(self._novelty(one) for one in self._brought(index))

    def _novelty(self, index: int) -> float:
        closest = max(
            (graph.similarity(self._vector(index), self._vector(other)) for other in self.indices), default=0.0
        )
        return 0.0 if closest > NEAR_DUPLICATE else 1 - REDUNDANCY * closest

    def _vector(self, index: int) -> dict[str, float]:
        if index not in self._vectors:
            found = sorted(set(self._candidates[index].terms)) or [self._candidates[index].text]
            weights = {term: self._rarity.get(term, 1.0) for term in found}
            length = math.sqrt(sum(weight**2 for weight in weights.values()))
            self._vectors[index] = {term: weight / length for term, weight in weights.items()}
        return self._vectors[index]
