"""Summarise a text in its own sentences, and list its key points and key terms: the same answer every time.

Sentences are ranked in a similarity graph, one is taken from each stretch of the text so that the whole is covered, and
none repeats another (maximal marginal relevance). Nothing is generated: every sentence is the author's.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from textkit import keyterms, layout, matter, quality, ranking, words
from textkit.lengths import TARGET_WORDS, Length
from textkit.ranking import NARRATED, Candidate
from textkit.selection import choose
from textkit.sentences import Sentence, ends_like_sentence, join, paragraphs

# Each tenfold of a text of 1,000 words adds this share of `TARGET_WORDS`.
GROWTH = 0.25
# A text at most this many times the target is given back whole.
WHOLE = 1.2
# One sentence of the summary for about this many words of it.
WORDS_PER_SENTENCE = 26
# Texts are ranked in parts of this many characters or sentences, then the best of each part together.
PART_CHARS = 1_500_000
PART_SENTENCES = 50_000
WINNERS_PER_PART = 400
# Reading and ranking so many sentences takes a fraction of a second.
_SENTENCES_BETWEEN_CHECKS = 500
POINT_WORDS = (8, 30)
MOST_CHARS = 600
# A sentence of more characters is no sentence.
LONGEST_READ = 5000
# A paragraph of more sentences than this, of fewer characters each, has stops for no reason: it is cut by length.
TINY_SENTENCES, TINY_CHARS = 500, 12
_BUNDLE_CHARS = 240
# Even without a word, so many characters are as long as one.
_CHARS_PER_WORD = 20
_HEADING_WORDS = 10
_PIECE = re.compile(r"\S(?:.{0,238}\S)?(?=\s|\Z)|\S{1,240}", re.DOTALL)
_LIST_MARK = re.compile(r"^(?:[-*•‣◦·–—]|\(?\d{1,3}[.)])\s+")
_MARKDOWN = re.compile(r"\*\*(?=\S)([^*]+)\*\*|!?\[([^\]]+)\]\([^)\s]*\)")


class ExtractiveSummary(NamedTuple):
    """A summary and the sentences of the source that it is made of, in order of appearance."""

    summary: str
    sentences: list[Sentence]


def summarise(text: str, length: Length = "medium", check: Callable[[], None] | None = None) -> ExtractiveSummary:
    """Return sentences of `text` covering all of it in about `TARGET_WORDS[length]` words, scaled mildly by its size.

    A text not much longer than that is returned whole, with the line breaks folded; a blank text gives an empty
    summary. `check` is called every few hundred sentences and may raise to end the work. Raises ValueError for an
    unknown length.
    """
    if length not in TARGET_WORDS:
        raise ValueError(f"length must be one of {', '.join(TARGET_WORDS)}")
    candidates, total = _condense(text, check)
    target = target_words(length, total)
    if total <= target * WHOLE:
        chosen = _whole(candidates)
    else:
        count = max(1, round(target / WORDS_PER_SENTENCE))
        chosen = choose(candidates, count, round(target / count), quality.MOST_WORDS, whole=True)
    return ExtractiveSummary(join([_shown(one) for one in chosen]), [one.sentence for one in chosen])


def target_words(length: Length, total: int) -> int:
    """Return the words to aim for when summarising `total` words."""
    return round(TARGET_WORDS[length] * (1 + GROWTH * max(0.0, math.log10(max(total, 1) / 1000))))


def key_points(text: str, count: int = 5, check: Callable[[], None] | None = None) -> list[str]:
    """Return up to `count` short sentences of `text` that say most, in order; at least one unless it is blank.

    `check` is called as in `summarise`. Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError("count must be at least 1")
    candidates, _ = _condense(text, check)
    return [_shown(one) for one in choose(candidates, count, sum(POINT_WORDS) // 2, POINT_WORDS[1])]


def key_terms(text: str, count: int = 10) -> list[str]:
    """Return up to `count` names and phrases that `text` keeps coming back to, the weightiest first.

    Of a text over `PART_CHARS` the best-ranked sentences are looked at, not all.
    """
    candidates, _ = _condense(text)
    found = keyterms.find_terms([one.words for one in candidates])
    return [term for term, _ in found.ranked(count)]


def _condense(text: str, check: Callable[[], None] | None = None) -> tuple[list[Candidate], int]:
    """Return the sentences to choose from and the words of the text; of a long text only the best of each part."""
    kept: list[Candidate] = []
    part: list[Candidate] = []
    total = chars = 0
    for number, candidate in enumerate(_candidates(text)):
        if check and number % _SENTENCES_BETWEEN_CHECKS == 0:
            check()
        total += candidate.length
        chars += len(candidate.text)
        part.append(candidate)
        if chars >= PART_CHARS or len(part) >= PART_SENTENCES:
            kept.extend(_winners(part))
            part, chars = [], 0
    kept.extend(_winners(part) if kept else part)
    return kept, total


def _winners(part: list[Candidate]) -> list[Candidate]:
    scores = ranking.score(part, quality.MOST_WORDS).alone
    best = sorted(range(len(part)), key=lambda index: (-scores[index], index))[:WINNERS_PER_PART]
    return [part[index]._replace(follows=False) for index in sorted(best)]


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
                max(share, NARRATED) if narrated else share,
                cut,
                number > 0,
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


def _whole(candidates: list[Candidate]) -> list[Candidate]:
    """Everything but headings, as long as sentences make up most of it."""
    full = [one for one in candidates if ends_like_sentence(one.text) or one.length > _HEADING_WORDS]
    most = sum(one.length for one in full) * 2 >= sum(one.length for one in candidates)
    return full if full and most else candidates


def _shown(one: Candidate) -> str:
    """The folded sentence without a list mark or the marks of Markdown for bold text and links.

    One too long to be a sentence at all is cut short, with an ellipsis.
    """
    text = _MARKDOWN.sub(lambda found: found[1] or found[2], _LIST_MARK.sub("", one.text)) or one.text
    if len(text) <= MOST_CHARS or (one.length <= quality.MOST_WORDS and len(one.words) > 1):
        return text
    head = text[:MOST_CHARS]
    return (head[: head.rfind(" ")] if " " in head else head).rstrip(",;:") + "…"
