"""Find the body of a book file: what lies between a library's licence texts, and who tells a paragraph.

Knows the marks that plain-text libraries leave; does not guess where a preface ends and a story begins.
"""

import re
from collections.abc import Sequence

from textkit import quality
from textkit.sentences import Sentence

_START = re.compile(
    r"^[^\S\n]*\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]{0,200}(?:\n[^\n]{0,100}\*{3})?", re.M
)
_END = re.compile(r"^[^\S\n]*(?:\*{3} ?END OF (?:THE|THIS) PROJECT|End of (?:the )?Project) Gutenberg", re.M | re.I)
# A mark further in than this belongs to the text, which may speak of such marks.
_START_WITHIN = 30_000
_QUOTES = '“‘"«「'


def body(text: str) -> tuple[int, int]:
    """Return the place (start, end) of the book itself in `text`; all of it where no library's marks are found."""
    opening = _START.search(text, 0, _START_WITHIN)
    if opening is None:
        return 0, len(text)
    closing = _END.search(text, opening.end())
    return opening.end(), closing.start() if closing else len(text)


def told(paragraph: Sequence[Sentence]) -> bool:
    """Tell whether a paragraph opens a quotation and never closes it: a story told at length, not dialogue."""
    if paragraph[0].text[0] not in _QUOTES:
        return False
    speech = quality.Speech()
    for sentence in paragraph:
        for mark in quality.quote_marks(sentence.text):
            speech.step(sentence.text, mark)
            if not speech.inside:
                return False
    return True
