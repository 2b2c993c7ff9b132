"""Detects the encoding of a text. The only module that imports charset_normalizer."""

from __future__ import annotations

import codecs
import contextlib
import re
import unicodedata
from collections import Counter

from bookreader.document import FileProblemError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 262_144
_SCRIPT_SAMPLE = 20_000
_CYRILLIC = ("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
_COMMON_CYRILLIC = "оеаинтсрвлкмд"
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_NOT_TEXT = "it is not a PDF, EPUB, HTML, Markdown or text file: its bytes fit no encoding"


def decode(data: bytes) -> str:
    """The text of `data`: by its byte order mark, as UTF-8, else by statistics.

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
    """The text of an HTML or XHTML file: by its byte order mark, as UTF-8, as it declares, else by statistics.

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
    # Statistics are unreliable for short Latin texts, which nearly always are Windows-1252.
    best = from_bytes(sample, cp_isolation=None, preemptive_behaviour=True).best()
    if best is None:
        raise FileProblemError(_NOT_TEXT)
    if script := _own_script(str(best)):
        return data.decode(_best_cyrillic(data) if script == "CYRILLIC" else best.encoding, "replace")
    name = "cp1252" if best.encoding.startswith(("cp125", "latin", "iso8859", "mac")) and _fits(data, "cp1252") else ""
    return data.decode(name or best.encoding, "replace")


def _own_script(text: str) -> str:
    """The script other than Latin that most letters are of, such as CYRILLIC; empty if there is none."""
    letters = [letter for letter in text[:_SCRIPT_SAMPLE] if letter.isalpha()]
    scripts = Counter(unicodedata.name(letter, "?").split()[0] for letter in letters)
    script, count = scripts.most_common(1)[0] if scripts else ("", 0)
    return script if count > len(letters) // 2 and script != "LATIN" else ""


def _best_cyrillic(data: bytes) -> str:
    """The encoding that gives most common letters in lower case: Cyrillic encodings place them differently."""
    sample = data[:_SCRIPT_SAMPLE]
    counts = {name: sum(map(sample.decode(name, "replace").count, _COMMON_CYRILLIC)) for name in _CYRILLIC}
    return max(_CYRILLIC, key=counts.__getitem__)


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
