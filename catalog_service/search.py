"""Full-text search over pages and books: one small query language, compiled for SQLite's FTS5 and for PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from peewee import Database

from catalog_service.checksums import of_page
from catalog_service.database import is_sqlite, query
from catalog_service.snippets import Snippet, snippet
from servicekit.problems import InvalidInput
from textkit.folding import searchable

MOST_TERMS = 32
# Beyond this many pages that match, the first ones found are ranked, not all: a word on every page stays fast.
RANKED = 2000
_TOKEN = re.compile(r'(-?)"([^"]*)"|(\S+)')
# BM25 visits every page that has one of its words. A word on more pages than this weighs next to nothing in it anyway.
WEIGHED = 10_000

_SQLITE = """
    SELECT p.book_id, p.number, b.title, b.author, p.text, f.score, p.revision, p.problem, p.images, p.checksum
    FROM (
        SELECT rowid, -bm25(pages_search) AS score
        FROM pages_search WHERE pages_search MATCH ? AND +rowid IN
            (SELECT rowid FROM pages_search WHERE pages_search MATCH ?{within} LIMIT ?)
        ORDER BY score DESC, rowid LIMIT ? OFFSET ?
    ) f JOIN pages p ON p.id = f.rowid JOIN books b ON b.id = p.book_id
    ORDER BY f.score DESC, p.id"""
_SQLITE_UNWEIGHED = """
    SELECT p.book_id, p.number, b.title, b.author, p.text, 0.0, p.revision, p.problem, p.images, p.checksum
    FROM (SELECT rowid FROM pages_search WHERE pages_search MATCH ?{within} ORDER BY rowid LIMIT ? OFFSET ?) f
    JOIN pages p ON p.id = f.rowid JOIN books b ON b.id = p.book_id
    ORDER BY p.id"""
_SQLITE_COUNT = "SELECT count(*) FROM (SELECT 1 FROM pages_search WHERE pages_search MATCH ?{within} LIMIT ?)"
_SQLITE_WITHIN = " AND +rowid IN (SELECT id FROM pages WHERE book_id = ?)"
_POSTGRESQL = """
    SELECT p.book_id, p.number, b.title, b.author, p.text, f.score, p.revision, p.problem, p.images, p.checksum
    FROM (
        SELECT id, ts_rank(search, wanted, 1) AS score
        FROM (
            SELECT id, search, wanted FROM pages, CAST(? AS tsquery) wanted WHERE search @@ wanted{within} LIMIT ?
        ) matched
        ORDER BY score DESC, id LIMIT ? OFFSET ?
    ) f JOIN pages p ON p.id = f.id JOIN books b ON b.id = p.book_id
    ORDER BY f.score DESC, p.id"""
_POSTGRESQL_COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM pages WHERE search @@ CAST(? AS tsquery){within} LIMIT ?) matched"
)
_POSTGRESQL_WITHIN = " AND book_id = ?"


@dataclass(frozen=True)
class Term:
    """Words that must stand side by side; `negative` if they must not."""

    words: tuple[str, ...]
    negative: bool = False


@dataclass(frozen=True)
class Hit:
    """A page that matches. `snippet` is HTML: the text escaped, the words found in `<mark>`."""

    book_id: int
    page_number: int
    title: str
    author: str
    snippet: str
    start: int
    end: int
    score: float


def parse(text: str, field: str = "q") -> list[Term]:
    """Read a query: words that must all occur, `"phrases"`, and `-` before what must not.

    Raises:
        InvalidInput: a quotation mark is open, no word is asked for, or there are too many.
    """
    if text.count('"') % 2:
        raise _refuse(field, "has an open quotation mark: close it, or leave it out")
    terms = []
    for minus, phrase, bare in _TOKEN.findall(text):
        negative = bool(minus) or bare.startswith("-")
        words = tuple(searchable(phrase or bare).split())
        if words:
            terms.append(Term(words, negative))
    if all(term.negative for term in terms):
        raise _refuse(field, "must have at least one word to look for")
    if sum(len(term.words) for term in terms) > MOST_TERMS:
        raise _refuse(field, f"must have at most {MOST_TERMS} words")
    return terms


def fts5(terms: list[Term], column: str = "", *, prefix: bool = False) -> str:
    """The FTS5 expression. Every word is quoted, so nothing in it can be syntax."""
    wanted = [_quoted(term) for term in terms if not term.negative]
    if prefix:
        wanted[-1] += "*"
    unwanted = [_quoted(term) for term in terms if term.negative]
    expression = "(" + " AND ".join(wanted) + ")" + "".join(f" NOT {one}" for one in unwanted)
    return f"{column} : ({expression})" if column else expression


def tsquery(terms: list[Term], weight: str = "", *, prefix: bool = False) -> str:
    """The PostgreSQL tsquery, as text. `weight` (A to D) restricts it to one part of the index.

    Words hold only letters and digits, and each is quoted.
    """
    parts = []
    positive = [term for term in terms if not term.negative]
    for term in terms:
        last = prefix and bool(positive) and term is positive[-1]
        labels = [weight] * (len(term.words) - 1) + [weight + "*" * last]
        words = [f"'{word}'{f':{label}' if label else ''}" for word, label in zip(term.words, labels, strict=True)]
        phrase = " <-> ".join(words)
        parts.append(f"!({phrase})" if term.negative else f"({phrase})")
    return " & ".join(parts)


def search(db: Database, text: str, page: int, per_page: int, book_id: int | None = None) -> tuple[list[Hit], int]:
    """The pages that match (of one book, if it is given), best first, and how many there are, counted up to RANKED.

    Raises:
        InvalidInput: as `parse`.
    """
    terms, skipped = parse(text), (page - 1) * per_page
    if skipped >= RANKED:
        return [], RANKED
    find = _in_sqlite if is_sqlite(db) else _in_postgresql
    rows, total = find(db, terms, skipped, per_page, () if book_id is None else (book_id,))
    phrases = [term.words for term in terms if not term.negative]
    hits = []
    for found_in, number, title, author, page_text, score, revision, problem, images, checksum in rows:
        intact = checksum == of_page(found_in, revision, number, page_text, problem, images)
        shown = snippet(page_text, phrases) if intact else Snippet("", 0, 0)  # reading the page says why
        hits.append(Hit(found_in, number, title, author, shown.html, shown.start, shown.end, round(float(score), 4)))
    return hits, total


def _in_sqlite(db: Database, terms: list[Term], skipped: int, limit: int, book: tuple[int, ...]) -> tuple[Any, int]:
    within, wanted = _SQLITE_WITHIN if book else "", fts5(terms)
    weighed = [term for term in terms if not term.negative and _count(db, fts5([term]), WEIGHED) < WEIGHED]
    if weighed:
        values: tuple[Any, ...] = (fts5(weighed), wanted, *book, RANKED, limit, skipped)
        rows = query(db, _SQLITE.format(within=within), values).fetchall()
    else:
        values = (wanted, *book, min(limit, RANKED - skipped), skipped)
        rows = query(db, _SQLITE_UNWEIGHED.format(within=within), values).fetchall()
    return rows, _count(db, wanted, RANKED, book)


def _in_postgresql(db: Database, terms: list[Term], skipped: int, limit: int, book: tuple[int, ...]) -> tuple[Any, int]:
    within, wanted = _POSTGRESQL_WITHIN if book else "", tsquery(terms)
    rows = query(db, _POSTGRESQL.format(within=within), (wanted, *book, RANKED, limit, skipped)).fetchall()
    total = query(db, _POSTGRESQL_COUNT.format(within=within), (wanted, *book, RANKED)).fetchone()[0]
    return rows, int(total)


def _count(db: Database, expression: str, most: int, book: tuple[int, ...] = ()) -> int:
    """How many pages match an FTS5 expression, up to `most`."""
    statement = _SQLITE_COUNT.format(within=_SQLITE_WITHIN if book else "")
    return int(query(db, statement, (expression, *book, most)).fetchone()[0])


def _quoted(term: Term) -> str:
    return '"' + " ".join(term.words) + '"'


def _refuse(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field} {message}.", errors=[{"field": field, "message": message}])
