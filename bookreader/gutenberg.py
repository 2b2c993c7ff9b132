"""Recognises the frame that Project Gutenberg puts around a text, and takes title, authors and language from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD_CHARS = 20_000
_START = re.compile(
    r"^[ \t]*\*{3}[ \t]*START OF TH(?:E|IS) PROJECT GUTENBERG[^*]{0,400}\*{3}[ \t]*$"
    r"|^[^\n]*\*END ?\*? ?THE SMALL PRINT[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    r"^[ \t]*\*{3}[ \t]*END OF TH(?:E|IS) PROJECT GUTENBERG"
    r"|^[ \t]*End of (?:The |This )?Project Gutenberg(?:['’]s)?\b",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(r"^(Title|Author|Language):[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.I | re.M)
_CREDITS = re.compile(
    r"\s*(?:Produced|Transcribed|Prepared|E-?text prepared|This e-?text was)\b[^\n]*(?:\n[^\n]+)*", re.I
)
_LANGUAGES = {
    "chinese": "zh",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "esperanto": "eo",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hungarian": "hu",
    "italian": "it",
    "japanese": "ja",
    "latin": "la",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "tagalog": "tl",
    "welsh": "cy",
}


@dataclass(frozen=True)
class Framed:
    """A text without its frame, and what the frame said of the book. Without a frame, the whole text and nothing."""

    text: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None


def strip(text: str) -> Framed:
    """Remove the frame of `text`, whose lines end in a line feed; of several framed texts, every frame."""
    start = _START.search(text, 0, _HEAD_CHARS)
    if start is None or "gutenberg" not in text[: start.end()].lower():
        return Framed(text)
    head = text[: start.start()]
    bodies = []
    while start:
        end = _END.search(text, start.end())
        bodies.append(_body(text, start.end(), end.start() if end else len(text)))
        start = _START.search(text, end.end()) if end else None
    return _framed("\n\n\n".join(bodies), head)


def _framed(body: str, head: str) -> Framed:
    fields = _fields(head)
    authors = (fields["author"],) if "author" in fields else ()
    return Framed(body, fields.get("title"), authors, language_tag(fields.get("language")))


class PageFrame:
    """Removes the frame of a book page by page; `framed` is what the frame said of the book, its text empty."""

    def __init__(self, first_pages: Sequence[str]) -> None:
        """Look for the frame in the first few pages."""
        head: list[str] = []
        self._found, self._inside, self.framed = False, False, Framed("")
        for page in first_pages:
            start = _START.search(page)
            head.append(page[: start.start()] if start else page)
            if start and "gutenberg" in (head[-1] + start[0]).lower():
                self._found, self.framed = True, _framed("", "\n".join(head))
                return

    def strip(self, page: str) -> str:
        """The part of the next page that belongs to the book."""
        if not self._found:
            return page
        kept, at = [], 0
        while mark := (_END if self._inside else _START).search(page, at):
            if self._inside:
                kept.append(page[at : mark.start()])
            self._inside, at = not self._inside, mark.end()
        if self._inside:
            kept.append(page[at:])
        return "\n".join(kept).strip()


def language_tag(name: str | None) -> str | None:
    """The BCP 47 tag of a language's English name; the first, if several are named; None for one not known."""
    first = re.split(r"[,;/ ]", name.strip().lower())[0] if name else ""
    return _LANGUAGES.get(first)


def _fields(head: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(head):
        line = " ".join(value.split())
        if line:
            fields.setdefault(name.lower(), line[:500])
    return fields


def _body(text: str, start: int, end: int) -> str:
    body = text[start:end].strip("\n")
    credit = _CREDITS.match(body)
    return body[credit.end() :].strip("\n") if credit else body
