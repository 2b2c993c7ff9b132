"""Small EPUBs of our own, and a way to read any file within this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks import catalog_corpus as corpus
from bookreader import formats
from bookreader.document import Chapter, Document, Metadata, PageRead, Warned
from bookreader.limits import Limits

XHTML = '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf"'


def page(body: str, head: str = "<title>x</title>") -> str:
    """An XHTML file."""
    return f'<?xml version="1.0" encoding="utf-8"?>{XHTML}<head>{head}</head><body>{body}</body></html>'


def prose(word: str, sentences: int = 30) -> str:
    """A paragraph long enough to be a chapter."""
    return "<p>" + f"{word} looked at the quiet harbour again and counted boats. " * sentences + "</p>"


def epub(
    texts: Mapping[str, str],
    *,
    metadata: str = "<dc:title>The Weir</dc:title><dc:language>en</dc:language>",
    contents: Mapping[str, str] | None = None,
    manifest: str = "",
    spine: str | None = None,
    **files: str | bytes,
) -> bytes:
    """An EPUB of these files by name, and of a `nav` with an entry, by target, for each of `contents`.

    `files` adds or replaces files by their paths in the archive.
    """
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in texts)
    nav = "".join(f'<li><a href="{target}">{title}</a></li>' for target, title in (contents or {}).items())
    itemrefs = "".join(f'<itemref idref="{name}"/>' for name in texts) if spine is None else spine
    made: dict[str, str | bytes] = {
        "META-INF/container.xml": corpus.CONTAINER.format("OPS/book.opf"),
        "OPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f"<metadata {DC}>{metadata}</metadata><manifest>{items}"
        f'<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{manifest}'
        f"</manifest><spine>{itemrefs}</spine></package>",
        "OPS/nav.xhtml": page(f'<nav epub:type="toc"><ol>{nav}</ol></nav>'),
        **{f"OPS/{name}": text for name, text in texts.items()},
    }
    return corpus.archive(made | files)


def read(folder: Path, content: bytes | str, name: str = "book.epub") -> Document:
    """Read a file within this process.

    Raises:
        FileProblemError: it cannot be read.
    """
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    document = Document(Metadata("none"))
    for event in formats.read(path, name, Limits()):
        if isinstance(event, Metadata):
            document.metadata = event
        elif isinstance(event, PageRead):
            document.pages.append(event)
        elif isinstance(event, Chapter):
            document.chapters.append(event)
        elif isinstance(event, Warned):
            document.warnings.append(event)
    return document


def text(document: Document) -> str:
    """The text of all pages."""
    return "\n".join(page.text for page in document.pages)


def titles(document: Document) -> list[str]:
    """The titles of the chapters."""
    return [chapter.title for chapter in document.chapters]


def codes(document: Document) -> set[str]:
    """The codes of the warnings."""
    return {warning.code for warning in document.warnings}
