"""The text a job is about: a book's pages and chapters, read from the catalog and cut into sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.jobs import planner
from gateway.jobs.planner import Chapter, Page, Section
from servicekit.problems import InvalidInput, NotFound

Read = Callable[[str], Any]  # a path of the catalog to its JSON, or None where there is no such thing


@dataclass(frozen=True)
class Source:
    """What of a book is wanted. `sha256` changes with its text, its chapters and the scope."""

    book: Mapping[str, Any]
    sections: list[Section]

    @property
    def sha256(self) -> str:
        """The hash of all that will be read."""
        return planner.digest([[section.number, section.title, section.text] for section in self.sections])


def read(book_id: int, scope: Any, get: Read) -> Source:
    """Read what the scope (`"book"`, `{"chapter": n}`, `{"pages": [a, b]}` or `{"before": n}`) means in a book.

    Raises:
        NotFound: there is no such book, chapter or page.
        InvalidInput: there is no text to summarise.
    """
    book = get(f"/books/{book_id}")
    if book is None:
        raise NotFound(f"There is no book {book_id}. GET /books/ lists those there are.")
    told = get(f"/books/{book_id}/text")
    pages = [Page(page["page_number"], page["text"]) for page in (told or {}).get("pages", [])]
    chapters = _chapters(get(f"/books/{book_id}/chapters"), len(pages))
    found = _wanted(scope, pages, chapters)
    if not found:
        raise InvalidInput("There is no text to summarise on these pages.", errors=[_SCOPE])
    return Source(book, found)


_SCOPE = {"field": "scope", "message": "names pages without text"}


def _wanted(scope: Any, pages: list[Page], chapters: list[Chapter]) -> list[Section]:
    if scope == "book":
        return planner.sections(pages, chapters)
    if "chapter" in scope:
        found = [one for one in planner.sections(pages, chapters) if one.number == scope["chapter"]]
        if not found:
            raise NotFound(
                f"The book has no chapter {scope['chapter']}: its chapters are 1 to {max(len(chapters), 1)}."
            )
        return found
    first, last = scope.get("pages") or (1, scope["before"] - 1)
    if first > len(pages) or last > len(pages):
        raise NotFound(f"The book has no page {max(first, last)}: its pages are 1 to {len(pages)}.")
    found = planner.sections(pages, chapters, first, last)
    return [*found[:-1], planner.whole_sentences(found[-1])] if found and last < len(pages) else found


def _chapters(told: Any, page_count: int) -> list[Chapter]:
    """The catalog's list of chapters, or what of it lies in the book."""
    rows = told.get("chapters", []) if isinstance(told, Mapping) else told or []
    found = [
        Chapter(row.get("title") or "", row["first_page"], row["last_page"], row.get("first_offset") or 0)
        for row in rows
    ]
    return [one for one in found if 1 <= one.first_page <= page_count]
