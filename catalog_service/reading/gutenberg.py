"""Recognises the frame that Project Gutenberg puts around a text, and takes the particulars from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

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
_FIELD = re.compile(r"^(Title|Author|Language|Release Date|Posting Date):[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.I | re.M)
_CREDITS = re.compile(
    r"\s*(?:Produced|Transcribed|Prepared|E-?text prepared|This e-?text was)\b[^\n]*(?:\n[^\n]+)*", re.I
)
_DATE = re.compile(r"([A-Z][a-z]+)\.? (\d{1,2}),? (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
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
    """A text without its frame, and what the frame told. All None and the text whole, if it had none."""

    text: str
    title: str | None = None
    author: str | None = None
    language: str | None = None
    publication_date: str | None = None


def strip(text: str) -> Framed:
    """Take the frame off `text`, whose lines end in a line feed."""
    start = _START.search(text, 0, _HEAD_CHARS)
    if start is None or "gutenberg" not in text[: start.end()].lower():
        return Framed(text)
    fields = _fields(text[: start.start()])
    return Framed(
        _body(text, start.end()),
        title=fields.get("title"),
        author=fields.get("author"),
        language=language_tag(fields.get("language")),
        publication_date=_day(fields.get("release date")) or _day(fields.get("posting date")),
    )


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


def _body(text: str, start: int) -> str:
    end = _END.search(text, start)
    body = text[start : end.start() if end else len(text)].strip("\n")
    credit = _CREDITS.match(body)
    return body[credit.end() :].strip("\n") if credit else body


def _day(value: str | None) -> str | None:
    found = _DATE.search(value or "")
    if not found or found[1][:3].lower() not in _MONTHS:
        return None
    try:
        return date(int(found[3]), _MONTHS.index(found[1][:3].lower()) + 1, int(found[2])).isoformat()
    except ValueError:
        return None
