"""Score the sentences of a text by how central they are, what they name, and how well they can be shown alone."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from textkit import graph, keyterms, quality, substance
from textkit.sentences import Sentence

# Sentences link to those of their own stretch of this many; in a text of at most so many, to all others.
GROUP_SENTENCES, ONE_GROUP = 150, 150
# A book's first sentences set the scene: the first weighs this much more, fading over so many.
_LEAD, _LEAD_SENTENCES = 2.0, 3
_KEY_TERMS = 60
# So many of the names that come most often are the main ones.
MAIN_NAMES = 8
# A story in quotation marks counts as this share of speech.
NARRATED = 0.1
# A sentence with "I" where the narrator has none comes from a letter or a speech.
_FOREIGN_NARRATOR = 0.3


class Candidate(NamedTuple):
    """A sentence of the source, folded into one line, with what choosing needs to know of it.

    `follows` says whether the candidate before it is the sentence before it in the same paragraph.
    """

    sentence: Sentence
    text: str
    words: list[str]
    terms: list[str]
    length: int
    speech: float
    cut: bool
    follows: bool


class Scores(NamedTuple):
    """Scores of each candidate: shown alone, and shown right after the one before it, as far as that makes it clearer.

    `names` holds the main names of the text in each candidate, `weights` how much of the text is about each.
    """

    alone: list[float]
    after: list[float]
    names: list[frozenset[str]]
    weights: dict[str, float]


def score(candidates: Sequence[Candidate], longest: int, emphasis: float = 1.0) -> Scores:
    """Multiply centrality in the neighbourhood, the key terms named, and how well the sentence can be shown.

    Where no sentence can be shown alone (lists, notes, unpunctuated text) the last factor is left out. Sentences of
    more than `longest` words score 0. `emphasis` is the power of the factor for what a sentence tells.
    """
    matrix = graph.term_matrix([one.terms for one in candidates])
    group = GROUP_SENTENCES if len(candidates) > ONE_GROUP else max(1, len(candidates))
    ranks = graph.centrality(matrix, np.arange(len(candidates), dtype=np.int64) // group)
    terms = keyterms.find_terms([one.words for one in candidates])
    stems = keyterms.stem_weights(terms, _KEY_TERMS)
    main = keyterms.main_names(terms, MAIN_NAMES)
    minor = substance.minor_names([one.words for one in candidates], terms.name_words)
    narrated = [one for one in candidates if one.speech <= NARRATED and one.length >= quality.FEWEST_WORDS]
    personal = sum(quality.is_first_person(one.text) for one in narrated) >= 0.2 * len(narrated)
    worth = [_worth(one, terms, longest, personal, minor, emphasis) for one in candidates]
    if not any(alone for alone, _ in worth):
        worth = [(1 / (1 + abs(one.length - longest / 2)), 0.0) for one in candidates]
    opening = [1 + _LEAD * math.exp(-index / _LEAD_SENTENCES) for index in _ordinals([alone for alone, _ in worth])]
    about = [
        math.sqrt(float(rank)) * _relevance(one, stems) * lead
        for one, rank, lead in zip(candidates, ranks, opening, strict=True)
    ]
    return Scores(
        [value * alone for value, (alone, _) in zip(about, worth, strict=True)],
        [value * after for value, (_, after) in zip(about, worth, strict=True)],
        [keyterms.named(one.words, main) for one in candidates],
        main,
    )


def _ordinals(worth: Sequence[float]) -> Iterator[int]:
    """Number the sentences that are worth showing; the others have the number of the next one."""
    number = 0
    for value in worth:
        yield number
        number += value > 0


def _relevance(one: Candidate, weights: dict[str, float]) -> float:
    return 1.0 + sum(sorted((weights.get(term, 0.0) for term in set(one.terms)), reverse=True)[:4])


def _worth(
    one: Candidate, terms: keyterms.Terms, longest: int, personal: bool, minor: frozenset[str], emphasis: float
) -> tuple[float, float]:
    """How well a sentence can be shown alone, and after the one before it."""
    if one.length > longest:
        return 0.0, 0.0
    form = quality.form(one.text, one.words, one.length, one.speech, one.cut)
    if not form:
        return 0.0, 0.0
    if not personal and quality.is_first_person(one.text):
        form *= _FOREIGN_NARRATOR
    form *= substance.weigh(one.text, one.words, terms.name_words, minor) ** emphasis
    return form * quality.clarity(one.text, terms.name_words), form if one.follows else 0.0
