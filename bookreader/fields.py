"""Metadata as librarians write it: language tags, dates, ISBNs, names, from what files hold."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterable

import langcodes
from stdnum import isbn as isbn_numbers
from stdnum.exceptions import ValidationError

from bookreader import gutenberg

MAX_CHARS = 500
MAX_DESCRIPTION = 10_000
_MAX_NAMES = 100
_PLACEHOLDERS = frozenset(("unknown", "unknown author", "untitled", "no title", "[no title]", "n/a", "none", "null"))
_DATE = re.compile(r"\s*(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?(?![\d])")
_YEAR = re.compile(r"\b(?:1[4-9]|20)\d\d\b")
_ISBN = re.compile(r"(?:urn:)?(?:e-?)?(?:isbn)?(?:-?1[03])?[\s:]*([\d][\d -]{8,16}[\dXx])\s*(?:\(.*\))?", re.IGNORECASE)
_BETWEEN_PEOPLE = re.compile(r";|\s&\s|\s\|\s")


def line(text: str | None, length: int = MAX_CHARS) -> str | None:
    """A text on one line, None if it is blank or what programs write where they know nothing."""
    folded = " ".join((text or "").split())[:length].rstrip()
    return None if folded.lower() in _PLACEHOLDERS else folded or None


def language(*values: str | None) -> str | None:
    """The BCP 47 tag of the first value that is a language: a tag, an ISO 639-2 code or an English name."""
    for value in values:
        if named := gutenberg.language_tag(value):
            return named
        try:
            tag = langcodes.standardize_tag(re.split(r"[\s,;]", (value or "").strip())[0])
        except ValueError:
            continue
        if langcodes.tag_is_valid(tag) and tag.split("-")[0] not in ("und", "zxx", "mul", "mis") and len(tag) <= 35:
            return tag
    return None


def date(*values: str | None) -> str | None:
    """The first date in the values, as YYYY, YYYY-MM or YYYY-MM-DD; years before 1000 are placeholders."""
    for value in values:
        match = _DATE.match(value or "")
        if match is None and (year := _YEAR.search(value or "")):
            return year[0]
        if match is None or match[1] < "1000":
            continue
        try:
            whole = datetime.date(*(int(part or 1) for part in match.groups())).isoformat()
        except ValueError:
            return match[1]
        return whole[: 10 if match[3] else 7 if match[2] else 4]
    return None


def isbn(*values: str | None) -> str | None:
    """The first value that is a valid ISBN, as ISBN-13 without hyphens."""
    for value in values:
        if match := _ISBN.fullmatch((value or "").strip()[:200]):
            with contextlib.suppress(ValidationError):
                return str(isbn_numbers.to_isbn13(isbn_numbers.validate(match[1])))
    return None


def names(values: Iterable[str | None]) -> tuple[str, ...]:
    """People, each once: a value may hold several with `;`, `&` or `|` between them."""
    return several(part for value in values for part in _BETWEEN_PEOPLE.split(value or ""))


def several(values: Iterable[str | None]) -> tuple[str, ...]:
    """The values, each once: a value may hold several with `;` between them."""
    parts = (line(part) for value in values for part in (value or "").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))[:_MAX_NAMES]


def number(value: str | None) -> float | None:
    """A position in a series, such as 2 or 2.5; None for anything else."""
    try:
        found = float((value or "").strip())
    except ValueError:
        return None
    return found if 0 <= found < 100_000 else None
