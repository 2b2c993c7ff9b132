"""Summarise a text in its own sentences, and list its key points and key terms: the same answer every time.

Sentences are ranked in a similarity graph, one is taken from each stretch of the text so that the whole is covered, and
none repeats another (maximal marginal relevance). Nothing is generated: every sentence is the author's.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from textkit import graph, keyterms, quality, words
from textkit.sentences import Sentence, paragraphs

Length = Literal["short", "medium", "long"]

# Words of a summary of a 1,000-word text; each tenfold of the input adds GROWTH of it.
TARGET_WORDS: dict[str, int] = {"short": 60, "medium": 150, "long": 400}
GROWTH = 0.25
# A text at most this many times the target is given back whole.
WHOLE = 1.2
# One sentence of the summary for about this many words of it.
WORDS_PER_SENTENCE = 26
# Texts are ranked in parts of this many characters, then the best of each part together.
PART_CHARS = 1_500_000
WINNERS_PER_PART = 400
POINT_WORDS = (8, 30)
MOST_CHARS = 600
# Carbonell and Goldstein (1998): the share of the score that repeating what is already said can cost.
REDUNDANCY = 0.7
_GROUP_SENTENCES = 150


class ExtractiveSummary(NamedTuple):
    """A summary and the sentences of the source that it is made of, in order of appearance."""

    summary: str
    sentences: list[Sentence]


class Candidate(NamedTuple):
    """A sentence of the source, folded into one line, with what choosing needs to know of it."""

    sentence: Sentence
    text: str
    words: list[str]
    terms: list[str]
    length: int
    speech: float
    cut: bool


def summarise(text: str, length: Length = "medium") -> ExtractiveSummary:
    """Return sentences of `text` covering all of it in about `TARGET_WORDS[length]` words, scaled mildly by its size.

    A text not much longer than that is returned whole, on one line; a blank text gives an empty summary. Raises
    ValueError for an unknown length.
    """
    if length not in TARGET_WORDS:
        raise ValueError(f"length must be one of {', '.join(TARGET_WORDS)}")
    candidates, total = _condense(text)
    target = target_words(length, total)
    if total <= target * WHOLE:
        chosen = candidates
    else:
        chosen = _choose(candidates, max(1, round(target / WORDS_PER_SENTENCE)), target, quality.MOST_WORDS)
    return ExtractiveSummary(" ".join(_shown(one) for one in chosen), [one.sentence for one in chosen])


def target_words(length: Length, total: int) -> int:
    """Return the words to aim for when summarising `total` words."""
    return round(TARGET_WORDS[length] * (1 + GROWTH * max(0.0, math.log10(max(total, 1) / 1000))))


def key_points(text: str, count: int = 5) -> list[str]:
    """Return up to `count` short sentences of `text` that say most, in order; at least one unless it is blank."""
    if count < 1:
        raise ValueError("count must be at least 1")
    candidates, _ = _condense(text)
    return [_shown(one) for one in _choose(candidates, count, 0, POINT_WORDS[1])]


def key_terms(text: str, count: int = 10) -> list[str]:
    """Return up to `count` names and phrases that `text` keeps coming back to, the weightiest first."""
    candidates, _ = _condense(text)
    found = keyterms.find_terms([one.words for one in candidates])
    both = sorted([*found.names.items(), *found.phrases.items()], key=lambda item: (-item[1], item[0]))
    return [term for term, _ in both[:count]]


def _condense(text: str) -> tuple[list[Candidate], int]:
    """Return the sentences to choose from and the words of the text; of a long text only the best of each part."""
    kept: list[Candidate] = []
    part: list[Candidate] = []
    total = chars = 0
    for candidate in _candidates(text):
        total += candidate.length
        chars += len(candidate.text)
        part.append(candidate)
        if chars >= PART_CHARS:
            kept.extend(_winners(part))
            part, chars = [], 0
    kept.extend(_winners(part) if kept else part)
    return kept, total


def _winners(part: list[Candidate]) -> list[Candidate]:
    scores = _scores(part, quality.MOST_WORDS)
    best = sorted(range(len(part)), key=lambda index: (-scores[index], index))[:WINNERS_PER_PART]
    return [part[index] for index in sorted(best)]


def _candidates(text: str) -> Iterator[Candidate]:
    for paragraph in paragraphs(text):
        speech = quality.Speech()
        for sentence in paragraph:
            share, cut = speech.share(sentence.text)
            found = words.words(sentence.text)
            yield Candidate(
                sentence, words.fold(sentence.text), found, words.terms(found), words.measure(found), share, cut
            )


def _scores(candidates: Sequence[Candidate], longest: int) -> list[float]:
    """Centrality in the neighbourhood, times the key terms named, times how well the sentence stands alone."""
    matrix = graph.term_matrix([one.terms for one in candidates])
    groups = np.arange(len(candidates), dtype=np.int64) // _GROUP_SENTENCES
    ranks = graph.centrality(matrix, groups)
    terms = keyterms.find_terms([one.words for one in candidates])
    weights = keyterms.stems_of(terms, 60)
    return [
        float(rank) * _relevance(one, weights) * _quality(one, terms, longest)
        for one, rank in zip(candidates, ranks, strict=True)
    ]


def _relevance(one: Candidate, weights: dict[str, float]) -> float:
    return 1.0 + sum(sorted((weights.get(term, 0.0) for term in set(one.terms)), reverse=True)[:4])


def _quality(one: Candidate, terms: keyterms.Terms, longest: int) -> float:
    if one.length > longest:
        return 0.0
    return quality.stands_alone(one.text, one.words, one.length, one.speech, one.cut, terms.name_words)


def _choose(candidates: list[Candidate], count: int, target: int, longest: int) -> list[Candidate]:
    """Take the best sentence of each of `count` stretches of the text, each unlike those already taken."""
    if not candidates:
        return []
    scores = _scores(candidates, longest)
    if not any(scores):
        scores = [1.0 / (1 + abs(one.length - 20)) for one in candidates]
    lengths = np.cumsum([one.length for one in candidates])
    stretch = np.minimum((lengths - 1) * count // max(int(lengths[-1]), 1), count - 1)
    taken: list[int] = []
    vectors: dict[int, dict[str, float]] = {}
    for number in range(count):
        inside = [int(index) for index in np.flatnonzero(stretch == number) if scores[index] > 0]
        inside.sort(key=lambda index: (-scores[index], index))
        best = max(
            inside[:30], key=lambda index: (_marginal(index, candidates, scores, taken, vectors), -index), default=None
        )
        if best is not None:
            taken.append(best)
    return [candidates[index] for index in taken]


def _marginal(
    index: int, candidates: list[Candidate], scores: list[float], taken: list[int], vectors: dict[int, dict[str, float]]
) -> float:
    if index not in vectors:
        found = set(candidates[index].terms)
        vectors[index] = dict.fromkeys(found, 1 / math.sqrt(len(found))) if found else {}
    closest = max((graph.similarity(vectors[index], vectors[other]) for other in taken), default=0.0)
    return scores[index] * (1 - REDUNDANCY * closest)


def _shown(one: Candidate) -> str:
    """The folded sentence; one too long to be a sentence at all is cut short, with an ellipsis."""
    if len(one.text) <= MOST_CHARS or one.length <= quality.MOST_WORDS:
        return one.text
    head = one.text[:MOST_CHARS]
    return (head[: head.rfind(" ")] if " " in head else head).rstrip(",;:") + "…"
