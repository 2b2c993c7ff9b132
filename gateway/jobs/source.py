"""The text a job is about: a book's pages and chapters, read from the catalog and cut into sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.jobs import planner, wire
from gateway.jobs.planner import Chapter, Page, Section
from servicekit.problems import InvalidInput, NotFound
from servicekit.upstream import parse_response

Read = Callable[[str], Any]  # a path of the catalog to its JSON, or None where there is no such thing


@dataclass(frozen=True)
class Source:
    """What of a book is wanted. `sha256` changes with its text, its chapters and the scope."""

    book: wire.Book
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
    particulars = get(f"/books/{book_id}")
    if particulars is None:
        raise NotFound(f"There is no book {book_id}. GET /books/ lists those there are.")
    book = parse_response(wire.Book, particulars)
    text = parse_response(wire.Text, get(f"/books/{book_id}/text") or {"pages": []})
    pages = [Page(page.page_number, page.text) for page in text.pages]
    chapters = _chapters(get(f"/books/{book_id}/chapters"), pages)
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
        asked = scope.get("before") or max(first, last)
        raise NotFound(f"The book has no page {asked}: its pages are 1 to {len(pages)}.")
    found = planner.sections(pages, chapters, first, last)
    return [*found[:-1], planner.whole_sentences(found[-1])] if found and last < len(pages) else found


def _chapters(answer: Any, pages: list[Page]) -> list[Chapter]:
    """The catalog's chapters, as far as they lie in the book, in order."""
    listed = parse_response(wire.Chapters, {"chapters": answer or []} if not isinstance(answer, Mapping) else answer)
    texts = {page.number: page.text for page in pages}
    found = []
    for row in listed.chapters:
        if row.first_page in texts:
            title, place = row.title or "", row.first_offset
            place = _heading(title, texts[row.first_page]) if place is None else place
            found.append(Chapter(title, row.first_page, row.last_page, place))
    return sorted(found, key=lambda one: (one.first_page, one.first_offset))


def _heading(title: str, text: str) -> int:
    """Where on a page a chapter's heading begins; 0 where it is not to be found."""
    for words in (title, " ".join(title.split()[:2])):
        pattern = planner.heading(words)
        lines = re.finditer(r"^", text, re.MULTILINE)
        at = next((line.start() for line in lines if pattern and pattern.match(text, line.start())), None)
        if at is not None:
            return at
    return 0
