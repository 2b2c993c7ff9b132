"""Finds out how a text is encoded. The only module that imports charset_normalizer."""

from __future__ import annotations

import codecs
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
