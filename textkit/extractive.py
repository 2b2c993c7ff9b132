"""Summarise a text in its own sentences, and list its key points and key terms: the same answer every time.

Sentences are ranked in a similarity graph, one is taken from each stretch of the text so that the whole is covered, and
none repeats another (maximal marginal relevance). Nothing is generated: every sentence is the author's.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from textkit import graph, keyterms, layout, matter, quality, substance, words
from textkit.sentences import Sentence, ends_like_sentence, join, paragraphs

Length = Literal["short", "medium", "long"]

# Words of a summary of a 1,000-word text; each tenfold of the input adds GROWTH of it.
TARGET_WORDS: dict[str, int] = {"short": 60, "medium": 150, "long": 400}
GROWTH = 0.25
# A text at most this many times the target is given back whole.
WHOLE = 1.2
# One sentence of the summary for about this many words of it.
WORDS_PER_SENTENCE = 26
# Texts are ranked in parts of this many characters or sentences, then the best of each part together.
PART_CHARS = 1_500_000
PART_SENTENCES = 50_000
WINNERS_PER_PART = 400
POINT_WORDS = (8, 30)
MOST_CHARS = 600
# A sentence of more characters is no sentence.
LONGEST_READ = 5000
# Carbonell and Goldstein (1998): the share of the score that repeating what is already said can cost.
REDUNDANCY = 0.7
# Two sentences whose content words are this alike (cosine) are never both taken.
NEAR_DUPLICATE = 0.6
# A paragraph of more sentences than this, of fewer characters each, has stops for no reason: it is cut by length.
TINY_SENTENCES, TINY_CHARS = 500, 12
_BUNDLE_CHARS = 240
# Sentences link to those of their own stretch of this many.
GROUP_SENTENCES = 150
# Of a stretch, this many of the best are compared with those already taken.
MOST_COMPARED = 40
# A book's first sentences set the scene: the first weighs this much more, fading over so many.
_LEAD, _LEAD_SENTENCES = 2.0, 3
_KEY_TERMS = 60
# Even without a word, so many characters are as long as one.
_CHARS_PER_WORD = 20
_HEADING_WORDS = 10
# A story in quotation marks counts as this share of speech.
_NARRATED = 0.1
# A sentence with "I" where the narrator has none comes from a letter or a speech.
_FOREIGN_NARRATOR = 0.3
_PIECE = re.compile(r"\S(?:.{0,238}\S)?(?=\s|\Z)|\S{1,240}", re.DOTALL)
_LIST_MARK = re.compile(r"^(?:[-*•‣◦·–—]|\(?\d{1,3}[.)])\s+")


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

    A text not much longer than that is returned whole, with the line breaks folded; a blank text gives an empty
    summary. Raises ValueError for an unknown length.
    """
    if length not in TARGET_WORDS:
        raise ValueError(f"length must be one of {', '.join(TARGET_WORDS)}")
    candidates, total = _condense(text)
    target = target_words(length, total)
    if total <= target * WHOLE:
        chosen = _whole(candidates)
    else:
        count = max(1, round(target / WORDS_PER_SENTENCE))
        chosen = _choose(candidates, count, round(target / count), quality.MOST_WORDS, fill=True)
    return ExtractiveSummary(join([_shown(one) for one in chosen]), [one.sentence for one in chosen])


def target_words(length: Length, total: int) -> int:
    """Return the words to aim for when summarising `total` words."""
    return round(TARGET_WORDS[length] * (1 + GROWTH * max(0.0, math.log10(max(total, 1) / 1000))))


