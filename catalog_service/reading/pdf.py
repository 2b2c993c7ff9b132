"""Reads PDF by PDFium. The only module that imports pypdfium2.

Straight on the C functions: the helper classes cost more than the work, a page being read in under a millisecond.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from pathlib import Path

import pypdfium2.raw as pdfium

from catalog_service.reading.chapters import CONTENTS, TEXT, Heading, find, place
from catalog_service.reading.document import UNSTORABLE, About, Chapter, Event, FileProblemError, PageRead
from catalog_service.reading.limits import Limits
from catalog_service.reading.pages import check_length, check_pages

_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: "the PDF is encrypted with a password; remove the password and send it again",
    pdfium.FPDF_ERR_SECURITY: "the PDF is protected by a scheme that is not supported",
}
_DAMAGED = "the PDF is damaged: no pages can be found in it"
# A word that PDFium saw broken at the end of a line: U+FFFE stands for the hyphen.
_BROKEN_WORD = re.compile("\ufffe[ \t]*\r?\n?")
_SPACE_BEFORE_BREAK = re.compile(r"[ \t]+(?=\n)")
_MOST_BOOKMARKS = 5000
_TITLE_AND_AUTHOR = re.compile(r"(.+?),? by ([^\d,;]{3,60})")


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a PDF: a page of the file is a page of the book.

    Raises:
        FileProblemError: it is encrypted, damaged, or over a limit.
    """
    document = load(path)
    count = pdfium.FPDF_GetPageCount(document)
    check_pages(count, limits)
    yield _about(document)
    texts: list[str] = []
    chars = 0
    for index in range(count):
        page = _page(document, index)
        chars += len(page.text)
        check_length(chars, limits)
        texts.append(page.text)
        yield page
    yield from _chapters(document, texts)


def load(path: Path) -> pdfium.FPDF_DOCUMENT:
    """Open a PDF that has pages.

    Raises:
        FileProblemError: it is encrypted or damaged.
    """
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadDocument(str(path).encode(), None)
    if not document:
        raise FileProblemError(_REASONS.get(pdfium.FPDF_GetLastError(), _DAMAGED))
    if pdfium.FPDF_GetPageCount(document) < 1:
        raise FileProblemError(_DAMAGED)
    return document


def _chapters(document: pdfium.FPDF_DOCUMENT, texts: list[str]) -> Iterator[Chapter]:
    """Chapters by the outline, else by the wording of the text."""
    starts = list(accumulate((len(text) + 2 for text in texts), initial=0))
    headings = [Heading(starts[page], title) for page, title in _outline(document) if page < len(texts)]
    if len(headings) >= 2:
        yield from place(headings, starts[:-1], starts[-1], CONTENTS, 0.95)
        return
    found, confidence = find("\n\n".join(texts), blank_lines=False)
    yield from place(found, starts[:-1], starts[-1], TEXT, confidence)


def _outline(document: pdfium.FPDF_DOCUMENT) -> Iterator[tuple[int, str]]:
    """(page from 0, title) of the outline's entries, two levels deep; a loop in it ends the walk."""
    budget = _MOST_BOOKMARKS
    level = [pdfium.FPDFBookmark_GetFirstChild(document, None)]
    while level and budget:
        bookmark = level.pop()
        if not bookmark:
            continue
        budget -= 1
        if entry := _bookmark(document, bookmark):
            yield entry
        level.append(pdfium.FPDFBookmark_GetNextSibling(document, bookmark))
        if len(level) < 2:
            level.append(pdfium.FPDFBookmark_GetFirstChild(document, bookmark))


def _bookmark(document: pdfium.FPDF_DOCUMENT, bookmark: pdfium.FPDF_BOOKMARK) -> tuple[int, str] | None:
    buffer = ctypes.create_string_buffer(1024)
    size = min(pdfium.FPDFBookmark_GetTitle(bookmark, buffer, 1024), 1024)
    title = " ".join(UNSTORABLE.sub("", buffer.raw[: max(0, size - 2)].decode("utf-16-le", "ignore")).split())
    target = pdfium.FPDFBookmark_GetDest(document, bookmark)
    page = pdfium.FPDFDest_GetDestPageIndex(document, target) if target else -1
    return (page, title[:200]) if title and page >= 0 else None


def _about(document: pdfium.FPDF_DOCUMENT) -> About:
    created = re.match(r"D:(\d{4})(\d\d)(\d\d)", _metadata(document, b"CreationDate"))
    title, author = _metadata(document, b"Title"), _metadata(document, b"Author")
    # Word processors put the name of whoever typed it into Author; a title that names its author knows better.
    if named := _TITLE_AND_AUTHOR.fullmatch(title):
        title, author = named[1], named[2]
    return About(
        "pdf",
        title=title or None,
        author=author or None,
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
    return " ".join(UNSTORABLE.sub("", text).split())[:500]


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
    return _SPACE_BEFORE_BREAK.sub("", UNSTORABLE.sub("", text)).strip()
