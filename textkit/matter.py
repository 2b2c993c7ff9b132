"""Find the body of a book file: what lies between a library's licence, the front matter and the back matter.

Knows the marks that plain-text libraries leave, numbered chapters, and the usual titles of notes and indexes; where
chapters have no numbers it leaves the front matter in.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from textkit import quality
from textkit.sentences import Sentence

_START = re.compile(
    r"^[^\S\n]*\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]{0,200}(?:\n[^\n]{0,100}\*{3})?", re.M
)
_END = re.compile(r"^[^\S\n]*(?:\*{3} ?END OF (?:THE|THIS) PROJECT|End of (?:the )?Project) Gutenberg", re.M | re.I)
# A mark further in than this belongs to the text, which may speak of such marks.
_START_WITHIN = 30_000
# A shorter text is no book; front matter is no more than the first share of one, back matter begins after the second.
_BOOK_CHARS, _FRONT, _BACK = 20_000, 0.15, 0.7
# A heading with less text after it stands in a table of contents.
_CHAPTER_CHARS = 800
_KIND = "chapter|letter|book|part|stave|canto|act|volume"
_HEADING = re.compile(
    rf"^[^\S\n]*+[_*#]*+[^\S\n]*+(?:(?P<kind>{_KIND})[^\S\n]+(?:the[^\S\n]+)?(?P<number>\d{{1,3}}|[ivxlc]{{1,7}}|one|two|first|"
    r"second)\b[^\n]{0,80}|(?P<opening>prologue|prelude)[^\w\n]*|(?P<bare>(?-i:[IVXLC]{1,7}|\d{1,3}))\.?)[^\S\n]*$",
    re.M | re.I,
)
_BACK_TITLE = re.compile(
    r"^[^\S\n]*+[_*#]*+[^\S\n]*+(?:the )?(?:(?:foot|end)?notes?|index|appendi(?:x|ces)|glossary|bibliography|"
    r"references|works cited|further reading|about the authors?|also by [^\n]{1,60}|"
    r"advertisements?|acknowledge?ments?|colophon|"
    r"transcriber[’']?s[’']? notes?|errata|credits|list of illustrations)\b[^\n]{0,30}$",
    re.M | re.I,
)
_FIRST, _SECOND = frozenset({"1", "i", "one", "first"}), frozenset({"2", "ii", "two", "second"})
_QUOTES = '“‘"«「'


class _Heading(NamedTuple):
    start: int
    end: int
    kind: str
    number: str


def body(text: str) -> tuple[int, int]:
    """Return the place (start, end) of the book itself in `text`; all of it where no marks are found."""
    start, end = _unlicensed(text)
    if end - start < _BOOK_CHARS:
        return start, end
    headings = [_heading(found) for found in _HEADING.finditer(text, start, end)]
    last = headings[-1].end if headings else start
    back = _BACK_TITLE.search(text, max(start + int((end - start) * _BACK), last), end)
    return _first_chapter(headings, start, end), back.start() if back else end


def _unlicensed(text: str) -> tuple[int, int]:
    opening = _START.search(text, 0, _START_WITHIN)
    if opening is None:
        return 0, len(text)
    closing = _END.search(text, opening.end())
    return opening.end(), closing.start() if closing else len(text)


def _heading(found: re.Match[str]) -> _Heading:
    kind, number = (found["kind"] or found["opening"] or "").lower(), (found["number"] or found["bare"] or "1").lower()
    return _Heading(found.start(), found.end(), kind, number)


def _first_chapter(headings: Sequence[_Heading], start: int, end: int) -> int:
    """The place of the first of several numbered chapters, or of a prologue to them; `start` where there is none."""
    for at, one in enumerate(headings):
        following = headings[at + 1].start if at + 1 < len(headings) else end
        if one.start > start + (end - start) * _FRONT:
            return start
        if one.number not in _FIRST or following - one.end < _CHAPTER_CHARS:
            continue
        if one.kind in ("prologue", "prelude"):
            return one.start
        if any(other.kind == one.kind and other.number in _SECOND for other in headings[at + 1 :]):
            return one.start
    return start


def is_narration(paragraph: Sequence[Sentence]) -> bool:
    """Tell whether a paragraph opens a quotation and never closes it: a story in someone's words, not dialogue."""
    if paragraph[0].text[0] not in _QUOTES:
        return False
    speech = quality.Speech()
    for sentence in paragraph:
        for mark in quality.quote_marks(sentence.text):
            speech.step(sentence.text, mark)
            if not speech.inside:
                return False
    return True
