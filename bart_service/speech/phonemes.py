"""Phonemes of a sentence from the eSpeak child: clauses with their punctuation, and which word each sound belongs to.

eSpeak writes some neighbours as one word ("out of" is ˌaʊɾəv) and some words as several (numbers, initials). Where the
counts differ, each written word is given to the run of source words whose own phonemes are nearest to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

# The marks that a clause may end with, as both kinds of neural voice know them.
_WIDE = "—–…。，、；：！？।؟،"
_CLAUSE_END = re.compile(rf"""[.,;:!?{_WIDE}]+["'”’»›)\]]*(?=\s|$)|[{_WIDE}]+|\s-{{1,3}}(?=\s)""")
_MARKS = {
    "…": "...", "–": "—", "-": "—", "。": ".", "，": ",", "、": ",", "；": ";", "：": ":", "！": "!", "？": "?",
    "।": ".", "؟": "?", "،": ",",
}  # fmt: skip
_WORD = re.compile(r"\S+")
_SWITCH = re.compile(r"\([a-z][a-z-]*\)")  # "(en)": eSpeak says that it changes language
_MOST_MERGED, _MOST_SPLIT = 4, 16

Ask = Callable[[Sequence[str], str], list[str]]


class WrittenWord(NamedTuple):
    """The phonemes of one source word or of a few that sound as one; its place is in characters of the sentence."""

    phonemes: str
    start: int
    length: int


@dataclass(frozen=True)
class Clause:
    """Words up to a punctuation mark; `mark` is the mark, or empty at an unpunctuated end."""

    words: tuple[WrittenWord, ...]
    mark: str


class _Source(NamedTuple):
    text: str
    start: int
    mark: str


class Phonemiser:
    """Writes sentences in one language; `ask` is `EspeakVoice.phonemes`."""

    def __init__(self, ask: Ask, language: str) -> None:
        self._ask, self._language = ask, language
        self._alone = lru_cache(maxsize=20_000)(self._one)

    def write(self, sentence: str) -> list[Clause]:
        """The clauses of a sentence that have any sound. Raises what `ask` raises."""
        sources = list(_clauses(sentence))
        written = self._ask([source.text for source in sources], self._language)
        clauses = []
        for source, phonemes in zip(sources, written, strict=True):
            said = _SWITCH.sub("", phonemes).split()
            if said:
                clauses.append(Clause(tuple(self._place(source, said)), source.mark))
        return clauses

    def _place(self, source: _Source, said: list[str]) -> Iterator[WrittenWord]:
        words = [(found.group(), source.start + found.start()) for found in _WORD.finditer(source.text)]
        voiced = [(word, at) for word, at in words if any(map(str.isalnum, word))] or words
        if len(voiced) == len(said):
            runs = [(index, index + 1, index, index + 1) for index in range(len(said))]
        else:
            runs = align([self._alone(word) for word, _ in voiced], said)
        for first, end, said_first, said_end in runs:
            start = voiced[first][1]
            last, at = voiced[end - 1]
            yield WrittenWord(" ".join(said[said_first:said_end]), start, at + len(last) - start)

    def _one(self, word: str) -> str:
        return _SWITCH.sub("", self._ask([word], self._language)[0]).replace(" ", "")


def align(words: Sequence[str], said: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Runs (first word, end, first said, end) that pair source words with written ones in order, every one used once.

    A run joins up to four words with one written word, or one word with up to sixteen. The runs whose phonemes have the
    least edit distance in all are taken (a word written alike is paired at once); where no pairing exists, everything
    is one run.
    """
    words, said = ([text.translate(_NO_STRESS) for text in texts] for texts in (words, said))
    best: dict[tuple[int, int], tuple[int, tuple[int, int]]] = {(0, 0): (0, (0, 0))}
    for i in range(len(words) + 1):
        for j in range(len(said) + 1):
            if (i, j) not in best:
                continue
            alike = i < len(words) and j < len(said) and words[i] == said[j]
            for di, dj in _STEPS[:1] if alike else _STEPS:
                to = (i + di, j + dj)
                if to[0] > len(words) or to[1] > len(said):
                    continue
                cost = best[i, j][0] + _edits("".join(words[i : to[0]]), "".join(said[j : to[1]]))
                if to not in best or cost < best[to][0]:
                    best[to] = (cost, (i, j))
    at = (len(words), len(said))
    if at not in best:
        return [(0, len(words), 0, len(said))]
    runs = []
    while at != (0, 0):
        before = best[at][1]
        runs.append((before[0], at[0], before[1], at[1]))
        at = before
    return runs[::-1]


_STEPS = [(1, 1), *((n, 1) for n in range(2, _MOST_MERGED + 1)), *((1, n) for n in range(2, _MOST_SPLIT + 1))]
_NO_STRESS = dict.fromkeys(map(ord, "ˈˌː"))


def _edits(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def _clauses(sentence: str) -> Iterator[_Source]:
    position = 0
    for found in _CLAUSE_END.finditer(sentence):
        if found.start() > position:
            yield _Source(sentence[position : found.start()], position, _mark(found.group()))
        position = found.end()
    if position < len(sentence):
        yield _Source(sentence[position:], position, "")


def _mark(run: str) -> str:
    """One mark for a run of them: `?!` asks, `!!` exclaims, `...` trails off."""
    plain = "".join(_MARKS.get(mark, mark) for mark in run)
    for mark in ("?", "!", "...", "—"):
        if mark in plain:
            return mark
    return next((mark for mark in plain if mark in ".,;:"), "")
