"""Makes files for the catalog to read: sound ones of every format, and hostile ones, all from a seed."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Iterator, Sequence

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="{}" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Weir</dc:title><dc:creator>B. Sallow</dc:creator>
<dc:language>en-GB</dc:language><dc:date>2011-05-06</dc:date></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>{items}</manifest>
<spine>{spine}</spine></package>"""
_WORDS = [
    "river",
    "stone",
    "lamp",
    "ferry",
    "keeper",
    "winter",
    "letter",
    "garden",
    "window",
    "market",
    "shadow",
    "harbour",
    "morning",
    "silence",
    "bridge",
    "road",
]


def prose(seed: int, sentences: int = 40) -> str:
    """Sentences of ours without meaning."""
    dice = random.Random(seed)
    made = (" ".join(dice.choices(_WORDS, k=dice.randint(5, 14))).capitalize() + "." for _ in range(sentences))
    return " ".join(made)


def pdf(pages: Sequence[str], *, title: str = "The Weir", extra: bytes = b"", image: bool = False) -> bytes:
    """A PDF with a line of text for each line of a page; in larger type those that begin with `# `."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        f"<< /Title ({title}) /Author (B. Sallow) /CreationDate (D:20110506) >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    picture = 5 + 2 * len(pages)
    used = f"/XObject << /I {picture} 0 R >>" if image else ""
    for number, page in enumerate(pages):
        lines = "".join(_line(line) for line in page.split("\n"))
        shown = " q 90 0 0 60 72 72 cm /I Do Q" if image else ""
        content = f"BT /F 11 Tf 14 TL 72 720 Td {lines}ET{shown}".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {6 + 2 * number} 0 R"
            f" /Resources << /Font << /F 4 0 R >> {used} >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    if image:
        pixels = zlib.compress(bytes(range(6)) * 3)
        head = b"<< /Type /XObject /Subtype /Image /Width 3 /Height 2 /ColorSpace /DeviceRGB /BitsPerComponent 8"
        objects.append(b"%s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (head, len(pixels), pixels))
    return _assembled(objects, extra)


def drawn_pdf(*, pages: int, strokes: int, salt: bytes = b"") -> bytes:
    """A small PDF whose pages share a drawing of so many strokes: how long it takes to read is up to the caller.

    With 2,000 pages of 200,000 strokes that is minutes.
    """
    kids = " ".join(f"{5 + number} 0 R" for number in range(pages))
    drawing = zlib.compress(b"BT 72 720 Td ET " + b"0 0 m 1 1 l S\n" * strokes)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        b"<< /Title (Strokes) /Subject (%s) >>" % salt,
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(drawing), drawing),
    ]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> /Contents 4 0 R >>"
    return _assembled([*objects, *[page] * pages])


def _line(line: str) -> str:
    larger = line.startswith("# ")
    shown = f"({_escaped(line.removeprefix('# '))}) Tj T* "
    return f"/F 18 Tf {shown}/F 11 Tf " if larger else shown


def _assembled(objects: Sequence[bytes], extra: bytes = b"") -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info 3 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        extra,
        start,
    )
    return bytes(out)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def png(width: int = 3, height: int = 2) -> bytes:
    """A grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def epub(chapters: Sequence[tuple[str, str]], **files: str | bytes) -> bytes:
    """An EPUB with a file, and an entry of the contents, for each (title, text). `files` replaces files by path."""
    names = [f"c{number}.xhtml" for number in range(1, len(chapters) + 1)]
    items = "".join(f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in names)
    entries = "".join(f'<li><a href="{n}#top">{title}</a></li>' for n, (title, _) in zip(names, chapters, strict=True))
    made: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER.format("OPS/book.opf"),
        "OPS/book.opf": _PACKAGE.format(items=items, spine="".join(f'<itemref idref="{n}"/>' for n in names)),
        "OPS/nav.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
        f'<nav epub:type="toc"><ol>{entries}</ol></nav></body></html>',
        "OPS/cover.png": png(30, 40),
    }
    for name, (title, text) in zip(names, chapters, strict=True):
        made[f"OPS/{name}"] = (
            '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>'
            f'<style>p {{}}</style></head><body><h1 id="top">{title}</h1>'
            f'<p>{text}</p><img src="cover.png" alt=""/></body></html>'
        )
    return archive(made | files)


