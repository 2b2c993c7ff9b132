"""Full-text search over pages and books: one small query language, compiled for SQLite's FTS5 and for PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from peewee import Database

from catalog_service.database import is_sqlite, query
from catalog_service.snippets import fold, snippet
from servicekit.problems import InvalidInput

MOST_TERMS = 32
# Beyond this many pages that match, the first ones found are ranked, not all: a word on every page stays fast.
RANKED = 2000
_TOKEN = re.compile(r'(-?)"([^"]*)"|(\S+)')
_WORDS = re.compile(r"[^\W_]+")

# BM25 visits every page that has one of its words. A word on more pages than this weighs next to nothing in it anyway.
WEIGHED = 10_000

_SQLITE = """
    SELECT p.book_id, p.number, b.title, b.author, p.text, f.score
    FROM (
        SELECT rowid, -bm25(pages_search) AS score
        FROM pages_search WHERE pages_search MATCH ? AND +rowid IN
            (SELECT rowid FROM pages_search WHERE pages_search MATCH ? LIMIT ?)
        ORDER BY score DESC, rowid LIMIT ? OFFSET ?
    ) f JOIN pages p ON p.id = f.rowid JOIN books b ON b.id = p.book_id
    ORDER BY f.score DESC, p.id"""
_SQLITE_UNWEIGHED = """
    SELECT p.book_id, p.number, b.title, b.author, p.text, 0.0
    FROM (SELECT rowid FROM pages_search WHERE pages_search MATCH ? ORDER BY rowid LIMIT ? OFFSET ?) f
    JOIN pages p ON p.id = f.rowid JOIN books b ON b.id = p.book_id
    ORDER BY p.id"""
_SQLITE_COUNT = "SELECT count(*) FROM (SELECT 1 FROM pages_search WHERE pages_search MATCH ? LIMIT ?)"
_POSTGRESQL = """
    SELECT p.book_id, p.number, b.title, b.author, p.text, f.score
    FROM (
        SELECT id, ts_rank(search, wanted, 1) AS score
        FROM (SELECT id, search, wanted FROM pages, CAST(? AS tsquery) wanted WHERE search @@ wanted LIMIT ?) matched
        ORDER BY score DESC, id LIMIT ? OFFSET ?
    ) f JOIN pages p ON p.id = f.id JOIN books b ON b.id = p.book_id
    ORDER BY f.score DESC, p.id"""
_POSTGRESQL_COUNT = "SELECT count(*) FROM (SELECT 1 FROM pages WHERE search @@ CAST(? AS tsquery) LIMIT ?) matched"


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
        words = tuple(_WORDS.findall(phrase or bare))
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


def tsquery(terms: list[Term], *, prefix: bool = False) -> str:
    """The PostgreSQL tsquery, as text. Words hold only letters and digits, and each is quoted."""
    parts = []
    positive = [term for term in terms if not term.negative]
    for term in terms:
        last = prefix and positive and term is positive[-1]
        words = [f"'{fold(word)}'" for word in term.words]
        phrase = " <-> ".join(words) + (":*" if last else "")
        parts.append(f"!({phrase})" if term.negative else f"({phrase})")
    return " & ".join(parts)


def search(db: Database, text: str, page: int, per_page: int) -> tuple[list[Hit], int]:
    """The pages that match, best first, and how many there are, counted up to RANKED.

    Raises:
        InvalidInput: as `parse`.
    """
    terms, skipped = parse(text), (page - 1) * per_page
    if skipped >= RANKED:
        return [], RANKED
    if is_sqlite(db):
        wanted = fts5(terms)
        weighed = [term for term in terms if not term.negative and _count(db, fts5([term]), WEIGHED) < WEIGHED]
        if weighed:
            rows = query(db, _SQLITE, (fts5(weighed), wanted, RANKED, per_page, skipped)).fetchall()
        else:
            limit = min(per_page, RANKED - skipped)
            rows = query(db, _SQLITE_UNWEIGHED, (wanted, limit, skipped)).fetchall()
        total = _count(db, wanted, RANKED)
    else:
        wanted = tsquery(terms)
        rows = query(db, _POSTGRESQL, (wanted, RANKED, per_page, skipped)).fetchall()
        total = query(db, _POSTGRESQL_COUNT, (wanted, RANKED)).fetchone()[0]
    phrases = [term.words for term in terms if not term.negative]
    return [
        Hit(book_id, number, title, author, snippet(page_text, phrases), round(float(score), 4))
        for book_id, number, title, author, page_text, score in rows
    ], int(total)


def _count(db: Database, expression: str, most: int) -> int:
    """How many pages match an FTS5 expression, up to `most`."""
    return int(query(db, _SQLITE_COUNT, (expression, most)).fetchone()[0])


def _quoted(term: Term) -> str:
    return '"' + " ".join(term.words) + '"'


def _refuse(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field} {message}.", errors=[{"field": field, "message": message}])
