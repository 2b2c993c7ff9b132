"""What a PDF says of its book: the document information, XMP metadata, the language of the catalog."""

from __future__ import annotations

import ctypes
import mmap
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pypdfium2.raw as pdfium

from bookreader import fields, xml
from bookreader.document import UNSTORABLE, Metadata

_MOST_BYTES = 1 << 20
_MOST_PACKETS = 50
_TITLE_AND_AUTHOR = re.compile(r"(.+?),? by ([^\d,;]{3,60})")
_PROGRAM = re.compile(r"microsoft\s+(?:office )?(?:word|powerpoint|excel|publisher)\s*-\s*(.*)", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"(?:[a-z]:\\|file:|https?:|/)\S*|[^\s_]+(?:_[^\s_]+)+|.{0,200}\.(?:docx?|dotx?|rtf|odt|dvi|ps|eps|pdf|tex|txt|html?"
    r"|xhtml|indd|qxd|qxp|pm[56d]|fm|wpd|pages|pptx?|xlsx?|pub|tiff?|jpe?g|png|md|lyx|cwk|sxw|mif)",
    re.IGNORECASE,
)
_JUNK_TITLE = re.compile(
    r"\W*(?:(?:un(?:titled|named|known)|no title|title|titel|titre|none|null|n/a|undefined|default|temp|tmp|test"
    r"|scan(?:ned)?(?: document| image)?|(?:new |word )?document|dokument|doc|file|pdf|book|cover|layout|slide"
    r"|(?:powerpoint )?presentation|print(?:ing)?|about:blank|image|page|full page|unspecified|ohne titel|sans titre"
    r"|sin t[ií]tulo|senza titolo|無題|无标题)[\s_-]*\d*|[\d\W_]+)\W*",
    re.IGNORECASE,
)
_JUNK_NAME = re.compile(
    r"\W*(?:anonymous|anon|owner|none|null|user(?:name)?|admin(?:istrator)?|author|unknown(?: author)?|unspecified|n/a"
    r"|root|guest|default|test|me|home|pc|computer|a|x|windows user|microsoft(?: office)?(?: user)?|utente|usuario"
    r"|valued (?:gateway )?customer|preferred customer|utilisateur|benutzer|writer|scanner|your name)[\s_-]*\d*\W*",
    re.IGNORECASE,
)
_JUNK_SUBJECT = re.compile(r"\W*(?:unspecified|none|null|n/a|subject|unknown)?\W*", re.IGNORECASE)
_DATES = ("publicationdate", "coverdate", "date")
_WANTED = frozenset("title creator description subject language publisher isbn identifier".split()).union(_DATES)
_STREAM = re.compile(rb"/Subtype\s*/XML\b[^\x00]{0,400}?stream\r?\n", re.DOTALL)
_PACKET = re.compile(rb"<x:xmpmeta\b|<rdf:RDF\b")


def read(document: pdfium.FPDF_DOCUMENT, path: Path) -> Metadata:
    """The metadata of a PDF; XMP before the document information, whose dates are those of the file, not of the book.

    Titles and authors that programs fill in by themselves count as nothing.
    """
    xmp = _xmp(path)
    title = _first(map(own_title, [*xmp.get("title", ()), _information(document, b"Title")]))
    named = own_names(xmp.get("creator", ())) or own_names([_information(document, b"Author")])
    # Word processors put whoever typed the text into Author; a title that names the author is more reliable.
    if title and (both := _TITLE_AND_AUTHOR.fullmatch(title)):
        title, named = both[1], (both[2],)
    described = [*xmp.get("description", ()), _information(document, b"Subject")]
    keywords = xmp.get("subject") or re.split(r"[;,]", _information(document, b"Keywords"))
    return Metadata(
        "pdf",
        title=title,
        authors=named,
        language=fields.language(_language(document), *xmp.get("language", ())),
        publication_date=fields.date(*(one for key in _DATES for one in xmp.get(key, ()))),
        publisher=_first(map(fields.line, xmp.get("publisher", ()))),
        subjects=fields.several(one for one in keywords if not _JUNK_SUBJECT.fullmatch(one)),
        description=_first(fields.line(one) for one in described if not _JUNK_SUBJECT.fullmatch(one)),
        isbn=fields.isbn(*xmp.get("isbn", ()), *xmp.get("identifier", ())),
    )


def own_title(title: str | None) -> str | None:
    """A title without what programs add to it; None if it is a file's name or says nothing."""
    text = fields.line(title) or ""
    program = _PROGRAM.fullmatch(text)
    text = program[1] if program else text
    return None if not text or _FILE_NAME.fullmatch(text) or _JUNK_TITLE.fullmatch(text) else text


def own_names(names: Iterable[str]) -> tuple[str, ...]:
    """The people of these, without what programs fill in."""
    return tuple(one for one in fields.names(names) if not _JUNK_NAME.fullmatch(one))


def _first(values: Iterable[str | None]) -> str | None:
    return next(filter(None, values), None)


def _information(document: pdfium.FPDF_DOCUMENT, tag: bytes) -> str:
    size = pdfium.FPDF_GetMetaText(document, tag, None, 0)
    if not 2 < size <= _MOST_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, tag, buffer, size)
    text = buffer.raw[: size - 2].decode("utf-16-le", "ignore")
    return " ".join(UNSTORABLE.sub("", text).split())[: fields.MAX_CHARS]


def _language(document: pdfium.FPDF_DOCUMENT) -> str:
    buffer = (ctypes.c_ushort * 64)()
    size = pdfium.FPDFCatalog_GetLanguage(document, buffer, 128)
    return bytes(buffer)[: max(0, min(size, 128) - 2)].decode("utf-16-le", "ignore")


def _xmp(path: Path) -> dict[str, list[str]]:
    """The texts of the book's XMP packet by the names of their elements; pictures may have packets of their own."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        packets = list(_packets(content))
    own = [packet for packet in packets if b"application/pdf" in packet or b"ns.adobe.com/pdf/" in packet]
    for packet in own[-1:] or packets[:1]:
        root, _ = xml.parse(packet)
        if root is not None:
            return _texts(root)
    return {}


def _packets(content: mmap.mmap) -> Iterator[bytes]:
    for count, found in enumerate(_STREAM.finditer(content)):
        if count == _MOST_PACKETS:
            return
        data = content[found.end() : found.end() + _MOST_BYTES]
        if not _PACKET.search(data[:4096]):
            try:
                data = zlib.decompressobj().decompress(data, _MOST_BYTES)
            except zlib.error:
                continue
        if start := _PACKET.search(data):
            closing = data.find(b"</" + start[0][1:] + b">", start.start())
            if closing > 0:
                yield data[start.start() : closing + len(start[0]) + 2]


def _texts(root: xml.Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in root.iter():
        for name, value in xml.attributes(node).items():
            if name in _WANTED and xml.local(node.tag) == "description":
                found.setdefault(name, []).append(value)
        name = xml.local(node.tag)
        if name not in _WANTED or (
            name == "description" and any(xml.local(one.tag) not in ("alt", "bag", "seq") for one in node)
        ):
            continue
        items = [item for item in node.iter() if xml.local(item.tag) == "li"] or [node]
        texts = [" ".join((item.text or "").split())[: fields.MAX_DESCRIPTION] for item in items]
        found.setdefault(name, []).extend(text for text in texts if text)
    return found
