"""Reads PDF: a page of the file is a page of the book, without running heads; chapters by outline, wording or type."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pypdfium2.raw as pdfium

from bookreader import gutenberg, headings, headlines, hyphens, pdf_metadata, pdf_page
from bookreader.chapters import CONTENTS, HEADINGS, TEXT, Heading, find, longer, place
from bookreader.document import UNSTORABLE, Chapter, Event, FileProblemError, Metadata, PageRead, Progress, WarningLog
from bookreader.headlines import Style
from bookreader.limits import Limits
from bookreader.pages import check_length, check_pages
from bookreader.pdf_page import PdfPage
from bookreader.running_heads import Edges

_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: "the PDF is encrypted with a password; remove the password and send it again",
    pdfium.FPDF_ERR_SECURITY: "the PDF is protected by a scheme that is not supported",
}
_DAMAGED = "the PDF is damaged: no pages can be found in it"
_MOST_BOOKMARKS = 5000
_HEAD_PAGES = 5
_NUMBER_CHARS = 12  # that may stand before an entry of the outline on its page
LICENCE = "licence text left out"
_LIGATURE = re.compile("[\ufb00-\ufb06\ufb13-\ufb17]")
_SOFT_HYPHEN = re.compile("\u00ad[ \t]*\n?|[\ufeff\u2060]")
_WARNINGS = {
    pdf_page.DAMAGED: "page_damaged",
    pdf_page.GARBLED: "page_garbled",
    pdf_page.SCANNED: "page_scanned",
}


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a PDF.

    Raises:
        FileProblemError: it is encrypted, damaged, or over a limit.
    """
    document = load(path)
    count = pdfium.FPDF_GetPageCount(document)
    check_pages(count, limits)
    pages: list[PdfPage] = []
    chars = 0
    for index in range(count):
        pages.append(pdf_page.read(document, index))
        chars += sum(map(len, pages[-1].lines)) + len(pages[-1].lines)
        check_length(chars, limits)
        yield Progress(index + 1, count)
    body = _body_size(pages)
    _remove_running_heads(pages, body)
    texts = [_plain(text) for text in hyphens.join_broken(["\n".join(page.lines) for page in pages])]
    frame = gutenberg.PageFrame(texts[:_HEAD_PAGES])
    whole, texts = texts, [frame.strip(text) for text in texts]
    yield _metadata(document, path, frame.framed, pages[0], body, any(texts))
    warnings = WarningLog()
    for number, (page, before, text) in enumerate(zip(pages, whole, texts, strict=True), 1):
        problem = page.problem or (LICENCE if before and not text else None)
        if problem is None and page.is_picture and not text:
            problem = pdf_page.SCANNED
        if problem in _WARNINGS:
            warnings.add(_WARNINGS[problem], str(number))
        yield PageRead(text, problem)
    if not any(texts):
        warnings.add("no_text")
    yield from _chapters(document, pages, texts, body)
    yield from warnings.events()


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


def _body_size(pages: Sequence[PdfPage]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for at, line in enumerate(page.lines):
            sizes[round(2 * page.style(at)[0]) / 2] += len(line)
    return headlines.body_size(sizes)


def _remove_running_heads(pages: list[PdfPage], body: float) -> None:
    edges = Edges()
    for page in pages:
        edges.add(page.pieces(), page.height, body)
    for number, removed in edges.found().items():
        pages[number] = pages[number].without(removed)


def _plain(text: str) -> str:
    """The text with composed letters, without soft hyphens and ligatures."""
    if text.isascii():
        return text
    text = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), _SOFT_HYPHEN.sub("", text))
    return unicodedata.normalize("NFC", text)


def _metadata(
    document: pdfium.FPDF_DOCUMENT, path: Path, framed: gutenberg.Framed, first: PdfPage, body: float, has_text: bool
) -> Metadata:
    """What the book says has precedence; without any title, the one on the title page if type makes that clear."""
    metadata = pdf_metadata.read(document, path)
    styles = [first.style(at) for at in range(len(first.lines))]
    title = framed.title or metadata.title or headlines.title_of_book(first.lines, styles, body)
    return replace(
        metadata,
        title=_plain(title) if title else None,
        authors=framed.authors or metadata.authors,
        language=framed.language or metadata.language,
        text_source="embedded" if has_text else "none",
    )


