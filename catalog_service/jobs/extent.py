"""How much text an order is about, from the sizes of the pages alone: no text leaves the database."""

from __future__ import annotations

from catalog_service.books import Books
from contract.jobs import Extent
from servicekit.problems import InvalidInput, NotFound
from textkit import sections
from textkit.sections import Chapter, NotInBook, Scope


def measure(books: Books, book_id: int, scope: Scope) -> Extent:
    """The extent of a scope in the present revision of a book.

    Raises:
        NotFound: there is no such book, chapter or page.
        InvalidInput: there is no text to summarise.
    """
    revision = int(books.get(book_id)["revision"])
    chapters = [
        Chapter(one["title"], one["first_page"], one["last_page"], one["first_offset"])
        for one in books.chapters(book_id, revision)
    ]
    try:
        found = sections.sized(books.page_sizes(book_id, revision), chapters, scope)
    except NotInBook as error:
        raise NotFound(str(error)) from None
    if not found:
        raise InvalidInput(
            "There is no text to summarise on these pages.",
            errors=[{"field": "scope", "message": "names pages without text"}],
        )
    characters = sum(span.end - span.begin for span in found)
    return Extent(book_id=book_id, revision=revision, characters=characters, chapters=len(found))
