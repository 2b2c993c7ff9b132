"""Reads plain text: its encoding, a Project Gutenberg frame if it has one, and pages cut at sentence ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from catalog_service.reading import encodings, gutenberg
from catalog_service.reading.child import Limits
from catalog_service.reading.document import About, Event, FileProblemError, PageRead
from catalog_service.reading.pages import cut

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a plain text.

    Raises:
        FileProblemError: it is not text, has none, or is over a limit.
    """
    text = tidy(encodings.decode(path.read_bytes()))
    found = gutenberg.strip(text)
    yield About("txt", found.title, found.author, found.language, found.publication_date)
    yield from paginate(found.text, limits)


def paginate(text: str, limits: Limits) -> Iterator[PageRead]:
    """The pages of a running text.

    Raises:
        FileProblemError: there is no text, or more than a book may have.
    """
    if not text.strip():
        raise FileProblemError("there is no text in it")
    if len(text) > limits.max_text_chars:
        raise FileProblemError(f"its text is longer than the {limits.max_text_chars:,} characters a book may have")
    pages = cut(text, limits.page_chars)
    if len(pages) > limits.max_pages:
        raise FileProblemError(f"it would have {len(pages):,} pages, and a book may have {limits.max_pages:,}")
    for page in pages:
        yield PageRead(page)


def tidy(text: str) -> str:
    """One kind of line end, and nothing that a text should not hold."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n"))
