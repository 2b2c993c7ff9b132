"""Reads PDF by PDFium. The only module that imports pypdfium2.

Straight on the C functions: the helper classes cost more than the work, a page being read in under a millisecond.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pypdfium2.raw as pdfium

from bookreader import gutenberg, headlines, hyphens
from bookreader.chapters import CONTENTS, TEXT, Heading, find, longer, place
from bookreader.document import UNSTORABLE, Chapter, Event, FileProblemError, Metadata, PageRead, Progress
from bookreader.limits import Limits
from bookreader.pages import check_length, check_pages

_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: "the PDF is encrypted with a password; remove the password and send it again",
    pdfium.FPDF_ERR_SECURITY: "the PDF is protected by a scheme that is not supported",
}
_DAMAGED = "the PDF is damaged: no pages can be found in it"
# All but the mark of a word broken at the end of a line, which `hyphens` needs.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\uffff\ud800-\udfff]")
_MOST_BOOKMARKS = 5000
_MOST_METADATA_BYTES = 1 << 20
_HEAD_PAGES = 5
LICENCE = "licence text left out"
_TITLE_AND_AUTHOR = re.compile(r"(.+?),? by ([^\d,;]{3,60})")


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a PDF: a page of the file is a page of the book.

    Raises:
        FileProblemError: it is encrypted, damaged, or over a limit.
    """
    document = load(path)
    count = pdfium.FPDF_GetPageCount(document)
    check_pages(count, limits)
    pages, chars = [], 0
    for index in range(count):
        pages.append(_page(document, index))
        chars += len(pages[-1].text)
        check_length(chars, limits)
        yield Progress(index + 1, count)
    texts = hyphens.join_broken([page.text for page in pages])
    frame = gutenberg.PageFrame(texts[:_HEAD_PAGES])
    yield _metadata(document, frame.framed)
    for index, page in enumerate(pages):
        whole, texts[index] = texts[index], frame.strip(texts[index])
        left_out = LICENCE if whole and not texts[index] else None
        yield replace(page, text=texts[index], problem=page.problem or left_out)
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
    """Chapters by the outline, else by the wording of the text; the last ends with the text."""
    starts = list(accumulate((len(text) + 2 for text in texts), initial=0))
    end = max((start + len(text) for start, text in zip(starts, texts, strict=False) if text), default=0)
    headings = [Heading(starts[page], title) for page, title in _outline(document) if page < len(texts)]
    if len(headings) >= 2:
        yield from place(headings, starts[:-1], end, CONTENTS, 0.95)
        return
    found, confidence = find("\n\n".join(texts), blank_lines=False)
    found = [_whole(document, texts, starts, heading) for heading in found]
    yield from place(found, starts[:-1], end, TEXT, confidence)


def _whole(document: pdfium.FPDF_DOCUMENT, texts: list[str], starts: list[int], heading: Heading) -> Heading:
    """A heading with all lines of its title, of which the search by wording saw the first."""
    page = bisect_right(starts, heading.start) - 1
    before, after = texts[page][: heading.start - starts[page]], texts[page][heading.start - starts[page] :]
    line = after.partition("\n")[0]
    with _content(document, page) as content:
        if isinstance(content, str):
            return heading
        lines = headlines.lines_of_title(content, _text(content), line, before.split("\n").count(line))
    return longer(heading, lines[1:])


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


def _metadata(document: pdfium.FPDF_DOCUMENT, framed: gutenberg.Framed) -> Metadata:
    """What the book says has precedence over the document information, whose date is that of the file."""
    title, author = _information(document, b"Title"), _information(document, b"Author")
    # Word processors put whoever typed the text into Author; a title that names the author is more reliable.
    if named := _TITLE_AND_AUTHOR.fullmatch(title):
        title, author = named[1], named[2]
    authors = framed.authors or ((author,) if author else ())
    return Metadata("pdf", framed.title or title or None, authors, framed.language)


def _information(document: pdfium.FPDF_DOCUMENT, tag: bytes) -> str:
    size = pdfium.FPDF_GetMetaText(document, tag, None, 0)
    if not 2 < size <= _MOST_METADATA_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, tag, buffer, size)
    text = buffer.raw[: size - 2].decode("utf-16-le", "ignore")
    return " ".join(UNSTORABLE.sub("", text).split())[:500]


def _page(document: pdfium.FPDF_DOCUMENT, index: int) -> PageRead:
    with _content(document, index) as content:
        return PageRead("", content) if isinstance(content, str) else PageRead(clean(_text(content)))


@contextmanager
def _content(document: pdfium.FPDF_DOCUMENT, index: int) -> Iterator[pdfium.FPDF_TEXTPAGE | str]:
    """The text of a page, as PDFium holds it; or why there is none."""
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        yield "the page is damaged"
        return
    content = pdfium.FPDFText_LoadPage(page)
    try:
        yield content or "the text of the page is damaged"
    finally:
        pdfium.FPDFText_ClosePage(content)
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
    """One kind of line end, and nothing that a text should not hold but the marks of broken words."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join([line.rstrip(" \t") for line in _UNWANTED.sub("", text).split("\n")]).strip()
