"""Reads one page of a PDF by PDFium: its lines with their boxes, in reading order, and what pictures cover it.

Straight on the C functions: the helper classes cost more than the work, a page being read in about a millisecond.
"""

from __future__ import annotations

import ctypes
import re
from array import array
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pypdfium2.raw as pdfium

from bookreader import columns, plausible
from bookreader.columns import Piece

_LINE = re.compile(r"[^\r\n]+")
_SPACES = re.compile(r"(?<=\S)\s+(?=\S)")
_WORD = re.compile(r"\S+")
# All but the mark of a word broken at the end of a line, which `hyphens` needs.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\uffff\ud800-\udfff]")
_MAX_LAYOUT_CHARS = 30_000
_MAX_OBJECTS = 2000
_SAMPLED_LINES = 3
_SAMPLED_CHARS = 30
_FEW_CHARS = 200
_COVERED = 0.5
_DRAWN = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING)
DAMAGED = "the page is damaged"
GARBLED = "its fonts do not say which letters they show, so that its text cannot be read"
SCANNED = "the page is a picture without text"


@dataclass
class PdfPage:
    """The lines of a page; `boxes` has left, bottom, right and top of each, `weights` the weight of its type."""

    lines: list[str] = field(default_factory=list)
    boxes: array[float] = field(default_factory=lambda: array("f"))
    weights: array[int] = field(default_factory=lambda: array("h"))
    height: float = 0.0
    is_picture: bool = False
    problem: str | None = None

    def pieces(self) -> list[Piece]:
        """The lines with their boxes."""
        return [Piece(line, *self.boxes[4 * at : 4 * at + 4]) for at, line in enumerate(self.lines)]

    def style(self, at: int) -> tuple[float, int]:
        """Height and weight of the type of a line."""
        return round(self.boxes[4 * at + 3] - self.boxes[4 * at + 1], 1), self.weights[at]

    def without(self, removed: Collection[int]) -> PdfPage:
        """The page without some of its lines, by their numbers."""
        kept = [at for at in range(len(self.lines)) if at not in removed]
        boxes, weights = array("f"), array("h")
        for at in kept:
            boxes.extend(self.boxes[4 * at : 4 * at + 4])
            weights.append(self.weights[at])
        return replace(self, lines=[self.lines[at] for at in kept], boxes=boxes, weights=weights)


def read(document: pdfium.FPDF_DOCUMENT, index: int) -> PdfPage:
    """The page `index` from 0; its `problem` says why it has no lines if it should."""
    with _opened(document, index) as opened:
        return PdfPage(problem=opened) if isinstance(opened, str) else _Reading(*opened).page()


@contextmanager
def _opened(
    document: pdfium.FPDF_DOCUMENT, index: int
) -> Iterator[tuple[pdfium.FPDF_PAGE, pdfium.FPDF_TEXTPAGE] | str]:
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        yield DAMAGED
        return
    content = pdfium.FPDFText_LoadPage(page)
    try:
        yield (page, content) if content else "the text of the page is damaged"
    finally:
        pdfium.FPDFText_ClosePage(content)
        pdfium.FPDF_ClosePage(page)


