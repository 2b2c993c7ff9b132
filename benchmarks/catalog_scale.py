"""How list, get and search grow with the library: a tenth of the books against all of them."""

from __future__ import annotations

import random
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
    told = {f"{name}_ms": f"{first[name]:.3f} at {small:,} books, {second[name]:.3f} at {books:,}" for name in first}
    told |= {"books": f"{books:,}", "pages": f"{books * PAGES:,}", "fill_s": f"{filled_s:.0f}"}
    return {f"growth_{name}": second[name] / first[name] for name in first}, told


def _fill(library: Library, first: int, last: int) -> None:
    """Straight into the tables: the triggers keep the indexes. A rare word is on ten pages, whatever the size."""
    text = [prose(number, 3) for number in range(500)]
    for start in range(first, last, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, last))
        with library.db.atomic():
            connection = library.db.connection()
            connection.executemany(
                "INSERT INTO books (title, author, page_count, word_count, created_at, updated_at)"
                " VALUES (?, ?, ?, 300, '2020-01-01', '2020-01-01')",
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
    return {
        "get": _median_ms(lambda: library.books.get(one())),
        "page": _median_ms(lambda: library.books.page(one(), 5)),
        "list": _median_ms(lambda: library.books.listed(1, 20)),
        "list_sorted": _median_ms(lambda: library.books.listed(1, 20, Wanted(sort="title"))),
        "list_q": _median_ms(lambda: library.books.listed(1, 20, Wanted(q=f"title{one() - 1}"))),
        "search_rare": _median_ms(lambda: search(library.db, f"word{one() - 1}", 1, 20)),
        "search_common": _median_ms(lambda: search(library.db, "river lamp", 1, 20), 20),
    }


def _median_ms(work: Callable[[], Any], times: int = 200) -> float:
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return sorted(found)[times // 2] * 1000
