"""Reads PDF by PDFium. The only module that imports pypdfium2.

Straight on the C functions: the helper classes cost more than the work, a page being read in under a millisecond.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2.raw as pdfium

from catalog_service.reading.child import Limits
from catalog_service.reading.document import About, Event, FileProblemError, PageRead

_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: "the PDF is encrypted with a password; remove the password and send it again",
    pdfium.FPDF_ERR_SECURITY: "the PDF is protected by a scheme that is not supported",
}
_DAMAGED = "the PDF is damaged: no pages can be found in it"
# A word that PDFium saw broken at the end of a line: U+FFFE stands for the hyphen.
_BROKEN_WORD = re.compile("\ufffe[ \t]*\r?\n?")
_SPACE_BEFORE_BREAK = re.compile(r"[ \t]+(?=\n)")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a PDF: a page of the file is a page of the book.

    Raises:
        FileProblemError: it is encrypted, damaged, or over a limit.
    """
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadDocument(str(path).encode(), None)
    if not document:
        raise FileProblemError(_REASONS.get(pdfium.FPDF_GetLastError(), _DAMAGED))
    count = pdfium.FPDF_GetPageCount(document)
    if count < 1:
        raise FileProblemError(_DAMAGED)
    if count > limits.max_pages:
        raise FileProblemError(f"the PDF has {count:,} pages, and a book may have {limits.max_pages:,}")
    yield _about(document)
    chars = 0
    for index in range(count):
        page = _page(document, index)
        chars += len(page.text)
        if chars > limits.max_text_chars:
            raise FileProblemError(f"its text is longer than the {limits.max_text_chars:,} characters a book may have")
        yield page


def _about(document: pdfium.FPDF_DOCUMENT) -> About:
    created = re.match(r"D:(\d{4})(\d\d)(\d\d)", _metadata(document, b"CreationDate"))
    return About(
        "pdf",
        title=_metadata(document, b"Title") or None,
        author=_metadata(document, b"Author") or None,
        language=None,
        publication_date=_day(*map(int, created.groups())) if created else None,
    )


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _metadata(document: pdfium.FPDF_DOCUMENT, tag: bytes) -> str:
    size = min(pdfium.FPDF_GetMetaText(document, tag, None, 0), 4096)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(4096)
    pdfium.FPDF_GetMetaText(document, tag, buffer, 4096)
    text = buffer.raw[: size - 2].decode("utf-16-le", "ignore")
    return " ".join(_UNSTORABLE.sub("", text).split())[:500]


def _page(document: pdfium.FPDF_DOCUMENT, index: int) -> PageRead:
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return PageRead("", "the page is damaged")
    try:
        content = pdfium.FPDFText_LoadPage(page)
        if not content:
            return PageRead("", "the text of the page is damaged")
        try:
            return PageRead(clean(_text(content)))
        finally:
            pdfium.FPDFText_ClosePage(content)
    finally:
        pdfium.FPDF_ClosePage(page)


def _text(content: pdfium.FPDF_TEXTPAGE) -> str:
    count = pdfium.FPDFText_CountChars(content)
    if count <= 0:
        return ""
    # A character may take two units, and PDFium writes a NUL at the end.
    buffer = (ctypes.c_ushort * (2 * count + 1))()
    written = pdfium.FPDFText_GetText(content, 0, count, buffer)
    return bytes(memoryview(buffer).cast("B")[: 2 * max(0, written - 1)]).decode("utf-16-le", "ignore")


def clean(text: str) -> str:
    """Join words broken at line ends, and drop what no text should hold."""
    text = _BROKEN_WORD.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return _SPACE_BEFORE_BREAK.sub("", _UNSTORABLE.sub("", text)).strip()
