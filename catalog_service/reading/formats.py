"""Finds out what kind of file this is, by its bytes first and its name second, and reads it with that kind's reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalog_service.reading.child import Limits
from catalog_service.reading.document import Event, FileProblemError

ACCEPTED = "PDF or plain text"
_BINARY = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_HEAD_BYTES = 1024


def read(path: Path, name: str, limits: Limits) -> Iterator[Event]:
    """The events of the file at `path`, which its sender called `name`.

    Raises:
        FileProblemError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise FileProblemError("the file is empty")
    if b"%PDF-" in head:
        from catalog_service.reading import pdf

        yield from pdf.read(path, limits)
        return
    if name.lower().endswith(".pdf"):
        raise FileProblemError("the name says PDF, but the file is not one: it does not begin with %PDF-")
    if head.startswith(_BINARY):
        raise FileProblemError(f"this is not a book format that can be read; send {ACCEPTED}")
    from catalog_service.reading import plain

    yield from plain.read(path, limits)
