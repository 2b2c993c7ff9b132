"""Score how well a sentence is supported by the passages it should come from.

A sentence is compared with every stretch of one to three source sentences. Its score there is the share of its words,
weighted by rarity, that the stretch has, reduced when the sentence has names or numbers the stretch lacks, or denies
what the stretch affirms. Surface words only: it catches what was made up, misnamed or miscounted, not a false
conclusion drawn in the source's own words.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textkit import words
from textkit.sentences import split

# At or above this a sentence counts as supported: sentences copied or shortened score more, nearly all sentences with
# another name, another number or a made-up fact score less.
SUPPORTED = 0.7
WINDOW_SENTENCES = 3
# Windows of each length looked at closely for each sentence, the best by shared words.
MOST_WINDOWS = 12
# Factors for each name, number and denial that does not agree, and for each sentence more that a window needs.
UNMATCHED_NAME = 0.5
UNMATCHED_NUMBER = 0.5
OTHER_NEGATION = 0.6
WIDER_WINDOW = 0.95
# Function words weigh this share of their rarity.
STOP_WORD_WEIGHT = 0.3
# A denial holds for the first content word within so many words after it, in its own clause.
_NEGATION_REACH = 5
_FEW_WORDS = 4
# A free summary of a place in the text draws on about so many sentences at once.
OVERLAP_SENTENCES = 6
# Where more of the words are written with a capital, in a text or in one sentence, capitals do not mark names.
MOST_NAMES, MOST_CAPITALS = 0.15, 0.5
# A name of more letters than the first may differ from the source's in as many last letters as the second.
_SHORT_NAME, _NAME_ENDING = 4, 3

_CLAUSE_END = re.compile(r"[,;:.!?—]|--|\b(?:and|but)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NUMBERS_SPELT = """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million first second third fourth fifth sixth
seventh eighth ninth tenth twice half
"""
_NUMBER_WORDS = frozenset(_NUMBERS_SPELT.split())
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {
    **{word: value for value, word in enumerate("one two three four five six seven eight nine".split(), 1)},
    **{word: value for value, word in enumerate(_TEENS.split(), 10)},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), 2)},
    **{"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000},
}
_SPELT = re.compile(rf"\b(?:({_TENS.replace(' ', '|')})[- ])?({'|'.join(_VALUES)})(?:th)?\b", re.IGNORECASE)
_SMALL_NUMBERS = frozenset(map(str, range(11)))
# A word inside a sentence: after another word or a comma, or after a title.
_INNER_WORD = re.compile(r"(?:(?<=[\w,;’'] )|(?<=Mr\. )|(?<=Mrs\. )|(?<=Dr\. ))[^\W\d_][^\W_]+(?:-[^\W_]+)*")
_NEGATION = re.compile(r"not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|\w+n['’]t", re.IGNORECASE)


class Support(NamedTuple):
    """How well a sentence is supported, 0 to 1, and the stretch `passages[passage][start:end]` that supports it best.

    `passage` is -1, and the span empty, where no passage shares a word with it.
    """

    score: float
    passage: int
    start: int
    end: int

    @property
    def supported(self) -> bool:
        """Whether the score reaches `SUPPORTED`."""
        return self.score >= SUPPORTED


class _Claims(NamedTuple):
    """A sentence as sets: its terms, and what a paraphrase must not change."""

    terms: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    denied: frozenset[str]
    affirmed: frozenset[str]


class _Source(NamedTuple):
    passage: int
    start: int
    end: int
    claims: _Claims


class SupportIndex:
    """An index of passages for scoring many sentences; built once, in time and memory linear in their length."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._sources = [
            _Source(number, sentence.start, sentence.end, _read(sentence.text))
            for number, passage in enumerate(passages)
            for sentence in split(passage)
        ]
        self._numbers = frozenset(number for passage in passages for number in (*_digits(passage), *_spelt(passage)))
        self._names = frozenset(name for source in self._sources for name in source.claims.names)
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for index, source in enumerate(self._sources):
            for term in source.claims.terms:
                holders[term].append(index)
        self._holders: Mapping[str, npt.NDArray[np.int64]] = {
            term: np.array(found, np.int64) for term, found in holders.items()
        }

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every word of the passages, in small letters and stemmed."""
        return frozenset(self._holders)

    def overlap(self, sentence: str) -> float:
        """Return the share, 0 to 1, of the content words of `sentence` in the stretch of the passages that has most.

        Unlike `score` it forgives other words for the same thing: it tells a free summary of the passages from a
        sentence about something else, not a true one from a false one.
        """
        content = frozenset(words.terms(words.words(sentence)))
        found = np.zeros(len(self._sources) + OVERLAP_SENTENCES, np.int64)
        for term in content & self._holders.keys():
            near = np.zeros(len(found), np.bool_)
            for shift in range(OVERLAP_SENTENCES):
                near[self._holders[term] + shift] = True
            found += near
        return float(found.max(initial=0)) / max(1, len(content))

    def unknown(self, sentence: str) -> tuple[str, ...]:
        """Return the names and the numbers over 10 in `sentence` that no passage has, months and weekdays included.

        A name is a word with a capital inside a sentence; only the beginning of a longer one has to be known, so that
        other endings pass. Names are not looked for where the passages or the sentence write many words with a
        capital, as German and titles do.
        """
        numbers = [number for number in _digits(sentence) if number not in self._numbers | _SMALL_NUMBERS]
        found = [word for word in _INNER_WORD.findall(sentence) if word[0].isupper() and not words.is_stop_word(word)]
        if self._many_capitals or len(found) > MOST_CAPITALS * len(words.words(sentence)):
            return tuple(numbers)
        return (*numbers, *(word for word in found if not self._knows(word)))

    def _knows(self, name: str) -> bool:
        stem = _stem(name)
        if stem in self._holders or ("-" in name and all(map(self._knows, name.split("-")))):
            return True
        beginning = stem[: max(_SHORT_NAME, len(stem) - _NAME_ENDING)]
        at = bisect_left(self._sorted_terms, beginning)
        return len(stem) > _SHORT_NAME and any(term.startswith(beginning) for term in self._sorted_terms[at : at + 1])

    @cached_property
    def _sorted_terms(self) -> list[str]:
        return sorted(self._holders)

    @cached_property
    def _many_capitals(self) -> bool:
        every = sum(len(source.claims.terms) for source in self._sources)
        return sum(len(source.claims.names) for source in self._sources) > MOST_NAMES * every

    def score(self, sentence: str) -> Support:
        """Return the best support for `sentence` in the passages; 0 where they share no word with it."""
        claims = _read(sentence, self._names)
        weights = {term: self._weight(term) for term in sorted(claims.terms)}
        if not weights or not self._sources:
            return _NOWHERE
        found = [self._compare(first, last, weights, claims) for first, last in self._windows(weights)]
        return max(found, key=lambda support: support.score, default=_NOWHERE)

    def _weight(self, term: str) -> float:
        """ln(1 + n / df), a term of no passage counting as one of a single sentence."""
        rarity = float(np.log1p(len(self._sources) / max(1, len(self._holders.get(term, ())))))
        return rarity * STOP_WORD_WEIGHT if words.is_stop_word(term) else rarity

    def _windows(self, weights: Mapping[str, float]) -> Iterator[tuple[int, int]]:
        """Yield the stretches (first, last) of up to `WINDOW_SENTENCES` sentences that share most, shortest first."""
        count = len(self._sources)
        shares = np.zeros(count)
        for term, weight in weights.items():
            if term in self._holders:
                shares[self._holders[term]] += weight
        for length in range(1, WINDOW_SENTENCES + 1):
            sums = np.convolve(shares, np.ones(length))[length - 1 :]
            for first in map(int, np.argsort(-sums, kind="stable")[:MOST_WINDOWS]):
                last = min(first + length, count) - 1
                whole = self._sources[last].passage == self._sources[first].passage and last == first + length - 1
                if whole and sums[first] > 0:
                    yield first, last

    def _compare(self, first: int, last: int, weights: Mapping[str, float], claims: _Claims) -> Support:
        sources = self._sources[first : last + 1]
        there = frozenset[str]().union(*(source.claims.terms for source in sources))
        score = sum(weight for term, weight in weights.items() if term in there) / sum(weights.values())
        score *= _agreement(claims, [source.claims for source in sources]) * WIDER_WINDOW ** (last - first)
        return Support(min(1.0, score), sources[0].passage, sources[0].start, sources[-1].end)


_NOWHERE = Support(0.0, -1, 0, 0)


def _read(text: str, known_names: frozenset[str] = frozenset()) -> _Claims:
    """Parse a sentence; its first word is a name only if it is known as one, since it has a capital anyway."""
    found = words.words(text)
    stems = [_stem(word) for word in found]
    names = {
        stem
        for index, (word, stem) in enumerate(zip(found, stems, strict=True))
        if word[0].isupper() and not words.is_stop_word(word) and (index or stem in known_names)
    }
    denied = {stem for clause in _CLAUSE_END.split(text) for stem in _denied(words.words(clause))}
    numbers = set(_digits(text)) | (_NUMBER_WORDS & set(stems))
    terms = frozenset(stems) | frozenset(words.terms(found))
    affirmed = {stem for stem in stems if not words.is_stop_word(stem)} - denied
    return _Claims(terms, frozenset(names), frozenset(numbers), frozenset(denied), frozenset(affirmed))


def _digits(text: str) -> list[str]:
    return [number.replace(",", "") for number in _NUMBER.findall(text)]


def _spelt(text: str) -> Iterator[str]:
    """The values of numbers written as words, `twenty-three` also as one."""
    for tens, word in _SPELT.findall(text):
        value = _VALUES[word.lower()]
        yield str(value)
        if tens:
            yield from (str(_VALUES[tens.lower()]), str(_VALUES[tens.lower()] + value))


def _stem(word: str) -> str:
    lowered = word.lower().replace("’", "'").removesuffix("'s")
    return lowered if words.is_stop_word(lowered) or lowered in _NUMBER_WORDS else words.stem(lowered)


def _denied(clause: Sequence[str]) -> Iterator[str]:
    for index, word in enumerate(clause):
        if _NEGATION.fullmatch(word):
            reach = map(_stem, clause[index + 1 : index + 1 + _NEGATION_REACH])
            yield from [stem for stem in reach if not words.is_stop_word(stem)][:1]


def _agreement(claims: _Claims, sources: Sequence[_Claims]) -> float:
    """A factor below 1 for each name and number that the sources lack, and for a word that only one side denies."""
    content = claims.affirmed | claims.denied
    missing = sum(not _has_name(name, content, sources) for name in claims.names)
    unnumbered = claims.numbers.difference(*(source.numbers for source in sources))
    denied = frozenset[str]().union(*(source.denied for source in sources))
    affirmed = frozenset[str]().union(*(source.affirmed for source in sources))
    contradicted = claims.denied & (affirmed - denied) or claims.affirmed & (denied - affirmed)
    return UNMATCHED_NAME**missing * UNMATCHED_NUMBER ** len(unnumbered) * (OTHER_NEGATION if contradicted else 1.0)


def _has_name(name: str, content: frozenset[str], sources: Sequence[_Claims]) -> bool:
    """Whether a source sentence has the name together with other words of the claim, not just somewhere nearby."""
    others = content - {name}
    needed = min(len(others), 1 if len(others) < _FEW_WORDS else 2)
    return any(name in source.terms and len(others & source.terms) >= needed for source in sources)
