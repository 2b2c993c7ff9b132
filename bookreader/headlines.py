"""Finds titles of a PDF that run over several lines: those lines are set in the same type, and the text is not."""

from __future__ import annotations

from itertools import accumulate

import pypdfium2.raw as pdfium

_MOST_LINES = 4


def lines_of_title(content: pdfium.FPDF_TEXTPAGE, text: str, line: str, earlier: int) -> list[str]:
    """The lines that a title takes up, the given one first; only that, if the type does not distinguish them.

    Args:
        text: PDFium's text of the page `content`, character for character.
        line: the title's first line.
        earlier: how many equal lines stand before it on the page.
    """
    lines = text.split("\n")
    starts = list(accumulate((len(one) + 1 for one in lines), initial=0))
    equal = [number for number, one in enumerate(lines) if one.strip() == line]
    if earlier >= len(equal):
        return [line]
    first = equal[earlier]
    own = _type(content, text, starts[first], lines[first])
    taken = [line]
    for number in range(first + 1, min(first + _MOST_LINES + 1, len(lines))):
        if _type(content, text, starts[number], lines[number]) != own:
            return taken
        taken.append(lines[number].strip())
    return [line]


def _type(content: pdfium.FPDF_TEXTPAGE, text: str, start: int, line: str) -> tuple[float, int] | None:
    """Size and weight of a line's first character; None where PDFium counts the characters otherwise than we do."""
    at = start + len(line) - len(line.lstrip())
    if not line.strip() or pdfium.FPDFText_GetUnicode(content, at) != ord(text[at]):
        return None
    return round(pdfium.FPDFText_GetFontSize(content, at), 1), pdfium.FPDFText_GetFontWeight(content, at)
