"""Reads plain text: its encoding, a Project Gutenberg frame if it has one, pages and chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bookreader import encodings, gutenberg
from bookreader.document import UNSTORABLE, Event, Metadata, WarningLog
from bookreader.limits import Limits
from bookreader.pages import paginate

_LINE_END = re.compile("\r+\n|[\r\x0b\x85\u2028]")
_BREAK = re.compile("[\x0c\u2029]")


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a plain text.

    Raises:
        FileProblemError: it is not text, has none, or is over a limit.
    """
    decoded, warnings = encodings.read(path.read_bytes()), WarningLog()
    decoded.warn(warnings)
    book = gutenberg.strip(tidy(decoded.text))
    yield Metadata("txt", book.title, book.authors, book.language, contributors=book.contributors)
    yield from paginate(book.text, limits)
    yield from warnings.events()


def read_text(data: bytes) -> gutenberg.Framed:
    """The text of a plain text file without a Project Gutenberg frame, and what that frame said of the book.

    Raises:
        FileProblemError: it is not text.
    """
    return gutenberg.strip(tidy(encodings.decode(data)))


def tidy(text: str) -> str:
    """One kind of line end (CR CR LF is one, form feeds part paragraphs), and nothing that a text should not hold."""
    return UNSTORABLE.sub("", _BREAK.sub("\n\n", _LINE_END.sub("\n", text))).removeprefix("\ufeff")
