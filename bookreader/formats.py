"""Detects the format of a file, by its bytes first and its name second, and reads it with the reader of that format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bookreader.document import Event, FileProblemError
from bookreader.limits import Limits

ACCEPTED = "PDF, EPUB, HTML, Markdown or plain text"
_BINARY = (
    b"MZ",
    b"\x7fELF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\xd0\xcf\x11\xe0",
)
_HEAD_BYTES = 1024
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S
)
_NAMES = {
    ".pdf": "pdf",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
}
_EXPECTED = {"pdf": "%PDF-", "epub": "the signature of a ZIP archive"}


def kind_of(path: Path, name: str) -> str:
    """The format of the file at `path`, which the sender named `name`.

    Raises:
        FileProblemError: it is empty, of no format that can be read, or not what its name says.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise FileProblemError("the file is empty")
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "epub"
    named = _NAMES.get(Path(name).suffix.lower(), "")
    if named in _EXPECTED:
        raise FileProblemError(f"the name says {named.upper()}, but the file does not begin with {_EXPECTED[named]}")
    if head.lstrip().startswith(b"{\\rtf"):
        raise FileProblemError(f"this is RTF, which is not read; save it as another format and send {ACCEPTED}")
    if head.startswith(_BINARY):
        raise FileProblemError(f"this is not a book format that can be read; send {ACCEPTED}")
    if _HTML.match(head):
        return "html"
    return named or "txt"


def read(path: Path, name: str, limits: Limits) -> Iterator[Event]:
    """The events of the file at `path`. Readers are imported when needed: a child process uses one.

    Raises:
        FileProblemError: it cannot be read.
    """
    kind = kind_of(path, name)
    if kind == "pdf":
        from bookreader import pdf

        yield from pdf.read(path, limits)
    elif kind == "epub":
        from bookreader import epub

        yield from epub.read(path, limits)
    elif kind == "html":
        from bookreader import web

        yield from web.read(path, limits)
    elif kind == "markdown":
        from bookreader import markdown

        yield from markdown.read(path, limits)
    else:
        from bookreader import plain

        yield from plain.read(path, limits)
