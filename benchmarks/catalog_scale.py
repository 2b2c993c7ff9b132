"""How list, get and search grow with the library: a tenth of the books against all of them."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.catalog_corpus import prose
from catalog_service.books import Wanted
from catalog_service.config import Settings
from catalog_service.database import query
from catalog_service.library import Library
from catalog_service.search import search

PAGES = 10
PER_PAGE = 20
_AT_ONCE = 1000


def run(folder: Path, books: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Ratios of the median times, all books to a tenth of them. Logarithmic growth would give about 1.2."""
    library = Library.open(Settings(data_dir=folder))
    small = books // 10
    started = time.perf_counter()
    _fill(library, 0, small)
    first = _times(library, small)
    _fill(library, small, books)
    filled_s = time.perf_counter() - started
    second = _times(library, books)
    library.close()
    shown = {f"{name}_ms": f"{first[name]:.3f} at {small:,} books, {second[name]:.3f} at {books:,}" for name in first}
    shown |= {"books": f"{books:,}", "pages": f"{books * PAGES:,}", "fill_s": f"{filled_s:.0f}"}
    return {f"growth_{name}": second[name] / first[name] for name in first}, shown


def _fill(library: Library, first: int, last: int) -> None:
    """Straight into the tables: the triggers keep the indexes. A rare word is on ten pages, whatever the size."""
    text = [prose(number, 3) for number in range(500)]
    for start in range(first, last, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, last))
        with library.db.atomic():
            connection = library.db.connection()
            connection.executemany(
                "INSERT INTO books (title, author, language, page_count, word_count, created_at, updated_at)"
                " VALUES (?, ?, 'en', ?, 300, '2020-01-01', '2020-01-01')",
                [(f"Volume {number} of title{number}", f"Author{number % 997} Sallow", PAGES) for number in numbers],
            )
            connection.executemany(
                "INSERT INTO pages (book_id, revision, number, text, word_count) VALUES (?, 1, ?, ?, 30)",
                [
                    (number + 1, page, f"{text[(number * 7 + page) % 500]} word{number}.")
                    for number in numbers
                    for page in range(1, PAGES + 1)
                ],
            )
            query(library.db, "UPDATE counters SET value = value + ? WHERE name = 'books'", (len(numbers),))


def _times(library: Library, books: int) -> dict[str, float]:
    dice = random.Random(books)
    one = lambda: dice.randrange(1, books + 1)  # noqa: E731
    middle, last = books // PER_PAGE // 2, books // PER_PAGE
    listed = library.books.listed
    works: dict[str, Callable[[], Any]] = {
        "get": lambda: library.books.get(one()),
        "page": lambda: library.books.page(one(), 5),
        "list": lambda: listed(1, PER_PAGE),
        "list_last": lambda: listed(last, PER_PAGE),
        "list_next": lambda: listed(middle, PER_PAGE, Wanted(after=one())),
        "list_by_number": lambda: listed(middle, PER_PAGE),
        "title": lambda: listed(1, PER_PAGE, Wanted(sort="title")),
        "title_last": lambda: listed(last, PER_PAGE, Wanted(sort="title")),
        "title_next": lambda: listed(middle, PER_PAGE, Wanted(sort="title", after=one())),
        "language": lambda: listed(1, PER_PAGE, Wanted(language="en", sort="title")),
        "language_next": lambda: listed(middle, PER_PAGE, Wanted(language="en", sort="title", after=one())),
        "q_rare": lambda: listed(1, PER_PAGE, Wanted(q=f"title{one() - 1}")),
        "q_common": lambda: listed(1, PER_PAGE, Wanted(q="sallow")),
        "search_rare": lambda: search(library.db, f"word{one() - 1}", 1, PER_PAGE),
        "search_common": lambda: search(library.db, "river", 1, PER_PAGE),
        "search_two_common": lambda: search(library.db, "river lamp", 1, PER_PAGE),
        "search_rare_and_common": lambda: search(library.db, f"river word{one() - 1}", 1, PER_PAGE),
        "search_phrase": lambda: search(library.db, '"river lamp"', 1, PER_PAGE),
    }
    return {name: _median_ms(work) for name, work in works.items()}


def _median_ms(work: Callable[[], Any]) -> float:
    """Of 100 to 3,000 times, for a second: the first times of a quick work are those of pages that no cache has yet."""
    found: list[float] = []
    until = time.perf_counter() + 1.0
    while len(found) < 100 or (len(found) < 3000 and time.perf_counter() < until):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return statistics.median(found) * 1000
