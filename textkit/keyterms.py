"""Find a text's own key terms: names of people and places, and the words and phrases it keeps coming back to.

Counts and capitals only; no dictionary of names, no parts of speech.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textkit.words import STOP_WORDS, stem

TITLES = frozenset(
    "Mr Mrs Ms Miss Dr Sir Lady Lord Captain Capt Colonel Col Professor Prof King Queen Prince Princess Madame".split()
)
_LINKS = frozenset("de of the von van la du".split())
_LONGEST_NAME = 4


class Terms(NamedTuple):
    """Weights of names and of phrases, as they are written in the text."""

    names: dict[str, float]
    phrases: dict[str, float]
    name_words: frozenset[str]


def find_terms(sentences: Sequence[Sequence[str]], parts: int = 20) -> Terms:
    """Weigh the names and phrases of `sentences` (their words as written) by frequency and by spread over the text."""
    name_words = _name_words(sentences)
    size = max(1, math.ceil(len(sentences) / parts))
    names, phrases = _Counter(), _Counter()
    for index, found in enumerate(sentences):
        part = index // size
        for name in _names(found, name_words):
            names.add(name, part)
        for phrase in _phrases(found, name_words):
            phrases.add(phrase, part)
    return Terms(names.weights(parts, fewest=2), phrases.weights(parts, fewest=3), name_words)


class _Counter:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._parts: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, term: str, part: int) -> None:
        self._counts[term] += 1
        self._parts[term].add(part)

    def weights(self, parts: int, fewest: int) -> dict[str, float]:
        """Frequency times the share of the text's parts the term occurs in, both damped."""
        return {
            term: math.sqrt(count) * math.sqrt(len(self._parts[term]) / parts) * (1.0 + 0.5 * term.count(" "))
            for term, count in self._counts.items()
            if count >= fewest
        }


def _name_words(sentences: Iterable[Sequence[str]]) -> frozenset[str]:
    """Words written with a capital inside sentences, and hardly ever without one."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for found in sentences:
        for word in found[1:]:
            if word[0].isupper():
                if len(word) > 1 and not word.isupper():
                    capital[_bare(word)] += 1
            else:
                small[word] += 1
    return frozenset(
        word
        for word, count in capital.items()
        if count >= 2 and count >= 4 * small[word.lower()] and word.lower() not in STOP_WORDS
    ) | (TITLES & capital.keys())


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def _names(found: Sequence[str], name_words: frozenset[str]) -> Iterable[str]:
    run: list[str] = []
    for word in found:
        bare = _bare(word)
        if bare in name_words and len(run) < _LONGEST_NAME:
            run.append(bare + "." if bare in {"Mr", "Mrs", "Ms", "Dr", "Prof", "Capt", "Col"} else bare)
            if bare != word:
                yield from _close(run)
        elif run:
            yield from _close(run)
    yield from _close(run)


def _close(run: list[str]) -> Iterable[str]:
    if run and any(part.rstrip(".") not in TITLES for part in run):
        yield " ".join(run)
    run.clear()


def _phrases(found: Sequence[str], name_words: frozenset[str]) -> Iterable[str]:
    """Single content words and pairs of them that stand side by side, in small letters."""
    previous = ""
    for word in found:
        lowered = word.lower()
        if lowered in STOP_WORDS or len(lowered) < 3 or not lowered[0].isalpha() or _bare(word) in name_words:
            previous = ""
            continue
        yield lowered
        if previous:
            yield f"{previous} {lowered}"
        previous = lowered


def stems_of(terms: Terms, count: int) -> dict[str, float]:
    """Return the stems of the `count` weightiest names and phrases, each with a weight from 0 to 1."""
    both = [*terms.names.items(), *terms.phrases.items()]
    both.sort(key=lambda item: (-item[1], item[0]))
    top = both[0][1] if both else 1.0
    weights: dict[str, float] = {}
    for term, weight in both[:count]:
        for word in term.lower().split():
            key = stem(word.rstrip("."))
            if key not in STOP_WORDS:
                weights[key] = max(weights.get(key, 0.0), weight / top)
    return weights
