"""Reads plain text: its encoding, a Project Gutenberg frame if it has one, pages and chapters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bookreader import encodings, gutenberg
from bookreader.document import UNSTORABLE, About, Event
from bookreader.limits import Limits
from bookreader.pages import paginate


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a plain text.

    Raises:
        FileProblemError: it is not text, has none, or is over a limit.
    """
    found = gutenberg.strip(tidy(encodings.decode(path.read_bytes())))
    yield About("txt", found.title, found.author, found.language)
    yield from paginate(found.text, limits)


def tidy(text: str) -> str:
    """One kind of line end, and nothing that a text should not hold."""
    return UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n"))