def _chapters(
    document: pdfium.FPDF_DOCUMENT, pages: Sequence[PdfPage], texts: list[str], body: float
) -> Iterator[Chapter]:
    """Chapters by the outline, else by the wording of the text or its type; the last ends with the text."""
    starts = list(accumulate((len(text) + 2 for text in texts), initial=0))
    end = max((start + len(text) for start, text in zip(starts, texts, strict=False) if text), default=0)
    by_outline = [
        Heading(starts[page] + _offset(texts[page], title), title, level)
        for page, title, level in _outline(document)
        if page < len(texts)
    ]
    if len(by_outline) >= 2:
        yield from place(headings.ranked(by_outline), starts[:-1], end, CONTENTS, 0.95)
        return
    whole = "\n\n".join(texts)
    by_wording, confidence = find(whole, blank_lines=False)
    lines = [text.split("\n") for text in texts]
    styles = [_styles(own, page) for own, page in zip(lines, pages, strict=True)]
    by_type = _by_type(lines, styles, starts, whole, body)
    share = headings.largest_share(by_wording, end) if len(by_wording) >= 2 else 1.0
    if len(by_type) >= 2 and share > max(headings.MAX_SHARE, headings.largest_share(by_type, end)):
        yield from place(by_type, starts[:-1], end, HEADINGS, 0.8)
        return
    found = [_whole(lines, styles, starts, heading) for heading in by_wording]
    yield from place(found, starts[:-1], end, TEXT, confidence)


def _offset(text: str, title: str) -> int:
    """Where a page has an entry of the outline as the beginning of a line; 0 if it has it nowhere."""
    wanted, at = _folded(title), 0
    for line in text.split("\n"):
        folded = _folded(line)
        numbered = folded.endswith(wanted) and len(folded) <= len(wanted) + _NUMBER_CHARS
        if numbered or (len(folded) > 2 and (folded.startswith(wanted) or wanted.startswith(folded))):
            return at
        at += len(line) + 1
    return 0


def _folded(line: str) -> str:
    return "".join(filter(str.isalnum, line.casefold()))


def _by_type(
    lines: Sequence[list[str]], styles: Sequence[list[Style | None]], starts: Sequence[int], whole: str, body: float
) -> list[Heading]:
    found = []
    for own, styled, start in zip(lines, styles, starts, strict=False):
        offsets = list(accumulate((len(line) + 1 for line in own), initial=start))
        found += [(offsets[at], title, size) for at, title, size in headlines.by_size(own, styled, body)]
    return headings.chapters(headlines.ranked(found), whole)


def _styles(lines: Sequence[str], page: PdfPage) -> list[Style | None]:
    """The type of the lines of a finished text; None for those that were joined at a broken word."""
    known = [_plain(line) for line in page.lines]
    styles: list[Style | None] = []
    at = 0
    for line in lines:
        same = next((number for number in range(at, len(known)) if known[number] == line), None)
        styles.append(None if same is None else page.style(same))
        at = at if same is None else same + 1
    return styles


def _whole(
    lines: Sequence[list[str]], styles: Sequence[list[Style | None]], starts: Sequence[int], heading: Heading
) -> Heading:
    """A heading with all lines of its title, of which the search by wording saw the first."""
    page = bisect_right(starts, heading.start) - 1
    offsets = list(accumulate((len(line) + 1 for line in lines[page]), initial=starts[page]))
    first = bisect_right(offsets, heading.start) - 1
    return longer(heading, headlines.lines_of_title(lines[page], styles[page], first)[1:])


def _outline(document: pdfium.FPDF_DOCUMENT) -> Iterator[tuple[int, str, int]]:
    """(page from 0, title, level) of the outline's entries, two levels deep; a loop in it ends the walk."""
    budget = _MOST_BOOKMARKS
    level = [pdfium.FPDFBookmark_GetFirstChild(document, None)]
    while level and budget:
        depth = len(level)
        bookmark = level.pop()
        if not bookmark:
            continue
        budget -= 1
        if entry := _bookmark(document, bookmark):
            yield *entry, depth
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
