"""One book to (text, summary) rows, and the checks that decide whether rows are worth training on."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from textkit.sentences import split
from training.books import Book
from training.config import PrepareConfig
from training.errors import NoData, TargetsCopied, TargetsTooShort
from training.gap import pair, words
from training.seeding import generator
from training.splits import Row

# A metric over shorter targets is all or nothing: with one-word references ROUGE-1 is 1 or 0.
LEAST_MEDIAN_WORDS = 10
MOST_COPIED = 0.1


def rows(book: Book, config: PrepareConfig, skipped: Counter[str]) -> list[Row]:
    """The book's rows by the configured kind of target; what is left out is counted in `skipped`, by reason."""
    given = () if config.targets == "gap" else book.given
    if config.targets == "auto":
        # The blurb of a novel says nothing of the few pages that a model can see at once.
        given = tuple(passage for passage in given if len(words(passage.text)) <= config.most_words)
        skipped["summary_of_long_text"] += len(book.given) - len(given)
    if given:
        return [_row(book, passage.text, passage.summary, "given") for passage in given]
    if config.targets == "given":
        skipped["no_summary"] += 1
        return []
    return _gap_rows(book, config, skipped)


def _gap_rows(book: Book, config: PrepareConfig, skipped: Counter[str]) -> list[Row]:
    found: list[Row] = []
    for sentences in passages(book, config):
        made = pair(sentences, config.gap_share, config.target_words, config.gap_source)
        if made is None or len(words(made.target)) < LEAST_MEDIAN_WORDS:
            skipped["short_target"] += 1
        elif len(words(made.source)) < config.least_words:
            skipped["short_passage"] += 1
        else:
            found.append(_row(book, made.source, made.target, "gap"))
    return found


def passages(book: Book, config: PrepareConfig) -> Iterator[list[str]]:
    """The book's sentences in consecutive passages of every length from `least_words` to `most_words`.

    Lengths are drawn log-uniformly, so that the model meets short texts as often as long ones, as in service.
    """
    draw = generator(config.seed, f"passages/{book.id}")
    text = book.text or "\n\n".join(passage.text for passage in book.given)
    passage: list[str] = []
    size, budget = 0, 0.0
    for sentence in split(text):
        length = len(words(sentence.text))
        if passage and size + length > budget:
            yield passage
            passage, size = [], 0
        if not passage:
            budget = config.least_words * (config.most_words / config.least_words) ** draw.random()
        passage.append(" ".join(sentence.text.split()))
        size += length
    if passage:
        yield passage


def _row(book: Book, text: str, summary: str, kind: str) -> Row:
    return {"book": book.id, "text": " ".join(text.split()), "summary": " ".join(summary.split()), "target": kind}


def starts_with_target(row: Row) -> bool:
    """Whether a row's target is, word for word, the start of its source."""
    target = words(row["summary"])
    return words(row["text"][: len(row["summary"]) * 2 + 100])[: len(target)] == target


def check_targets(found: Sequence[Row]) -> tuple[list[Row], int]:
    """The rows whose target is not copied from the source's start, and how many others there were.

    Raises NoData without rows, TargetsTooShort when the median target has under ten words, and TargetsCopied when
    more than a tenth are copied.
    """
    if not found:
        raise NoData("0 passages could be made into pairs")
    lengths = [len(words(row["summary"])) for row in found]
    median = statistics.median(lengths)
    if median < LEAST_MEDIAN_WORDS:
        single = sum(length <= 1 for length in lengths)
        raise TargetsTooShort(
            f"the median of {len(lengths)} targets has {median:g} words, {single} have one word or none; "
            f"ROUGE needs a median of at least {LEAST_MEDIAN_WORDS}"
        )
    kept = [row for row in found if not starts_with_target(row)]
    copied = len(found) - len(kept)
    if copied > MOST_COPIED * len(found):
        raise TargetsCopied(
            f"{copied} of {len(found)} targets ({copied / len(found):.0%}) are the start of their own text; at most "
            f"{MOST_COPIED:.0%} may be, since a model would learn to cut off"
        )
    return kept, copied
