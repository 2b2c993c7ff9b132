"""Check what a model wrote before it is sent: whole sentences, no loops, none of the prompt's rules, nothing made up.

Every sentence is checked on its own and in order, so that a stream can send each one as soon as it has passed; what
fails is left out, and the answer says whether enough is left to be sent. Not a judgement of style. The thresholds were
measured; docs/quality.md has the table.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from textkit import words
from textkit.sentences import LOOK_AHEAD, ends_like_sentence, join, split
from textkit.support import SupportIndex

# The least share of a sentence's content words that one stretch of the source must have.
LEAST_OVERLAP = 0.4
# A sentence that says this share of its three-word runs again, or of its content words, repeats an earlier one.
MOST_SAID_AGAIN = 0.5
SAME_WORDS = 0.8
# A sentence with this share of content words from the rules that the source lacks talks about the rules.
MOST_FROM_RULES = 0.5
QUOTED_WORDS = 5
# A sentence whose share of distinct three-word runs is smaller goes round in circles.
LEAST_DISTINCT = 0.8
LOOP_WORDS = 12
SAME_WORD_RUN = 4
# A summary that loses a larger share of its sentences is not sent.
MOST_LEFT_OUT = 1 / 3
FEWEST_POINT_WORDS = 4
FEWEST_POINT_CHARACTERS = 6
MOST_CHARS = 50_000
MOST_SENTENCES = 300
LONGEST_SENTENCE = 1_000

_RUN = 3
_LIST_MARK = re.compile(r"^(?:[-*•‣◦·–—#]+|\(?\d{1,3}[.)])\s+|\*\*")
_OPENING_PHRASE = re.compile(
    r"^\W*(?:(?:sure|certainly|of course|okay)\b[^\w\n]*)?(?:here(?:'s| is| are)|(?:the|a) summary)\b[^:.\n]{0,80}:\s*",
    re.IGNORECASE,
)
_MARKS_AROUND = '"“”`*'


class Reason(StrEnum):
    """Why a sentence or an answer did not pass."""

    EMPTY = "empty"
    CUT = "cut"
    TOO_SHORT = "too_short"
    TOO_FEW = "too_few"
    LOOP = "loop"
    REPEATED = "repeated"
    RULES = "rules"
    INVENTED = "invented"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class LeftOut:
    """A sentence or point that did not pass, and why."""

    text: str
    reason: Reason


@dataclass(frozen=True)
class CheckedAnswer:
    """What is left of an answer. `ok` says whether it may be sent; if not, `reasons` says why.

    `kept` holds the sentences or points that passed, each on one line; `truncated` is true where the answer was cut by
    its limit, or ended in a loop, and so stops at an earlier sentence than its writer meant.
    """

    kept: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    truncated: bool
    ok: bool
    reasons: tuple[Reason, ...]

    @property
    def text(self) -> str:
        """The kept sentences as one text."""
        return join(self.kept)


class SourceText:
    """What an answer may be made of, and the prompt's rules, which it must not repeat; serves any number of attempts.

    Takes time and memory linear in the length of `passages`.
    """

    def __init__(self, passages: Sequence[str], rules: Sequence[str] = ()) -> None:
        self.index = SupportIndex(passages)
        self._rule_terms = frozenset(term for rule in rules for term in _content(rule)) - self.index.terms
        runs = frozenset(run for rule in rules for run in _runs(_tokens(rule), QUOTED_WORDS))
        self._rule_runs = runs.difference(
            *(_runs(_tokens(passage), QUOTED_WORDS) for passage in passages) if runs else ()
        )

    def quotes_rules(self, text: str) -> bool:
        """Tell whether `text` quotes a rule, or says little but what the rules say."""
        content = _content(text)
        if content and len(content & self._rule_terms) >= MOST_FROM_RULES * len(content):
            return True
        return any(run in self._rule_runs for run in _runs(_tokens(text), QUOTED_WORDS))


class AnswerStream:
    """Checks a summary while it is written.

    `add` returns the sentences that have passed with each piece; `close` checks the rest and returns the whole.
    """

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._said = _Said()
        self._pending = ""
        self._kept: list[str] = []
        self._left_out: list[LeftOut] = []
        self._sentences = 0
        self._chars = 0

    @property
    def looping(self) -> bool:
        """Whether the writer repeats itself, so that waiting for more of it is of no use."""
        last = [one.reason for one in self._left_out[-2:]]
        return last in ([Reason.REPEATED] * 2, [Reason.LOOP] * 2) or loops(self._pending)

    def add(self, piece: str) -> list[str]:
        """Take the next piece of the answer; return the sentences that are complete now and have passed."""
        piece = piece[: max(0, MOST_CHARS - self._chars)]
        self._chars += len(piece)
        self._pending += piece
        found = split(self._pending)
        # a sentence end is certain once the splitter has seen what it looks at after it
        done = [one for one in found if one.end + LOOK_AHEAD <= len(self._pending)]
        if len(done) == len(found):
            done = done[:-1]
        if not done:
            return []
        self._pending = self._pending[done[-1].end :]
        return list(self._checked(one.text for one in done))

    def close(self, cut: bool = False) -> CheckedAnswer:
        """Check what is left; `cut` says that the answer stopped at its limit, not at its end."""
        rest = [one.text for one in split(self._pending)]
        self._pending = ""
        tail = rest.pop() if rest and not ends_like_sentence(rest[-1]) else ""
        list(self._checked(rest))
        looped = any(one.reason in (Reason.REPEATED, Reason.LOOP) for one in self._left_out) or loops(tail)
        faults = [one for one in self._left_out if one.reason is not Reason.REPEATED]
        if tail:
            self._left_out.append(LeftOut(_line(tail)[:LONGEST_SENTENCE], Reason.LOOP if loops(tail) else Reason.CUT))
        enough = len(faults) <= MOST_LEFT_OUT * (len(faults) + len(self._kept))
        ok = bool(self._kept) and enough and not (looped and len(self._kept) < 2)
        reasons = () if ok else tuple(dict.fromkeys(one.reason for one in self._left_out)) or (Reason.EMPTY,)
        return CheckedAnswer(tuple(self._kept), tuple(self._left_out), cut or bool(tail) or looped, ok, reasons)

    def _checked(self, texts: Iterable[str]) -> Iterator[str]:
        for text in texts:
            if self._sentences >= MOST_SENTENCES:
                return
            self._sentences += 1
            shown = _line(text)
            reason = _fault(shown, self._source, self._said)
            if reason is None:
                self._kept.append(shown)
                yield shown
            elif shown:
                self._left_out.append(LeftOut(shown[:LONGEST_SENTENCE], reason))


def check_summary(answer: str, source: SourceText, cut: bool = False) -> CheckedAnswer:
    """Check a whole summary; `cut` says that it stopped at its limit, not at its end."""
    stream = AnswerStream(source)
    stream.add(answer)
    return stream.close(cut or len(answer) > MOST_CHARS)


def check_points(points: Sequence[str], source: SourceText, wanted: int) -> CheckedAnswer:
    """Check key points: `ok` where `wanted` of them are left, each of four words and more and unlike the others."""
    said = _Said()
    kept: list[str] = []
    left_out: list[LeftOut] = []
    for point in points[:MOST_SENTENCES]:
        shown = _line(point[:MOST_CHARS])
        reason = _point_fault(shown) or _fault(shown, source, said)
        if reason is None:
            kept.append(shown)
        else:
            left_out.append(LeftOut(shown[:LONGEST_SENTENCE], reason))
    ok = len(kept) >= wanted
    missing = () if ok else (Reason.TOO_FEW, *dict.fromkeys(one.reason for one in left_out))
    truncated = any(one.reason is Reason.CUT for one in left_out)
    return CheckedAnswer(tuple(kept[:wanted]), tuple(left_out), truncated, ok, missing)


def loops(text: str) -> bool:
    """Tell whether `text` goes round in circles: a word four times running, or the same few words again and again."""
    found = _tokens(text[:MOST_CHARS])
    repeated = 1
    for before, after in pairwise(found):
        repeated = repeated + 1 if before == after else 1
        if repeated >= SAME_WORD_RUN:
            return True
    if len(found) < LOOP_WORDS:
        return False
    return len(set(_runs(found, _RUN))) < LEAST_DISTINCT * (len(found) - _RUN + 1)


def _fault(shown: str, source: SourceText, said: "_Said") -> Reason | None:
    content = _content(shown)
    if not content:
        return Reason.TOO_SHORT
    if len(shown) > LONGEST_SENTENCE or loops(shown):
        return Reason.LOOP
    if not said.add(shown, content):
        return Reason.REPEATED
    if source.quotes_rules(shown):
        return Reason.RULES
    if source.index.unknown(shown):
        return Reason.INVENTED
    return Reason.UNSUPPORTED if source.index.overlap(shown) < LEAST_OVERLAP else None


def _point_fault(shown: str) -> Reason | None:
    found = words.words(shown)
    unspaced = sum(len(word) for word in found if words.is_unspaced(word))
    real = sum(any(map(str.isalpha, word)) for word in found)
    if real < FEWEST_POINT_WORDS and unspaced < FEWEST_POINT_CHARACTERS:
        return Reason.TOO_SHORT
    return Reason.CUT if shown.endswith(("…", ",", ";", ":", "-")) else None


class _Said:
    """What an answer has said so far, the sentences that did not pass included."""

    def __init__(self) -> None:
        self._runs: set[tuple[str, ...]] = set()
        self._contents: list[Collection[str]] = []

    def add(self, text: str, content: frozenset[str]) -> bool:
        """Note a sentence; False, and nothing noted, where it repeats what has been said."""
        runs = list(_runs(_tokens(text), _RUN))
        again = sum(run in self._runs for run in runs) > MOST_SAID_AGAIN * len(runs)
        if again or any(_alike(content, other) for other in self._contents):
            return False
        self._runs.update(runs)
        self._contents.append(content)
        return True


def _alike(content: frozenset[str], other: Collection[str]) -> bool:
    return len(content.intersection(other)) >= SAME_WORDS * len(content.union(other))


def _line(text: str) -> str:
    """One line, without list marks, an opening phrase such as "Here is a summary:", or marks around it."""
    shown = _OPENING_PHRASE.sub("", _LIST_MARK.sub("", words.fold(text)))
    inner = shown.strip(f" {_MARKS_AROUND}")
    return shown if any(mark in inner for mark in _MARKS_AROUND) else inner


def _content(text: str) -> frozenset[str]:
    return frozenset(words.terms(words.words(text)))


def _tokens(text: str) -> list[str]:
    """Words in small letters; of unspaced scripts single characters."""
    found: list[str] = []
    for word in words.words(text.casefold()):
        found.extend(word if words.is_unspaced(word) else (word,))
    return found


def _runs(tokens: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """The runs of `length` tokens; the whole where there are fewer."""
    size = min(length, len(tokens))
    for at in range(len(tokens) - size + 1 if tokens else 0):
        yield tuple(tokens[at : at + size])
