"""Cuts running text into pages and chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bookreader import chapters
from bookreader.chapters import Heading
from bookreader.document import Chapter, FileProblemError, PageRead
from bookreader.limits import Limits
from textkit.chunks import split_pages

IMAGE = "\ufffc"


def paginate(
    text: str, limits: Limits, headings: Sequence[Heading] = (), source: str = "", images: Sequence[str] = ()
) -> Iterator[PageRead | Chapter]:
    """The pages of a running text, then its chapters.

    Args:
        headings: where chapters begin, found by `source`; searched in the text if there are none.
        images: the names of the pictures, in the order of the IMAGE characters in the text that stand for them; empty
            for those that are not in the file.

    Raises:
        FileProblemError: there is no text, or more than a book may have.
    """
    if not text.strip(f" \t\n{IMAGE}"):
        raise FileProblemError("there is no text in it")
    check_length(len(text), limits)
    pages, starts = _pages(text, limits.page_chars)
    check_pages(len(pages), limits)
    left = list(reversed(images))
    for page in pages:
        own = tuple(left.pop() for _ in range(min(page.count(IMAGE), len(left))))
        yield PageRead(page.replace(IMAGE, "").strip("\n").rstrip(), images=tuple(filter(None, own)))
    left_out = _left_out(text, pages, starts)
    if headings:
        confidence = 0.95 if source == chapters.CONTENTS else 0.85
        yield from chapters.place(headings, starts, len(text), source, confidence, left_out)
    else:
        found, confidence = chapters.find(text)
        yield from chapters.place(found, starts, len(text), chapters.TEXT, confidence, left_out)


def _left_out(text: str, pages: Sequence[str], starts: Sequence[int]) -> list[int]:
    """Offsets of what pages do not show: the marks of pictures, and line feeds at the beginning of a page."""
    marks = {found.start() for found in re.finditer(IMAGE, text)}
    for page, start in zip(pages, starts, strict=True):
        marks.update(range(start, start + len(page) - len(page.lstrip(f"\n{IMAGE}"))))
    return sorted(marks)


def check_length(chars: int, limits: Limits) -> None:
    """Refuse a text that is too long.

    Raises:
        FileProblemError: it is.
    """
    if chars > limits.max_text_chars:
        raise FileProblemError(f"its text is longer than the {limits.max_text_chars:,} characters a book may have")


def check_pages(count: int, limits: Limits) -> None:
    """Refuse a book of too many pages.

    Raises:
        FileProblemError: it is one.
    """
    if count > limits.max_pages:
        raise FileProblemError(f"it has {count:,} pages, and a book may have {limits.max_pages:,}")


def _pages(text: str, target: int) -> tuple[list[str], list[int]]:
    """The pages that are not blank, and where each begins in `text`."""
    pages, starts, at = [], [], 0
    for page in split_pages(text, target):
        if page.strip():
            pages.append(page)
            starts.append(at)
        at += len(page)
    return pages, starts