class _Reading:
    def __init__(self, page: pdfium.FPDF_PAGE, content: pdfium.FPDF_TEXTPAGE) -> None:
        self._page, self._content = page, content
        self._rect = pdfium.FS_RECTF()
        self._pointer = ctypes.byref(self._rect)
        self._frame = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, self._frame)
        self._rotation = pdfium.FPDFPage_GetRotation(page)
        self._count = max(0, pdfium.FPDFText_CountChars(content))
        self._text = self._raw()
        self._is_shifted = len(self._text) != self._count

    def page(self) -> PdfPage:
        width, height = self._frame.right - self._frame.left, self._frame.top - self._frame.bottom
        result = PdfPage(height=width if self._rotation % 2 else height)
        lines = [found for found in map(self._trimmed, _LINE.finditer(self._text)) if found]
        boxes = [self._span(start, end) for start, end in lines]
        if plausible.is_garbled(self._text, self._unmapped()):
            result.problem = GARBLED
            return result
        ordered = self._columns() if self._may_have_columns(lines, boxes) else None
        if ordered is None:
            for (start, end), box in zip(lines, boxes, strict=True):
                if line := clean(self._text[start:end]):
                    result.lines.append(line)
                    result.boxes.extend(box)
                    result.weights.append(pdfium.FPDFText_GetFontWeight(self._content, self._at(start)))
        else:
            for piece in ordered:
                if line := clean(piece.text):
                    result.lines.append(line)
                    result.boxes.extend(piece[1:])
                    result.weights.append(0)
        if self._count < _FEW_CHARS:
            result.is_picture = self._covered() >= _COVERED
        return result

    def _raw(self) -> str:
        if not self._count:
            return ""
        # A character may take two units, and PDFium writes a NUL at the end.
        buffer = (ctypes.c_ushort * (2 * self._count + 1))()
        written = pdfium.FPDFText_GetText(self._content, 0, self._count, buffer)
        return bytes(memoryview(buffer).cast("B")[: 2 * max(0, written - 1)]).decode("utf-16-le", "ignore")

    def _trimmed(self, found: re.Match[str]) -> tuple[int, int] | None:
        line = found[0]
        start = found.start() + len(line) - len(line.lstrip())
        return (start, found.start() + len(line.rstrip())) if line.strip() else None

    def _at(self, position: int) -> int:
        """The number of a character, by its place in the text: PDFium leaves some out."""
        if not self._is_shifted:
            return position
        at: int = pdfium.FPDFText_GetCharIndexFromTextIndex(self._content, position)
        return max(0, at)

    def _box(self, position: int) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of a character, the page turned as it is shown."""
        rect, frame = self._rect, self._frame
        at = self._at(position) if self._is_shifted else position
        pdfium.FPDFText_GetLooseCharBox(self._content, at, self._pointer)
        if self._rotation == 0:
            left, bottom = frame.left, frame.bottom
            return rect.left - left, rect.bottom - bottom, rect.right - left, rect.top - bottom
        if self._rotation == 1:
            return (
                rect.bottom - frame.bottom,
                frame.right - rect.right,
                rect.top - frame.bottom,
                frame.right - rect.left,
            )
        if self._rotation == 2:
            return frame.right - rect.right, frame.top - rect.top, frame.right - rect.left, frame.top - rect.bottom
        return frame.top - rect.top, rect.left - frame.left, frame.top - rect.bottom, rect.right - frame.left

    def _span(self, start: int, end: int) -> tuple[float, float, float, float]:
        """The box of a line; its height is that of the smaller of the types at its ends: initials are large."""
        first, last = self._box(start), self._box(end - 1)
        low, high = min(first, last, key=lambda box: box[3] - box[1])[1::2]
        return min(first[0], last[0]), low, max(first[2], last[2]), high

    def _unmapped(self) -> float:
        """The share of characters without a mapping to Unicode, of some over the page."""
        step = max(1, self._count // _SAMPLED_CHARS)
        sample = range(0, self._count, step)
        bad: int = sum(pdfium.FPDFText_HasUnicodeMapError(self._content, at) == 1 for at in sample)
        return bad / max(1, len(sample))

    def _may_have_columns(
        self, lines: Sequence[tuple[int, int]], boxes: Sequence[tuple[float, float, float, float]]
    ) -> bool:
        """Whether lines have wide gaps, lie beside each other in turns, or go back to the left and up."""
        if not _FEW_CHARS <= self._count <= _MAX_LAYOUT_CHARS:
            return False
        beside = 0
        for one, following in pairwise(boxes):
            if following[0] >= one[2] or following[2] <= one[0]:
                beside += 1
                if following[1] > one[3] and following[2] <= one[0]:
                    return True
        if beside > 3:
            return True
        step = max(1, len(lines) // _SAMPLED_LINES)
        sample = lines[step // 2 :: step]
        return sum(map(self._gaps, sample)) >= 2

    def _gaps(self, line: tuple[int, int]) -> int:
        """How often a line leaves more than a space empty, or goes back, so that it is really several lines."""
        found = 0
        box = self._box(line[0])
        wide = 0.7 * (box[3] - box[1])
        for space in _SPACES.finditer(self._text, *line):
            before, after = self._box(space.start() - 1), self._box(space.end())
            found += after[0] - before[2] > wide > 0 or after[2] < before[0]
        return found

    def _columns(self) -> list[Piece] | None:
        words = []
        for found in _WORD.finditer(self._text):
            boxes = [self._box(at) for at in range(found.start(), found.end())]
            left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
            words.append(Piece(found[0], left, boxes[0][1], right, boxes[0][3]))
        return columns.in_order(words, [(left, right) for left, _, right, _ in self._drawn(pdfium.FPDF_PAGEOBJ_PATH)])

    def _covered(self) -> float:
        """The share of the page that pictures and drawings cover, overlaps counted twice."""
        area = (self._frame.right - self._frame.left) * (self._frame.top - self._frame.bottom)
        drawn = sum(max(0.0, right - left) * max(0.0, top - low) for left, low, right, top in self._drawn(*_DRAWN))
        return drawn / area if area > 0 else 0.0

    def _drawn(self, *kinds: int) -> Iterator[tuple[float, float, float, float]]:
        """The boxes of objects of these kinds on the page, cut at its edges and relative to it."""
        frame = self._frame
        bounds = [ctypes.c_float() for _ in range(4)]
        for at in range(min(_MAX_OBJECTS, pdfium.FPDFPage_CountObjects(self._page))):
            one = pdfium.FPDFPage_GetObject(self._page, at)
            if pdfium.FPDFPageObj_GetType(one) in kinds and pdfium.FPDFPageObj_GetBounds(one, *bounds):
                left, bottom, right, top = (bound.value for bound in bounds)
                yield (
                    max(left, frame.left) - frame.left,
                    max(bottom, frame.bottom) - frame.bottom,
                    min(right, frame.right) - frame.left,
                    min(top, frame.top) - frame.bottom,
                )


def clean(line: str) -> str:
    """A line without what a text should not hold, but with the marks of broken words."""
    return line if line.isprintable() else _UNWANTED.sub("", line).strip(" \t")
