"""ROUGE and its companions for a list of generated texts, with confidence intervals by bootstrap.

ROUGE is google-research's rouge-score with stemming, the implementation that published figures use. Length, novelty
and repetition tell what ROUGE hides: a system that copies scores well and is still no summariser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from textkit.sentences import split
from training.gap import words

ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")
MEASURES = (*ROUGE, "words", "novel_bigrams", "repeated_trigrams")
Scores = dict[str, list[float]]


def scores(sources: Sequence[str], references: Sequence[str], texts: Sequence[str]) -> Scores:
    """Each measure's value for each text: ROUGE F1 in [0, 1], words, and two shares in [0, 1].

    `novel_bigrams` are those of the text that the source does not have; `repeated_trigrams` those that it has already
    said.
    """
    scorer = RougeScorer(list(ROUGE), use_stemmer=True)
    found: Scores = {name: [] for name in MEASURES}
    for source, reference, text in zip(sources, references, texts, strict=True):
        rouge = scorer.score(_by_sentence(reference), _by_sentence(text))
        for name in ROUGE:
            found[name].append(float(rouge[name].fmeasure))
        found["words"].append(float(len(words(text))))
        found["novel_bigrams"].append(_novelty(source, text, 2))
        found["repeated_trigrams"].append(_repetition(text, 3))
    return found


def intervals(values: Mapping[str, Sequence[float]], resamples: int, seed: int) -> dict[str, dict[str, float]]:
    """The mean of each measure with its 95 % percentile bootstrap interval: {measure: {mean, low, high}}."""
    draw = np.random.default_rng(seed)
    summary = {}
    for name, sample in values.items():
        data = np.asarray(sample, dtype=float)
        means = [data[draw.integers(0, len(data), len(data))].mean() for _ in range(resamples)]
        low, high = np.percentile(means, [2.5, 97.5])
        summary[name] = {"mean": float(data.mean()), "low": float(low), "high": float(high)}
    return summary


def means(references: Sequence[str], texts: Sequence[str]) -> dict[str, float]:
    """The means of the four ROUGE scores alone, for a validation during training."""
    found = scores([""] * len(texts), references, texts)
    return {name: float(np.mean(found[name])) for name in ROUGE}


def _by_sentence(text: str) -> str:
    """A sentence a line, which is what ROUGE-Lsum goes by."""
    return "\n".join(" ".join(sentence.text.split()) for sentence in split(text))


def _grams(text: str, size: int) -> list[tuple[str, ...]]:
    found = words(text)
    return [tuple(found[at : at + size]) for at in range(len(found) - size + 1)]


def _novelty(source: str, text: str, size: int) -> float:
    grams = _grams(text, size)
    known = set(_grams(source, size))
    return sum(gram not in known for gram in grams) / len(grams) if grams else 0.0


def _repetition(text: str, size: int) -> float:
    grams = _grams(text, size)
    return 1 - len(set(grams)) / len(grams) if grams else 0.0
