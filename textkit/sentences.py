"""Cut a text into sentences with their places in it.

English prose comes first (titles, initials, dialogue, hard-wrapped lines); other scripts are cut at their own full
stops. Not a parser: it never looks further than a few dozen characters around a full stop, so any input, a word of a
million characters included, takes linear time.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from textkit import words


class Sentence(NamedTuple):
    """A sentence: `text` is exactly `source[start:end]`, without white space at either end."""

    start: int
    end: int
    text: str


_CLOSERS = "\"'”’»›)\\]}_*」』）】》〉］"
_OPENERS = "\"'“‘«‹([{_*-—–¡¿「『（【《〈［"
_WIDE_STOPS = "。！？｡।॥"
_PARAGRAPH = re.compile(r"(?:\n[^\S\n]*\n|\r\r|\f|\u2029)\s*")
# A run is matched whole and judged afterwards: a look-ahead here would make "!!!!..." quadratic.
_STOP = re.compile(rf"[.!?…؟۔։{_WIDE_STOPS}]++[{_CLOSERS}]*+")
_AT_END = re.compile(rf"[.!?…؟۔։{_WIDE_STOPS}][{_CLOSERS}]*$")
_WORD_BEFORE = re.compile(r"[^\W_](?:[\w.’'-]*[^\W_])?$")
_WORD_AFTER = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_LINE_START = re.compile(
    r"\n[^\S\n]*(?=(?:[-*•‣◦·–—][^\S\n]|\(?\d{1,3}[.)][^\S\n]|(?:CHAPTER|Chapter|LETTER|BOOK|PART|VOLUME)\s[\dIVXLC]))"
)
# A heading's own line: "Chapter 3", or with a title when the next line begins like a sentence.
_HEADING_END = re.compile(
    r"(?<![^\n])[^\S\n]*(?:chapter|letter|book|part|volume)[^\S\n]+(?:\d{1,4}|[ivxlc]{1,8})"
    r"(?:\.?[^\S\n]*\n|[.:—–-][^\S\n]*[^\W_][^\n.!?]{0,60}\n(?:[^\n.!?,;]{1,30}\n)?(?=[^\S\n]*[\"'“‘«(_]?(?-i:[A-Z])))",
    re.IGNORECASE,
)
# A scene break on its own line, such as "* * *".
_ORNAMENT = re.compile(r"(?<![^\n])[^\S\n]*+(?:[*~#=•·—–_-][^\S\n]*+){3,}+(?=\n)")
_SPEECH = re.compile(
    r"(?:I|[^\W\d_a-z][\w’'-]{1,20}\.?(?:\s[^\W\d_a-z][\w’'-]{1,20}\.?){0,2})\s(?:said|says|asked|cried|replied|exclaimed|"
    r"answered|returned|inquired|enquired|whispered|shouted|repeated|remarked|observed|added|called|screamed|demanded|"
    r"muttered|murmured|continued|interrupted|thought)\b"
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NEVER_LAST = _words(
    "mr mrs ms mx messrs mme mlle dr prof st rev hon revd col capt lieut lt gen sgt maj adm gov sen rep pres mt ft "
    "vs viz cf e.g i.e eg ie approx"
)
_BEFORE_NUMBER = _words(
    "no nos vol vols ch chap fig figs p pp sec art eq jan feb mar apr jun jul aug sep sept oct nov dec"
)
_SELDOM_LAST = _words("jr sr inc ltd co corp bros esq etc al ph.d a.m p.m a.d b.c u.s u.k")
_STARTERS = _words(
    "the a an he she it they we you i this that these those there then when where while what who why how in on at but "
    "and so if as for his her its their our my your not no yes after before some many most all one mr mrs miss"
)
_NUMBERED = _words("chapter letter book part volume act scene section canto")
_ROMAN = re.compile(r"[IVXLC]{1,7}")
_LOOK_BACK = 32
# So many characters after a full stop decide whether it ends a sentence.
LOOK_AHEAD = 80
_CASE_SAMPLE = 200_000


def split(text: str) -> list[Sentence]:
    """Return the sentences of `text` in order; every character that is not white space is in exactly one.

    A blank line always ends a sentence, a single line break does not unless a list item, a
    chapter heading or a scene break follows.
    """
    return [sentence for paragraph in paragraphs(text) for sentence in paragraph]


def ends_like_sentence(text: str) -> bool:
    """Tell whether `text` closes with a full stop of some script."""
    return _AT_END.search(text, max(0, len(text) - 8)) is not None


def join(sentences: Iterable[str]) -> str:
    """Put sentences after one another: a space between, none in scripts that have none, a new line after list items."""
    text = ""
    for sentence in sentences:
        if text and not words.ends_unspaced(text):
            text += " " if ends_like_sentence(text) else "\n"
        text += sentence
    return text


def paragraphs(text: str) -> Iterator[list[Sentence]]:
    """Yield the sentences of each paragraph that has any, one paragraph at a time, for texts too long to hold twice."""
    caseless = _starts_in_lower_case(text)
    position = 0
    for gap in _PARAGRAPH.finditer(text):
        yield from _paragraph(text, position, gap.start(), caseless)
        position = gap.end()
    yield from _paragraph(text, position, len(text), caseless)


def _starts_in_lower_case(text: str) -> bool:
    """Tell whether the writer uses no capitals, so that a small letter may begin a sentence."""
    sample = text[:_CASE_SAMPLE]
    return sum(map(str.isupper, sample)) * 400 < sum(map(str.islower, sample))


def _paragraph(text: str, start: int, end: int, caseless: bool) -> Iterator[list[Sentence]]:
    found: list[Sentence] = []
    cuts = [stop.end() for stop in _STOP.finditer(text, start, end) if _ends_here(text, stop, start, end, caseless)]
    lines = _line_cuts(text, start, end, punctuated=bool(cuts))
    if lines:
        cuts = sorted({*cuts, *lines})
    position = start
    for cut in [*cuts, end]:
        _add(text, position, cut, found)
        position = cut
    if found:
        yield found


def _add(text: str, start: int, end: int, found: list[Sentence]) -> None:
    piece = text[start:end]
    kept = piece.lstrip()
    start += len(piece) - len(kept)
    kept = kept.rstrip()
    if kept:
        found.append(Sentence(start, start + len(kept), kept))


def _line_cuts(text: str, start: int, end: int, punctuated: bool) -> list[int]:
    """Line breaks that end a sentence: at list items, headings and scene breaks, in a bare list."""
    if text.find("\n", start, end) < 0:
        return []
    cuts = [found.start() for found in _LINE_START.finditer(text, start, end)]
    cuts.extend(found.end() for found in _HEADING_END.finditer(text, start, end))
    cuts.extend(edge for found in _ORNAMENT.finditer(text, start, end) for edge in found.span())
    if not punctuated:
        cuts.extend(_item_cuts(text, start, end))
    return cuts


def _item_cuts(text: str, start: int, end: int) -> list[int]:
    """Treat an unpunctuated block as a list when nearly all its lines begin like items; wrapped prose does not."""
    starts = [found.end() for found in re.finditer(r"\n\s*", text[start:end])]
    capital = sum(not text[start + at].islower() for at in starts if start + at < end)
    short = (end - start) <= 60 * (len(starts) + 1)
    return [start + at for at in starts] if short and (capital >= 0.9 * len(starts) or len(starts) >= 3) else []


def _ends_here(text: str, stop: re.Match[str], start: int, end: int, caseless: bool) -> bool:
    if any(mark in _WIDE_STOPS for mark in stop.group()):
        return True
    after = stop.end()
    if after >= end:
        return True
    if not text[after].isspace():
        return False
    ahead = text[after : min(end, after + LOOK_AHEAD)].lstrip()
    if not ahead:
        return True
    opening = ahead.lstrip(_OPENERS)
    first = opening[:1]
    if first and first in ".!?…":
        return False
    if first.islower() and not caseless:
        return False
    return not (_only_abbreviates(text, stop, start, opening) or _is_reported(stop.group(), ahead))


def _is_reported(run: str, ahead: str) -> bool:
    """Keep `"Who is there?" Holmes asked.` in one piece."""
    return run[0] in "!?…" and run[-1] in "\"'”’»" and _SPEECH.match(ahead) is not None


def _only_abbreviates(text: str, stop: re.Match[str], start: int, following: str) -> bool:
    if stop.group() not in {".", "._", ".)"}:
        return False
    behind = max(start, stop.start() - _LOOK_BACK)
    before = _WORD_BEFORE.search(text[behind : stop.start()])
    if before is None:
        return False
    word = before.group()
    lowered = word.lower()
    next_word = _WORD_AFTER.match(following)
    starter = next_word is not None and next_word.group().lower() in _STARTERS
    numbered = following[:1].isdigit()
    if lowered in _NEVER_LAST:
        return True
    if lowered in _BEFORE_NUMBER and numbered:
        return True
    if lowered in _SELDOM_LAST or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word):
        return not starter
    return _is_initial_or_number(text, word, behind + before.start(), start, starter)


def _is_initial_or_number(text: str, word: str, at: int, start: int, starter: bool) -> bool:
    """`J. Smith`, `Chapter IV. Of Ships`, `1. First`; but not `It was I. The door`."""
    _, broken, indent = text[max(start, at - 4) : at].rpartition("\n")
    opens_line = not indent.strip(_OPENERS + " \t\r") and (bool(broken) or at - start <= 3)
    roman = _ROMAN.fullmatch(word) is not None
    if opens_line and (roman or (word.isdigit() and len(word) <= 3)):
        return True
    if not roman and (len(word) != 1 or not word.isupper()):
        return False
    if not roman:
        return not starter
    previous = _WORD_BEFORE.search(text[max(start, at - _LOOK_BACK) : at].rstrip())
    if previous is None:
        return False
    return previous.group().lower() in _NUMBERED or (previous.group()[0].isupper() and not starter)
