"""Pack sentences into chunks within a token budget, and cut plain text into pages.

Not a tokeniser: the caller says what a token is, and is asked once per sentence.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from textkit.sentences import Sentence, split

CountTokens = Callable[[str], int]
CountMany = Callable[[Sequence[str]], Sequence[int]]

# A first guess at the characters a token stands for; each cut is counted and made smaller where it proves too long.
CHARS_PER_TOKEN = 4
# A sentence with more characters than this for each token of the budget is cut without asking how long it is.
MOST_CHARS_PER_TOKEN = 16
OVERLAP = 0.1
PAGE_CHARS = 1800
_SLACK = 0.25


class Chunk(NamedTuple):
    """Consecutive sentences: `text` is exactly `source[start:end]`; `tokens` is the sum of its sentences' counts."""

    start: int
    end: int
    text: str
    tokens: int


def pack(
    text: str,
    count_tokens: CountTokens,
    budget: int,
    *,
    count_many: CountMany | None = None,
    overlap: float = OVERLAP,
) -> list[Chunk]:
    """Return chunks in order, each of at most `budget` tokens, with every sentence of `text` in one of them.

    `count_tokens` is asked once per sentence (together with the white space after it), or `count_many` once for all of
    them; a chunk's count is the sum, which no tokeniser that starts afresh at white space exceeds. A sentence over the
    budget is cut at white space where possible, each piece beginning with the last `overlap` share of the one before.
    Only a single character that is itself over the budget goes past it. Raises ValueError for a budget below 1 or an
    overlap outside [0, 0.5].
    """
    if budget < 1:
        raise ValueError("budget must be at least 1 token")
    if not 0 <= overlap <= 0.5:
        raise ValueError("overlap must be between 0 and 0.5")
    sentences = split(text)
    counts = _count(text, sentences, budget, count_tokens, count_many)
    chunks: list[Chunk] = []
    first, tokens = 0, 0
    for index, (sentence, count) in enumerate(zip(sentences, counts, strict=True)):
        if tokens + count > budget or count > budget:
            _close(text, sentences[first:index], tokens, chunks)
            first, tokens = index, 0
        if count > budget:
            chunks.extend(_cut(text, sentence, count_tokens, budget, overlap))
            first = index + 1
        else:
            tokens += count
    _close(text, sentences[first:], tokens, chunks)
    return chunks


def _count(
    text: str, sentences: Sequence[Sentence], budget: int, count_tokens: CountTokens, count_many: CountMany | None
) -> list[int]:
    ends = [sentence.start for sentence in sentences[1:]] + [sentences[-1].end] if sentences else []
    spans = [text[sentence.start : end] for sentence, end in zip(sentences, ends, strict=True)]
    countable = [span for span in spans if len(span) <= budget * MOST_CHARS_PER_TOKEN]
    known = iter(count_many(countable) if count_many else map(count_tokens, countable))
    return [next(known) if len(span) <= budget * MOST_CHARS_PER_TOKEN else budget + 1 for span in spans]


def _close(text: str, sentences: Sequence[Sentence], tokens: int, chunks: list[Chunk]) -> None:
    if sentences:
        start, end = sentences[0].start, sentences[-1].end
        chunks.append(Chunk(start, end, text[start:end], tokens))


def _cut(text: str, sentence: Sentence, count_tokens: CountTokens, budget: int, overlap: float) -> list[Chunk]:
    pieces: list[Chunk] = []
    start, size = sentence.start, budget * CHARS_PER_TOKEN
    while True:
        end = _word_end(text, start, min(start + size, sentence.end), sentence.end)
        tokens = count_tokens(text[start:end])
        while tokens > budget and end - start > 1:
            size = max(1, min((end - start) * budget // tokens, end - start - 1))
            end = _word_end(text, start, start + size, sentence.end)
            tokens = count_tokens(text[start:end])
        pieces.append(Chunk(start, end, text[start:end], tokens))
        if end >= sentence.end:
            return pieces
        start = max(start + 1, _word_start(text, end - int((end - start) * overlap), end))


def _word_end(text: str, start: int, end: int, limit: int) -> int:
    """Move `end` back to white space, at most by half of the piece."""
    if end >= limit:
        return limit
    for at in range(end, start + (end - start + 1) // 2, -1):
        if text[at].isspace():
            return at
    return end


def _word_start(text: str, start: int, end: int) -> int:
    """Move `start` on to the first word after it, but not past `end`."""
    space = re.compile(r"\s+").search(text, start, end)
    return space.end() if space else start


def split_pages(text: str, target: int = PAGE_CHARS) -> list[str]:
    """Cut `text` into pages of about `target` characters; joined again they give `text` exactly.

    A page ends at the paragraph end nearest to `target` within a quarter of it either way, failing that at a sentence
    end, then at white space, and only in a longer run without any inside a word. Raises ValueError for a target
    below 1.
    """
    if target < 1:
        raise ValueError("target must be at least 1 character")
    sentence_starts = [sentence.start for sentence in split(text)]
    paragraph_starts = [found.end() for found in re.finditer(r"\n[^\S\n]*\n\s*", text)]
    pages, start = [], 0
    while len(text) - start > target * (1 + _SLACK):
        low, high = start + max(1, int(target * (1 - _SLACK))), start + max(1, int(target * (1 + _SLACK)))
        middle = start + target
        cut = (
            _nearest(paragraph_starts, low, middle, high)
            or _nearest(sentence_starts, low, middle, high)
            or _last_space(text, low, high)
        )
        pages.append(text[start:cut])
        start = cut
    if start < len(text):
        pages.append(text[start:])
    return pages


def _nearest(places: list[int], low: int, middle: int, high: int) -> int | None:
    near = places[bisect_left(places, low) : bisect_right(places, high)]
    return min(near, key=lambda place: abs(place - middle), default=None)


def _last_space(text: str, low: int, high: int) -> int:
    for at in range(high, low, -1):
        if text[at - 1].isspace() and text[at - 1 : at + 1] != "\r\n":
            return at
    return high
