"""The text a job is about: a book's metadata, pages and chapters, read from the catalog and cut into sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from contract.books import Book, BookText, Chapters
from servicekit.problems import Conflict, InvalidInput, NotFound
from servicekit.upstream import parse_response
from textkit import sections
from textkit.sections import Chapter, NotInBook, Scope, Section

R = TypeVar("R", Book, BookText, Chapters)


@dataclass(frozen=True)
class Source:
    """A book, and the sections of it that are wanted."""

    book: Book
    sections: list[Section]


def _same(revision: int, read: R) -> R:
    if read.revision != revision:
        raise Conflict("The book's text or chapters changed after this was asked for. Ask again.")
    return read


def read(book_id: int, revision: int, scope: Scope, get: Callable[[str], Any]) -> Source:
    """Read what a scope means in a revision of a book.

    Args:
        get: reads the JSON at a path of the catalog.

    Raises:
        Conflict: the book has another revision by now.
        NotFound: it has no such chapter or page.
        InvalidInput: there is no text to summarise.
    """
    path = f"/books/{book_id}"
    book = _same(revision, parse_response(Book, get(path)))
    text = _same(revision, parse_response(BookText, get(f"{path}/text")))
    listed = _same(revision, parse_response(Chapters, get(f"{path}/chapters")))
    chapters = [Chapter(one.title, one.first_page, one.last_page, one.first_offset) for one in listed.chapters]
    try:
        found = sections.cut([page.text for page in text.pages], chapters, scope)
    except NotInBook as error:
        raise NotFound(str(error)) from None
    if not found:
        raise InvalidInput(
            "There is no text to summarise on these pages.",
            errors=[{"field": "scope", "message": "names pages without text"}],
        )
    return Source(book, found)
