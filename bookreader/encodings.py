"""Finds the encoding of a text: by marks, as UTF-8 with repairs, else by the letters and words of many languages."""

from __future__ import annotations

import codecs
import contextlib
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from bookreader import letters
from bookreader.document import FileProblemError, WarningLog

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 262_144
_GUESS_BYTES = 24_576
_LINE_BYTES = 4096
_WIDE_SAMPLE = 16_384
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROL_BYTES = bytes((*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
_SEVEN_BIT = (
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
    (re.compile(rb"\x1b\$[@B(]"), "iso2022_jp_ext"),
    (re.compile(rb"~\{(?:[!-w][!-~]){2,}~\}"), "hz"),
)
_LINE = re.compile(rb"[^\r\n]+[\r\n]*")
_HIGH = re.compile(rb"[\x80-\xff]")
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_NO_TEXT = frozenset(("Cc", "Cn", "Co", "Cs"))
_NOT_TEXT = "it is not a PDF, EPUB, HTML, Markdown or text file: its bytes fit no encoding"


@dataclass(frozen=True)
class Decoded:
    """A text, the encoding it was in, whether that was guessed, and how many bytes did not fit it."""

    text: str
    encoding: str
    guessed: bool = False
    bad_bytes: int = 0

    def warn(self, log: WarningLog) -> None:
        """Note what was guessed or recovered."""
        if self.guessed:
            log.add("encoding_guessed", letters.NAMES.get(self.encoding, self.encoding.upper()))
        if self.bad_bytes:
            log.add("bytes_damaged", f"{self.bad_bytes:,}")


def decode(data: bytes) -> str:
    """The text of `data`, as `read` finds it.

    Raises:
        FileProblemError: it is not text.
    """
    return read(data).text


def read(data: bytes) -> Decoded:
    """The text of `data`: by its byte order mark, as UTF-8 or UTF-16, else as the language it fits best.

    A few bytes that are not UTF-8 are read as Windows-1252 where that gives letters or punctuation.

    Raises:
        FileProblemError: it is not text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _utf8(data[len(mark) :]) if name == "utf-8" else _decoded(data[len(mark) :], name)
    if wide := _wide(data):
        return _decoded(data, wide, guessed=True)
    seven_bit = next((name for pattern, name in _SEVEN_BIT if pattern.search(data, 0, _SAMPLE)), "")
    if seven_bit and data.isascii():
        return _decoded(data, seven_bit, guessed=True)
    fitting = data.decode("utf-8", "ignore")
    beyond_ascii = len(fitting) - len(fitting.encode("ascii", "ignore"))
    # Of bytes in another encoding, few make valid sequences by chance.
    return _checked(_utf8(data)) if len(data) - len(fitting.encode()) <= beyond_ascii else _guessed(data)


def decode_html(data: bytes) -> str:
    """The text of an HTML or XHTML file: by its byte order mark, as UTF-8, as it declares, else as `read` finds it.

    Raises:
        FileProblemError: it is not text.
    """
    if data.startswith(tuple(mark for mark, _ in _MARKS)):
        return decode(data)
    try:
        return _checked(Decoded(data.decode(), "utf-8")).text
    except (UnicodeDecodeError, FileProblemError):
        declared = _DECLARED.search(data[:2048])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        with contextlib.suppress(LookupError, UnicodeError):
            return _checked(Decoded(data.decode(declared[1].decode(), "replace"), "")).text
    return decode(data)


def _decoded(data: bytes, encoding: str, *, guessed: bool = False) -> Decoded:
    text = data.decode(encoding, "replace")
    bad = text.count("\ufffd")
    return _checked(Decoded(text, encoding, guessed, bad))


def _repaired(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    letter = wrong.decode("cp1252", "replace") if len(wrong) == 1 else "\ufffd"
    return letter if unicodedata.category(letter)[0] in "LP" else "\ufffd", error.end


codecs.register_error("bookreader.repaired", _repaired)


def _utf8(data: bytes) -> Decoded:
    """UTF-8, with one character for each sequence that is not valid."""
    text = data.decode("utf-8", "bookreader.repaired")
    return Decoded(text, "utf-8", bad_bytes=len(text) - len(data.decode("utf-8", "ignore")))


def _wide(data: bytes) -> str:
    """UTF-32 or UTF-16 without a byte order mark, or nothing: by zero and control bytes, which no other text has."""
    sample = data[:_WIDE_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    if controls * 100 <= len(sample) or len(sample) < 4:
        return ""
    names = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
    coherence = {name: _coherence(sample[: len(sample) // 4 * 4].decode(name, "replace")) for name in names}
    best = max(names, key=coherence.__getitem__)
    return best if coherence[best] > 0.6 else ""


def _coherence(text: str) -> float:
    """The share of neighbours that are of one block of Unicode; 0 if much is not text at all."""
    wrong = sum(letter not in "\t\n\r\x0b\x0c\x85" and unicodedata.category(letter) in _NO_TEXT for letter in text)
    if len(text) < 2 or (wrong + text.count("\ufffd")) * 50 > len(text):
        return 0.0
    blocks = [_block(letter) for letter in text if letter.isalnum() or letter > "\x7f"]
    return sum(one == other for one, other in pairwise(blocks)) / max(1, len(blocks) - 1)


def _block(letter: str) -> int:
    code = ord(letter)
    if 0x4E00 <= code < 0xA000 or 0x3000 <= code < 0x3100 or 0xFF00 <= code < 0xFFF0:
        return 0x4E
    return 0xAC if 0xAC00 <= code < 0xD7A4 else 0 if code < 0x250 else code >> 8


def _guessed(data: bytes) -> Decoded:
    sample = _telling(data)
    best, encoding = -float("inf"), ""
    for name, cost, languages in letters.candidates():
        counted = letters.counts(sample.decode(name, "replace"))
        likely = max(letters.score(counted, language) for language in languages) - cost
        if likely > best:
            best, encoding = likely, name
    decoded = _decoded(data, encoding, guessed=True)
    if (
        encoding.startswith("cp125")
        and "\n" not in decoded.text
        and "\r" not in decoded.text
        and decoded.text.count("…") > 1
    ):
        return Decoded(decoded.text.replace("…", "\n"), encoding, True, decoded.bad_bytes)
    return decoded


def _telling(data: bytes) -> bytes:
    """The lines with bytes beyond ASCII, up to a limit."""
    found: list[bytes] = []
    size = 0
    for line in _LINE.finditer(data):
        if high := _HIGH.search(line[0]):
            # What comes before the first byte beyond ASCII can be cut without breaking a character.
            start = max(0, high.start() - _LINE_BYTES // 2)
            found.append(line[0][start : start + _LINE_BYTES])
            size += len(found[-1])
        if size >= _GUESS_BYTES:
            break
    return b"".join(found)


def _checked(decoded: Decoded) -> Decoded:
    sample = decoded.text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > len(sample) // 100:
        raise FileProblemError(_NOT_TEXT)
    return decoded
