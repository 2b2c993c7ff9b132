"""Reads plain text: its encoding, a Project Gutenberg frame if it has one, pages and chapters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bookreader import encodings, gutenberg
from bookreader.document import UNSTORABLE, Event, Metadata
from bookreader.limits import Limits
from bookreader.pages import paginate


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a plain text.

    Raises:
        FileProblemError: it is not text, has none, or is over a limit.
    """
    book = read_text(path.read_bytes())
    yield Metadata("txt", book.title, book.authors, book.language)
    yield from paginate(book.text, limits)


def read_text(data: bytes) -> gutenberg.Framed:
    """The text of a plain text file without a Project Gutenberg frame, and what that frame said of the book.

    Raises:
        FileProblemError: it is not text.
    """
    return gutenberg.strip(tidy(encodings.decode(data)))


def tidy(text: str) -> str:
    """One kind of line end, and nothing that a text should not hold."""
    return UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n"))
