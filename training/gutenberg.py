"""Project Gutenberg's catalogue, and where a mirror keeps its texts. No network."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from training.errors import SourceFailed


class Entry(NamedTuple):
    """One text of the catalogue."""

    id: int
    title: str
    author: str


def entries(catalogue: str, letters: str, language: str) -> list[Entry]:
    """The texts of `pg_catalog.csv` in a language whose first author's name begins with letters such as "A-F".

    Raises SourceFailed when this is not that catalogue.
    """
    rows = csv.DictReader(io.StringIO(catalogue))
    missing = {"Text#", "Type", "Title", "Language", "Authors"} - set(rows.fieldnames or ())
    if missing:
        raise SourceFailed(f"the catalogue lacks the columns {', '.join(sorted(missing))}")
    low, high = letters.upper()[0], letters.upper()[-1]
    return sorted(_entry(row) for row in rows if _wanted(row, low, high, language))


def _wanted(row: dict[str, str], low: str, high: str, language: str) -> bool:
    author = (row["Authors"] or "").strip().upper()
    languages = [code.strip() for code in (row["Language"] or "").split(";")]
    numbered = (row["Text#"] or "").isdecimal()
    return numbered and row["Type"] == "Text" and language in languages and bool(author) and low <= author[0] <= high


def _entry(row: dict[str, str]) -> Entry:
    return Entry(int(row["Text#"]), " ".join(row["Title"].split()), row["Authors"].split(";")[0].strip())


def folders(book_id: int) -> str:
    """The folders that hold a book on a mirror: every digit but the last, or 0 (`12345` -> `1/2/3/4`)."""
    return "/".join(str(book_id)[:-1]) or "0"
