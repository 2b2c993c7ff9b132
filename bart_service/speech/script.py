"""A text as a reader would read it: line by line, each with what is said and the silence after it. Knows no voice.

Works sentence by sentence, so a whole book needs no more memory than its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bart_service.speech import normalise
from bart_service.speech.normalise import NO_LEXICON, Spelled
from textkit import sentences
from textkit.sentences import Sentence

# Silence between the last sound of a line and the first of the next, in seconds at speed 1.
CLAUSE_S, SENTENCE_S, PARAGRAPH_S, HEADING_S, BREAK_S, CHAPTER_S = 0.12, 0.35, 0.75, 1.1, 1.8, 2.5
LONGEST_CHARS = 240  # said at once: about 16 s, which bounds the memory of a run
FIRST_CHARS = 90  # of a text, if it has a clause so short: the first sound must not wait for a long sentence
LONGEST_WORD = 500
_HEADING_CHARS = 100
_HEADING = re.compile(
    r"\s{0,3}#{1,6}\s|\s*(?:chapter|kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:—–](?:[\"'”’»)]*)\s+|\s+—\s+|[。！？，、；：]")
# Scripts that write no spaces between words, whose runs of letters may be long.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
_ENDLESS = re.compile(rf"[^\W_{_UNSPACED}]{{{LONGEST_WORD + 1},}}+")
_SAMPLE = 40


class NotSpeakable(ValueError):
    """A text that cannot be read aloud; the text of the error says why, in a sentence without a full stop."""


@dataclass(frozen=True)
class Line:
    """What is said at once: the original's `start` to `end` (characters), its spoken form, and the silence after it."""

    start: int
    end: int
    said: Spelled
    pause_s: float
    language: str


def check(text: str) -> None:
    """Refuse a text without a letter or digit, or with an endless word. Raises NotSpeakable."""
    if not any(map(str.isalnum, text)):
        raise NotSpeakable("The text has no letter and no digit, so there is nothing to speak")
    endless = _ENDLESS.search(text)
    if endless:
        raise NotSpeakable(
            f"The text has a word of {endless.end() - endless.start():,} letters, {endless.group()[:_SAMPLE]}...;"
            f" at most {LONGEST_WORD} are spoken"
        )


def lines(
    text: str,
    language: str,
    other: Callable[[str], str | None] = lambda sentence: None,
    lexicon: Mapping[str, str] = NO_LEXICON,
) -> Iterator[Line]:
    """The lines of a text, made as they are asked for.

    Args:
        other: names a sentence's language if it is not the text's.
        lexicon: how some words are said.

    Raises:
        NotSpeakable: before the first line, if there is none.
    """
    check(text)
    waiting: Line | None = None
    first = True
    for sentence, place in _sentences(text, language):
        spoken = other(sentence.text) or language
        said = _stripped(normalise.spell(sentence.text, spoken, lexicon))
        pause_s = _pause_after(sentence.text, said.text, place)
        if not any(map(str.isalnum, said.text)):  # a row of stars: only its silence is kept
            if waiting is not None:
                waiting = replace(waiting, pause_s=max(waiting.pause_s, pause_s))
            continue
        pieces = list(_pieces(said, opening=first))
        first = False
        for index, piece in enumerate(pieces):
            if waiting is not None:
                yield waiting
            start, end = piece.origin(0, len(piece.text))
            after_s = pause_s if index + 1 == len(pieces) else CLAUSE_S
            waiting = Line(sentence.start + start, sentence.start + end, piece, after_s, spoken)
    if waiting is None:
        raise NotSpeakable("The text has nothing that is spoken aloud")
    yield waiting


_Place = Literal["inside", "last", "alone"]


def _sentences(text: str, language: str) -> Iterator[tuple[Sentence, _Place]]:
    """Each sentence, and its place in its paragraph."""
    for paragraph in sentences.paragraphs(text):
        joined = list(_joined(text, paragraph, language))
        for sentence in joined[:-1]:
            yield sentence, "inside"
        yield joined[-1], "alone" if len(joined) == 1 else "last"


def _pause_after(text: str, said: str, place: _Place) -> float:
    """The silence after a sentence; a paragraph of one sentence may be a scene break or a heading."""
    if place == "inside":
        return SENTENCE_S
    if place == "last":
        return PARAGRAPH_S
    if not any(map(str.isalnum, text)):
        return BREAK_S
    unfinished = said.rstrip("\"'”’»)")[-1:] not in set(".!?…:;,。！？—")
    return HEADING_S if len(text) <= _HEADING_CHARS and (unfinished or _HEADING.match(text)) else PARAGRAPH_S


def _joined(text: str, paragraph: list[Sentence], language: str) -> Iterator[Sentence]:
    """Sentences, put together again where the cut was at an abbreviation of this language ("am 3." "Mai")."""
    held = paragraph[0]
    for sentence in paragraph[1:]:
        if normalise.ends_in_abbreviation(held.text, language):
            held = Sentence(held.start, sentence.end, text[held.start : sentence.end])
        else:
            yield held
            held = sentence
    yield held


def _stripped(said: Spelled) -> Spelled:
    start = len(said.text) - len(said.text.lstrip())
    return said.cut(start, len(said.text.rstrip()))


def _pieces(said: Spelled, *, opening: bool) -> Iterator[Spelled]:
    """Parts of at most 240 characters, cut after a clause, else at white space, else anywhere.

    The `opening` of a text is cut after its first clause of 20 to 90 characters, if there is one.
    """
    text, start = said.text, 0
    clause = _CLAUSE.search(text, FIRST_CHARS // 4, FIRST_CHARS) if opening and len(text) > FIRST_CHARS // 2 else None
    if clause and clause.end() < len(text):
        yield _stripped(said.cut(0, clause.end()))
        start = clause.end()
    while len(text) - start > LONGEST_CHARS:
        most = start + LONGEST_CHARS
        clauses = [found.end() for found in _CLAUSE.finditer(text, start + LONGEST_CHARS // 4, most)]
        cut = clauses[-1] if clauses else text.rfind(" ", start + 1, most) + 1 or most
        yield _stripped(said.cut(start, cut))
        start = cut
    yield _stripped(said.cut(start, len(text)))