def archive(files: dict[str, str | bytes]) -> bytes:
    """A ZIP archive as EPUB wants it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in files.items():
            out.writestr(name, content)
    return buffer.getvalue()


def sound(seed: int) -> dict[str, bytes]:
    """One file of each format."""
    texts = [prose(seed * 31 + n) for n in range(3)]
    titles = ["The Gate", "The Race", "The Pool"]
    pairs = list(zip(titles, texts, strict=True))
    return {
        "book.pdf": pdf([text.replace(". ", ".\n") for text in texts], image=True),
        "book.epub": epub(pairs),
        "book.html": "<html><body>{}</body></html>".format(
            "".join(f"<h2>{t}</h2><p>{x}</p>" for t, x in pairs)
        ).encode(),
        "book.md": "\n\n".join(f"## {t}\n\n{x}" for t, x in pairs).encode(),
        "book.txt": "\n\n".join(f"CHAPTER {n}\n\n{x}" for n, x in enumerate(texts, 1)).encode(),
    }


def bombs() -> dict[str, bytes]:
    """Files made to exhaust or to escape: small ones that unpack, nest, loop or point far."""
    entities = "".join(
        f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "ha"}{"" if not n else f"&e{n - 1};" * 9}">'
        for n in range(12)
    )
    deep = "<div>" * 200_000 + "bottom"
    xxe = '<!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/passwd">]><package><metadata><title>&x;</title></metadata></package>'
    loop = pdf(["a"]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
    return {
        "zip-bomb.epub": epub([("A", "a")], **{"OPS/c1.xhtml": "<p>" + "word " * 60_000_000}),
        "many-files.epub": archive({f"f{n}": "" for n in range(10_500)}),
        "entities.epub": epub([("A", "a")], **{"OPS/book.opf": f"<!DOCTYPE p [{entities}]><package>&e11;</package>"}),
        "external.epub": epub([("A", "a")], **{"OPS/book.opf": xxe}),
        "traversal.epub": epub([("A", "a")], **{"META-INF/container.xml": CONTAINER.format("../../../etc/passwd")}),
        "absolute.epub": epub([("A", "a")], **{"META-INF/container.xml": CONTAINER.format("/etc/passwd")}),
        "escaping.epub": epub([("A", "a")]).replace(b"OPS/c1", b"../c1x"),
        "deep.html": deep.encode(),
        "deep.epub": epub([("A", "a")], **{"OPS/c1.xhtml": deep}),
        "deep-xml.epub": epub([("A", "a")], **{"OPS/book.opf": "<a>" * 200_000}),
        "unclosed.html": b"<!" * 300_000,
        "unclosed-tags.html": b"<a " * 300_000,
        "unclosed-end-tags.html": b"</a " * 300_000,
        "unclosed-comments.html": b"<!-- " * 300_000,
        "unclosed-script.html": b"<script></a " * 100_000,
        "quotes.md": b">" * 100_000 + b" x",
        "brackets.md": b"[" * 50_000 + b"a](" * 50_000,
        "stars.md": b"*a_ " * 50_000,
        "one-word.txt": b"a" * 5_000_000,
        "one-line.txt": b"word " * 1_000_000,
        "blank-lines.txt": b"\n" * 3_000_000 + b"x",
        "headings.txt": b"\n\nCHAPTER I\n\n" * 100_000,
        "stops.txt": b". " * 1_000_000,
        "page-loop.pdf": loop,
        "page-count.pdf": pdf(["a"]).replace(b"/Count 1", b"/Count 2000000000"),
        "huge-page.pdf": pdf(["a"]).replace(b"612 792", b"9e37 9e37"),
        "flate-bomb.pdf": _flate_bomb(),
        "deep-arrays.pdf": _assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"[" * 100_000, b"<< >>"]),
        "broken-xref.pdf": pdf(["still here"]).replace(b"startxref\n", b"startxref\n9"),
        "encrypted.pdf": pdf(
            ["secret"],
            extra=b"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O ("
            + b"o" * 32
            + b") /U ("
            + b"u" * 32
            + b") >> /ID [(a) (b)]",
        ),
        "empty.txt": b"",
        "empty.pdf": b"",
        "nul.txt": bytes(10_000),
        "wrong.pdf": b"just text",
        "wrong.epub": b"just text",
        "picture.txt": png(),
        "surrogates.txt": "\ud800".encode("utf-16-le", "surrogatepass") * 100,
        "bom-only.txt": b"\xef\xbb\xbf",
        "codec.html": b'<meta charset="idna">\xff' + b"a" * 200_000,
        "codec-2.html": b'<meta charset="undefined">\xff text',
    }


def _flate_bomb() -> bytes:
    layer = b"(a) Tj " * 20_000_000
    for _ in range(2):
        layer = zlib.compress(layer, 9)
    content = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(layer), layer)
    return _assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [5 0 R] >>",
            b"<< >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 6 0 R /Resources << /Font << /F 4 0 R >> >>"
            b" >>",
            content,
        ]
    )


def mutants(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Sound files with bytes flipped, cut out, doubled, or cut off."""
    dice = random.Random(seed)
    for number in range(count):
        name, content = dice.choice(sorted(sound(number % 20).items()))
        yield f"{number}-{name}", _mutated(bytearray(content), dice)


def _mutated(data: bytearray, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 3, 10, 100))):
        at = dice.randrange(len(data))
        kind = dice.randrange(6)
        if kind == 0:
            data[at] = dice.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 2 and len(data) > 200:
            del data[at : at + dice.randrange(1, 100)]
        elif kind == 3:
            data[at:at] = data[at : at + dice.randrange(1, 200)]
        elif kind == 4:
            data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"9999", b"-1 0", b"<<<<", b"&#x;"))
        elif dice.random() < 0.1 and len(data) > 200:
            del data[at:]
            break
    return bytes(data) or b"x"
