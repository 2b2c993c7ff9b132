"""The original system's pre-processing, as an option: lemmas without stop words or punctuation, in lower case.

It suits keyword work. A model that must write fluent text loses case, inflection and function words by it, so it is off
by default; docs/training.md has both measured.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from training.errors import LexiconMissing


def keywords(texts: Iterable[str]) -> Iterator[str]:
    """Each text's lemmas without stop words and punctuation, folded to single spaces, `[^\\w\\s]` removed, lower case.

    Raises LexiconMissing when spaCy has neither en_core_web_sm nor its look-up tables on this machine.
    """
    for document in _pipeline().pipe(texts):
        lemmas = " ".join(token.lemma_ for token in document if not token.is_stop and not token.is_punct)
        yield fold(lemmas)


def fold(text: str) -> str:
    """White space folded, everything but words and spaces removed, stripped, lower-cased."""
    return re.sub(r"[^\w\s]", "", re.sub(r"\s+", " ", text)).strip().lower()


def _pipeline() -> Any:
    """en_core_web_sm where it is installed, else blank English with the lemma tables of spacy-lookups-data."""
    import spacy

    if spacy.util.is_package("en_core_web_sm"):
        pipeline = spacy.load("en_core_web_sm", disable=["parser", "ner"])
    else:
        pipeline = spacy.blank("en")
        lemmatizer = pipeline.add_pipe("lemmatizer", config={"mode": "lookup"})
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                lemmatizer.initialize()
        except ValueError as error:
            raise LexiconMissing("clean=keywords needs en_core_web_sm or the spacy-lookups-data package") from error
    pipeline.max_length = 1 << 26
    return pipeline