def key_points(text: str, count: int = 5) -> list[str]:
    """Return up to `count` short sentences of `text` that say most, in order; at least one unless it is blank.

    Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError("count must be at least 1")
    candidates, _ = _condense(text)
    return [_shown(one) for one in _choose(candidates, count, sum(POINT_WORDS) // 2, POINT_WORDS[1])]


def key_terms(text: str, count: int = 10) -> list[str]:
    """Return up to `count` names and phrases that `text` keeps coming back to, the weightiest first.

    Of a text over `PART_CHARS` the best-ranked sentences are looked at, not all.
    """
    candidates, _ = _condense(text)
    found = keyterms.find_terms([one.words for one in candidates])
    return [term for term, _ in found.ranked(count)]


def _condense(text: str) -> tuple[list[Candidate], int]:
    """Return the sentences to choose from and the words of the text; of a long text only the best of each part."""
    kept: list[Candidate] = []
    part: list[Candidate] = []
    total = chars = 0
    for candidate in _candidates(text):
        total += candidate.length
        chars += len(candidate.text)
        part.append(candidate)
        if chars >= PART_CHARS or len(part) >= PART_SENTENCES:
            kept.extend(_winners(part))
            part, chars = [], 0
    kept.extend(_winners(part) if kept else part)
    return kept, total


def _winners(part: list[Candidate]) -> list[Candidate]:
    scores = _scores(part, quality.MOST_WORDS)
    best = sorted(range(len(part)), key=lambda index: (-scores[index], index))[:WINNERS_PER_PART]
    return [part[index] for index in sorted(best)]


def _candidates(text: str) -> Iterator[Candidate]:
    start, end = matter.body(text)
    if not text[start:end].strip():
        start, end = 0, len(text)
    inner = layout.prose(text[start:end])
    for paragraph in paragraphs(inner):
        narrated = matter.is_narration(paragraph)
        speech = quality.Speech()
        for number, sentence in enumerate(_pieces(inner, paragraph)):
            skipped = 1 if narrated and number == 0 else 0
            written = sentence.text[skipped:]
            folded = words.fold(written)
            if not folded:
                continue
            share, cut = speech.share(written)
            found = words.words(written)
            yield Candidate(
                Sentence(start + sentence.start + skipped, start + sentence.end, written),
                folded,
                found,
                words.terms(found),
                max(words.measure(found), len(folded) // _CHARS_PER_WORD),
                max(share, _NARRATED) if narrated else share,
                cut,
            )


def _pieces(text: str, paragraph: Sequence[Sentence]) -> Iterator[Sentence]:
    """The sentences, those without end (transcripts, tables) cut into stretches, and tiny ones without end bundled."""
    for sentence in _bundles(text, paragraph):
        if len(sentence.text) <= LONGEST_READ:
            yield sentence
        else:
            for piece in _PIECE.finditer(sentence.text):
                yield Sentence(sentence.start + piece.start(), sentence.start + piece.end(), piece.group())


def _bundles(text: str, paragraph: Sequence[Sentence]) -> Sequence[Sentence]:
    size = paragraph[-1].end - paragraph[0].start
    if len(paragraph) <= TINY_SENTENCES or size >= TINY_CHARS * len(paragraph):
        return paragraph
    step = max(1, _BUNDLE_CHARS * len(paragraph) // size)
    ends = [
        (group[0].start, group[-1].end) for at in range(0, len(paragraph), step) if (group := paragraph[at : at + step])
    ]
    return [Sentence(start, end, text[start:end]) for start, end in ends]


def _scores(candidates: Sequence[Candidate], longest: int) -> list[float]:
    """Centrality in the neighbourhood, times the key terms named, times how well the sentence stands alone.

    Where no sentence stands alone (lists, notes, unpunctuated text) the last factor is left out.
    """
    matrix = graph.term_matrix([one.terms for one in candidates])
    ranks = graph.centrality(matrix, np.arange(len(candidates), dtype=np.int64) // GROUP_SENTENCES)
    terms = keyterms.find_terms([one.words for one in candidates])
    weights = keyterms.stem_weights(terms, _KEY_TERMS)
    minor = substance.minor_names([one.words for one in candidates], terms.name_words)
    narrated = [one for one in candidates if one.speech <= _NARRATED and one.length >= quality.FEWEST_WORDS]
    personal = sum(quality.is_first_person(one.text) for one in narrated) >= 0.2 * len(narrated)
    worth = [_quality(one, terms, longest, personal, minor) for one in candidates]
    if not any(worth):
        worth = [1 / (1 + abs(one.length - longest / 2)) for one in candidates]
    opening = [1 + _LEAD * math.exp(-index / _LEAD_SENTENCES) for index in _ordinals(worth)]
    return [
        math.sqrt(float(rank)) * _relevance(one, weights) * value * lead
        for one, rank, value, lead in zip(candidates, ranks, worth, opening, strict=True)
    ]


def _ordinals(worth: Sequence[float]) -> Iterator[int]:
    """Number the sentences that are worth showing; the others have the number of the next one."""
    number = 0
    for value in worth:
        yield number
        number += value > 0


def _relevance(one: Candidate, weights: dict[str, float]) -> float:
    return 1.0 + sum(sorted((weights.get(term, 0.0) for term in set(one.terms)), reverse=True)[:4])


def _quality(one: Candidate, terms: keyterms.Terms, longest: int, personal: bool, minor: frozenset[str]) -> float:
    if one.length > longest:
        return 0.0
    alone = quality.stands_alone(one.text, one.words, one.length, one.speech, one.cut, terms.name_words)
    if not alone:
        return 0.0
    if not personal and quality.is_first_person(one.text):
        alone *= _FOREIGN_NARRATOR
    return alone * substance.weigh(one.text, one.words, terms.name_words, minor)


def _choose(
    candidates: list[Candidate], count: int, words_each: int, longest: int, fill: bool = False
) -> list[Candidate]:
    """Take the best sentence of each of `count` stretches of the text, each unlike those already taken.

    Stretches that have none leave their turn to the rest of the text; with `fill`, so does a budget not used up.
    """
    if not candidates:
        return []
    count = min(count, len(candidates))
    scores = _scores(candidates, longest)
    ends = np.cumsum([one.length for one in candidates])
    stretches = np.minimum((ends - 1) * count // max(int(ends[-1]), 1), count - 1)
    taken = _Taken(candidates)
    budget = 0
    for number in range(count):
        budget += words_each
        inside = [int(index) for index in np.flatnonzero(stretches == number) if scores[index] > 0]
        inside.sort(key=lambda index: (-scores[index], index))
        taken.add_best(inside[:MOST_COMPARED], scores, budget)
    rest = sorted((index for index, score in enumerate(scores) if score > 0), key=lambda index: (-scores[index], index))
    rest = rest[: MOST_COMPARED + count]
    for _ in range(count - len(taken.indices)):
        taken.add_best(rest, scores, budget)
    if fill:
        taken.fill(rest, scores, budget)
    return [candidates[index] for index in sorted(taken.indices)]


class _Taken:
    """The sentences chosen so far."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.indices: list[int] = []
        self._candidates = candidates
        self._vectors: dict[int, dict[str, float]] = {}
        self._words = 0
        holders = Counter(term for one in candidates for term in set(one.terms))
        self._rarity = {term: math.log1p(len(candidates) / count) for term, count in holders.items()}

    def add_best(self, among: Sequence[int], scores: Sequence[float], budget: int) -> None:
        """Add the one of `among` with the best score after what repeating and overspending `budget` words cost it."""
        fresh = [index for index in among if index not in self.indices]
        worth = {index: scores[index] * self._novelty(index) * self._fit(index, budget) for index in fresh}
        best = max(fresh, key=lambda index: (worth[index], -index), default=None)
        if best is not None and worth[best] > 0:
            self.indices.append(best)
            self._words += self._candidates[best].length

    def fill(self, among: Sequence[int], scores: Sequence[float], budget: int) -> None:
        """Add more of `among` while one of them fits into `budget` words."""
        size = -1
        while size < len(self.indices):
            size = len(self.indices)
            spare = budget - self._words
            self.add_best([index for index in among if self._candidates[index].length <= spare], scores, budget)

    def _fit(self, index: int, budget: int) -> float:
        over = self._words + self._candidates[index].length - budget
        return 1.0 if over <= 0 else max(0.2, 1 - over / 60)

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


def _whole(candidates: list[Candidate]) -> list[Candidate]:
    """Everything but headings, as long as sentences make up most of it."""
    full = [one for one in candidates if ends_like_sentence(one.text) or one.length > _HEADING_WORDS]
    most = sum(one.length for one in full) * 2 >= sum(one.length for one in candidates)
    return full if full and most else candidates


def _shown(one: Candidate) -> str:
    """The folded sentence without a list mark; one too long to be a sentence at all is cut short, with an ellipsis."""
    text = _LIST_MARK.sub("", one.text) or one.text
    if len(text) <= MOST_CHARS or (one.length <= quality.MOST_WORDS and len(one.words) > 1):
        return text
    head = text[:MOST_CHARS]
    return (head[: head.rfind(" ")] if " " in head else head).rstrip(",;:") + "…"
