"""Builds PDFs whose texts stand at given places."""

from __future__ import annotations

from collections.abc import Sequence

Line = tuple[float, float, float, str]
WORDS = "boat past stone nobody town word until grey lamps again evening quay about river north letter".split()


def text_of(seed: int, words: int = 6) -> str:
    """A line of words, other ones for each seed."""
    return " ".join(WORDS[(seed * 7 + 5 * number * (seed % 3 + 1)) % len(WORDS)] for number in range(words))


def body(seed: int, lines: int = 30, *, left: float = 60, top: float = 700, words: int = 11) -> list[Line]:
    """The lines of a page, each in type of 10 points."""
    return [(left, top - 14 * number, 10, text_of(seed * 100 + number, words)) for number in range(lines)]


def pdf(
    pages: Sequence[Sequence[Line]], *, info: str = "", drawn: str = "", catalog: str = "", more: Sequence[bytes] = (),
    odd: str = "",
) -> bytes:  # fmt: skip
    """A PDF of pages whose lines are (left, baseline, size, text), drawn in that order.

    Args:
        info: entries of the document information.
        drawn: operators that draw on every page.
        catalog: further entries of the catalog; `more` are the objects from number 5.
        odd: names of glyphs, in the way of `Differences`, of the font of the last page.
    """
    first = 6 + len(more)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        f"<< {info} >>".encode("latin-1"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        *more,
        _font(odd),
    ]
    for number, page in enumerate(pages):
        shown = "".join(
            f"BT /F {size} Tf {left} {base} Td ({_escaped(text)}) Tj ET\n" for left, base, size, text in page
        )
        content = (drawn + shown).encode("latin-1")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 2 * number + 1} 0 R"
            f" /Resources << /Font << /F {first - 1 if odd and page is pages[-1] else 4} 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out = bytearray(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return bytes(out) + b"trailer << /Root 1 0 R /Info 3 0 R /Size %d >>\n%%%%EOF\n" % (len(objects) + 1)


def _font(differences: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Harbour /FirstChar 0 /LastChar 255 /Widths [{'500 ' * 256}]"
        " /Encoding"
        f" << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [{differences}] >> >>"
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
