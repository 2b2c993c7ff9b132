"""Builds the result of a job: summaries in sentences, each with the pages that support it and how well they do.

Pure. The score is `textkit.support`'s: 1 for a sentence of the book itself, below `SUPPORTED` for one that says what no
stretch of up to three sentences of the source says. It finds what is made up; it does not find a wrong conclusion drawn
in the book's own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textkit import sentences
from textkit.sections import Section
from textkit.support import SupportIndex


@dataclass(frozen=True)
class Spot:
    """Where in the sections the support of a sentence lies: its pages and its score."""

    pages: list[int]
    score: float
    supported: bool


class Evidence:
    """Finds the evidence for a sentence in the sections of a book."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._index = SupportIndex([section.text for section in sections])

    def of(self, sentence: str) -> Spot:
        """The best support that the book has for a sentence."""
        found = self._index.score(sentence)
        pages = [] if found.passage < 0 else self._sections[found.passage].pages_of(found.start, found.end)
        return Spot(pages, round(found.score, 3), found.supported)


def sentence_rows(texts: Sequence[str], evidence: Evidence) -> list[dict[str, Any]]:
    """`{"text", "pages", "support", "supported"}` of each text."""
    rows = []
    for text in texts:
        spot = evidence.of(text)
        rows.append({"text": text, "pages": spot.pages, "support": spot.score, "supported": spot.supported})
    return rows


def split(summary: str) -> list[str]:
    """The sentences of a summary, each on one line."""
    return [" ".join(sentence.text.split()) for sentence in sentences.split(summary)]


def build(
    about: Mapping[str, Any],
    sections: Sequence[Section],
    chapter_summaries: Sequence[str],
    summary: str,
    points: Sequence[str],
) -> dict[str, Any]:
    """The document: `about` and the summary, points and chapters with the evidence for each sentence."""
    whole = Evidence(sections)
    chapters = [
        _chapter(section, text, whole if len(sections) == 1 else Evidence([section]))
        for section, text in zip(sections, chapter_summaries, strict=True)
    ]
    own = sentence_rows(split(summary), whole)
    pointed = sentence_rows(list(points), whole)
    every = [*own, *pointed, *(row for chapter in chapters for row in chapter["sentences"])]
    return {
        **about,
        "summary": summary,
        "sentences": own,
        "points": pointed,
        "chapters": chapters,
        "unsupported": sum(not row["supported"] for row in every),
    }


def _chapter(section: Section, summary: str, evidence: Evidence) -> dict[str, Any]:
    return {
        "number": section.number,
        "title": section.title,
        "first_page": section.first_page,
        "last_page": section.last_page,
        "summary": summary,
        "sentences": sentence_rows(split(summary), evidence),
    }
