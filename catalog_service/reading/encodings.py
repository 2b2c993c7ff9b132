"""Finds out how a text is encoded. The only module that imports charset_normalizer."""

from __future__ import annotations

import codecs
import contextlib
import re

from catalog_service.reading.document import FileProblemError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 262_144
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_NOT_TEXT = "it is not text: its bytes fit no encoding"


def decode(data: bytes) -> str:
    """The text of `data`: by its byte order mark, as UTF-8, else by its statistics.

    Raises:
        FileProblemError: it is not text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    try:
        return _checked(data.decode())
    except UnicodeDecodeError:
        return _checked(_guess(data))


def decode_html(data: bytes) -> str:
    """The text of an HTML or XHTML file: by its mark, as UTF-8, as it declares itself, else by its statistics.

    Raises:
        FileProblemError: it is not text.
    """
    if data.startswith(tuple(mark for mark, _ in _MARKS)):
        return decode(data)
    try:
        return _checked(data.decode())
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:2048])
    if declared:
        with contextlib.suppress(LookupError, UnicodeError):
            return _checked(data.decode(declared[1].decode(), "replace"))
    return decode(data)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE_BYTES]
    # Statistics are unsure about short Latin texts; Windows-1252 is what such files nearly always are.
    best = from_bytes(sample, cp_isolation=None, preemptive_behaviour=True).best()
    if best is None:
        raise FileProblemError(_NOT_TEXT)
    name = "cp1252" if best.encoding.startswith(("cp125", "latin", "iso8859", "mac")) and _fits(data, "cp1252") else ""
    return data.decode(name or best.encoding, "replace")


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _checked(text: str) -> str:
    sample = text[:_SAMPLE_BYTES]
    if len(_CONTROLS.findall(sample)) > len(sample) // 100:
        raise FileProblemError(_NOT_TEXT)
    return text
