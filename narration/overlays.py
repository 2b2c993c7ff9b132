"""EPUB 3 with Media Overlays: a book that reading systems light sentence by sentence while they play it.

Made from the spoken text alone (`write`), or from the book's own EPUB 3 (`narrate`), whose files stay as they are but
for spans around the spoken sentences. Formats: EPUB 3.3 and its Media Overlays (w3.org/TR/epub-33/#sec-media-overlays).
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from narration.marking import Marker
from narration.xml import BadXml, fromstring

AUDIO_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".opus": "audio/ogg; codecs=opus"}
MOST_BYTES = 1 << 29  # of an original, unpacked
ACTIVE = "-epub-media-overlay-active"
_STYLE = f"""body {{ line-height: 1.5; }}
.{ACTIVE} {{ background-color: #fff2a8; color: #000; }}
"""
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_XHTML = "http://www.w3.org/1999/xhtml"
_OPS = "http://www.idpf.org/2007/ops"
_OPF = "http://www.idpf.org/2007/opf"
_CONTAINER = "urn:oasis:names:tc:opendocument:xmlns:container"


class NotNarratable(ValueError):
    """An original that cannot be narrated; the text says why."""


@dataclass(frozen=True)
class Cue:
    """A spoken piece of text, and when it is spoken in its chapter's sound (seconds)."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Track:
    """A chapter: its sound (`.mp3`, `.m4a` or `.opus`), how long it is, and its paragraphs of cues in order."""

    title: str
    audio: Path
    seconds: float
    paragraphs: Sequence[Sequence[Cue]]

    @property
    def cues(self) -> list[Cue]:
        return [cue for paragraph in self.paragraphs for cue in paragraph]


@dataclass(frozen=True)
class Book:
    """What the package says of the book. `identifier` is a URN; `language` a BCP 47 tag."""

    title: str
    author: str
    language: str
    identifier: str
    narrator: str = ""
    modified: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class _Par:
    """A text element that is lit while a part of a sound file is played."""

    element: str
    audio: str
    start_s: float
    end_s: float


def write(target: Path, book: Book, tracks: Sequence[Track], cover: tuple[str, bytes] | None = None) -> None:
    """Write an EPUB of the spoken text: a file a chapter.

    Raises:
        ValueError: there is no chapter, or a sound or a cover of another type.
        OSError: a file cannot be read or written.
    """
    if not tracks:
        raise ValueError("a book has at least one chapter")
    kinds = [_audio_type(track.audio) for track in tracks]
    manifest, spine, metadata = [], [], []
    draft = target.with_name(f"{target.name}.part")
    with _new(draft) as out:
        out.writestr("OEBPS/style.css", _STYLE)
        manifest.append(_item("style", "style.css", "text/css"))
        if cover is not None:
            manifest += _write_cover(out, cover)
        for number, (track, kind) in enumerate(zip(tracks, kinds, strict=True), start=1):
            name = f"c{number:04d}"
            sound = f"audio/{name}{track.audio.suffix}"
            pars = _chained(track, sound, [f"s{one}" for one in range(1, len(track.cues) + 1)])
            out.writestr(f"OEBPS/{name}.xhtml", _page(book, track))
            out.writestr(f"OEBPS/{name}.smil", _smil(f"{name}.xhtml", pars))
            out.write(track.audio, f"OEBPS/{sound}", zipfile.ZIP_STORED)
            manifest.append(_item(name, f"{name}.xhtml", "application/xhtml+xml", overlay=f"{name}-smil"))
            manifest.append(_item(f"{name}-smil", f"{name}.smil", "application/smil+xml"))
            manifest.append(_item(f"{name}-audio", sound, kind))
            metadata.append(_duration(_total(pars), f"{name}-smil"))
            spine.append(f'<itemref idref="{name}"/>')
        out.writestr("OEBPS/nav.xhtml", _nav(book, tracks))
        manifest.append(_item("nav", "nav.xhtml", "application/xhtml+xml", properties="nav"))
        out.writestr("OEBPS/book.opf", _package(book, tracks, manifest, spine, metadata))
    draft.replace(target)


def narrate(target: Path, original: Path, tracks: Sequence[Track], *, narrator: str = "") -> int:
    """Write the original EPUB 3 with spans around what is spoken; answers how many cues were found in it.

    A cue that is not in the original's text is played with the one before it.

    Raises:
        NotNarratable: the original is no EPUB 3, is damaged, has media overlays already, or holds little of the cues.
        ValueError: a sound of another type.
        OSError: a file cannot be read or written.
    """
    for track in tracks:
        _audio_type(track.audio)
    try:
        with zipfile.ZipFile(original) as source:
            if sum(info.file_size for info in source.infolist()) > MOST_BYTES:
                raise NotNarratable(f"the EPUB unpacks to more than {MOST_BYTES >> 20} MiB")
            return _narrated(target, source, tracks, narrator)
    except (zipfile.BadZipFile, KeyError, BadXml, UnicodeDecodeError, NotImplementedError) as error:
        raise NotNarratable("the EPUB is damaged") from error


def _narrated(target: Path, source: zipfile.ZipFile, tracks: Sequence[Track], narrator: str) -> int:
    path = _package_path(source)
    for prefix, uri in (
        ("", _OPF),
        ("dc", "http://purl.org/dc/elements/1.1/"),
        ("dcterms", "http://purl.org/dc/terms/"),
    ):
        ElementTree.register_namespace(prefix, uri)
    package = fromstring(source.read(path))
    if not package.get("version", "").startswith("3"):
        raise NotNarratable("the original is not an EPUB 3")
    folder = posixpath.dirname(path)
    items = {item.get("id", ""): item for item in package.iter(f"{{{_OPF}}}item")}
    if any(item.get("media-overlay") for item in items.values()):
        raise NotNarratable("the original has media overlays already")
    marker = Marker()
    pages: list[ElementTree.Element] = []
    for reference in package.iter(f"{{{_OPF}}}itemref"):
        item = items.get(reference.get("idref", ""))
        if item is not None and item.get("media-type") == "application/xhtml+xml":
            pages.append(item)
            marker.add(source.read(posixpath.join(folder, item.get("href", ""))))
    found = marker.find([cue.text for track in tracks for cue in track.cues])
    count = sum(one is not None for one in found)
    if count * 2 < len(found):
        raise NotNarratable(f"only {count} of {len(found)} spoken sentences are in the original")
    sounds = [f"visis/audio-{number:04d}{track.audio.suffix}" for number, track in enumerate(tracks, start=1)]
    overlays = _by_page(tracks, sounds, found, len(pages))
    changed = {path: b""}
    added: dict[str, str] = {}
    manifest = next(package.iter(f"{{{_OPF}}}manifest"))
    metadata = next(package.iter(f"{{{_OPF}}}metadata"))
    total = 0.0
    for number, (item, pars) in enumerate(zip(pages, overlays, strict=True)):
        if not pars:
            continue
        href = item.get("href", "")
        smil, up = f"visis/page-{number:04d}.smil", "../" * (href.count("/"))
        changed[posixpath.join(folder, href)] = marker.page(number, f"{up}visis/style.css")
        added[smil] = _smil(f"../{href}", [_from_overlays(par) for par in pars])
        item.set("media-overlay", f"visis-smil-{number:04d}")
        _add(manifest, f"visis-smil-{number:04d}", smil, "application/smil+xml")
        seconds = _total(pars)
        total += seconds
        _meta(metadata, "media:duration", f"{seconds:.3f}s", refines=f"#visis-smil-{number:04d}")
    added["visis/style.css"] = _STYLE.split("\n", 1)[1]
    _add(manifest, "visis-style", "visis/style.css", "text/css")
    for number, (track, sound) in enumerate(zip(tracks, sounds, strict=True), start=1):
        _add(manifest, f"visis-audio-{number:04d}", sound, _audio_type(track.audio))
    _meta(metadata, "media:duration", f"{total:.3f}s")
    _meta(metadata, "media:active-class", ACTIVE)
    if narrator:
        _meta(metadata, "media:narrator", narrator)
    changed[path] = _HEAD.encode() + ElementTree.tostring(package, encoding="utf-8")
    draft = target.with_name(f"{target.name}.part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name in source.namelist():
            if name != "mimetype" and not name.endswith("/"):
                out.writestr(name, changed.get(name) or source.read(name))
        for name, text in added.items():
            out.writestr(posixpath.join(folder, name), text)
        for track, sound in zip(tracks, sounds, strict=True):
            out.write(track.audio, posixpath.join(folder, sound), zipfile.ZIP_STORED)
    draft.replace(target)
    return count


def _from_overlays(par: _Par) -> _Par:
    """The same par seen from the folder of the overlays."""
    return _Par(par.element, posixpath.basename(par.audio), par.start_s, par.end_s)


def _by_page(
    tracks: Sequence[Track], sounds: Sequence[str], found: Sequence[tuple[int, str] | None], pages: int
) -> list[list[_Par]]:
    """The pars of each page: each found cue lasts until the next found one of its sound begins."""
    overlays: list[list[_Par]] = [[] for _ in range(pages)]
    at = 0
    for track, sound in zip(tracks, sounds, strict=True):
        cues = track.cues
        here = [(cue, place) for cue, place in zip(cues, found[at : at + len(cues)], strict=True) if place is not None]
        at += len(cues)
        for index, (cue, (page, element)) in enumerate(here):
            start_s = cue.start_s if index else 0.0
            end_s = here[index + 1][0].start_s if index + 1 < len(here) else track.seconds
            if end_s > start_s:
                overlays[page].append(_Par(element, sound, start_s, end_s))
    return overlays


def _chained(track: Track, sound: str, elements: Sequence[str]) -> list[_Par]:
    """The pars of a chapter, each up to the next, so that silences are played too."""
    cues = track.cues
    ends = [*(cue.start_s for cue in cues[1:]), track.seconds]
    starts = [0.0, *(cue.start_s for cue in cues[1:])]
    return [
        _Par(element, sound, start, end)
        for element, start, end in zip(elements, starts, ends, strict=True)
        if end > start
    ]


def _total(pars: Iterable[_Par]) -> float:
    return sum(round(par.end_s, 3) - round(par.start_s, 3) for par in pars)


def _smil(page: str, pars: Sequence[_Par]) -> str:
    href = escape(page, quote=True)
    rows = [
        f'<par id="p{number}"><text src="{href}#{par.element}"/>'
        f'<audio src="{escape(par.audio)}" clipBegin="{par.start_s:.3f}s" clipEnd="{par.end_s:.3f}s"/></par>'
        for number, par in enumerate(pars, start=1)
    ]
    body = "\n".join(rows)
    return f'{_HEAD}<smil xmlns="http://www.w3.org/ns/SMIL" version="3.0">\n<body>\n{body}\n</body>\n</smil>\n'


def _page(book: Book, track: Track) -> str:
    rows, number = [], 0
    for index, paragraph in enumerate(track.paragraphs):
        spans = []
        for cue in paragraph:
            number += 1
            spans.append(f'<span id="s{number}">{escape(" ".join(cue.text.split()), quote=False)}</span>')
        inside = " ".join(spans)
        heading = index == 0 and _same(_text(paragraph), track.title)
        rows.append(f"<h1>{inside}</h1>" if heading else f"<p>{inside}</p>")
    return _document(book, track.title, f'<section epub:type="chapter">\n{chr(10).join(rows)}\n</section>')


def _text(paragraph: Sequence[Cue]) -> str:
    """A paragraph's text."""
    return " ".join(" ".join(cue.text.split()) for cue in paragraph)


def _same(text: str, title: str) -> bool:
    return text.strip(". ").casefold() == title.strip(". ").casefold()


def _nav(book: Book, tracks: Sequence[Track]) -> str:
    rows = "\n".join(
        f'<li><a href="c{number:04d}.xhtml">{escape(track.title, quote=False)}</a></li>'
        for number, track in enumerate(tracks, start=1)
    )
    return _document(book, book.title, f'<nav epub:type="toc" id="toc">\n<ol>\n{rows}\n</ol>\n</nav>')


def _document(book: Book, title: str, body: str) -> str:
    language = escape(book.language, quote=True)
    return (
        f'{_HEAD}<!DOCTYPE html>\n<html xmlns="{_XHTML}" xmlns:epub="{_OPS}" lang="{language}" xml:lang="{language}">\n'
        f"<head><title>{escape(title, quote=False) or '-'}</title>"
        f'<link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>\n{body}\n</body>\n</html>\n'
    )


def _package(
    book: Book, tracks: Sequence[Track], manifest: Sequence[str], spine: Sequence[str], durations: Sequence[str]
) -> str:
    total = sum(_total(_chained(track, "", [""] * len(track.cues))) for track in tracks)
    fields = {"title": book.title, "creator": book.author, "language": book.language}
    rows = [f"<dc:{name}>{escape(value, quote=False)}</dc:{name}>" for name, value in fields.items() if value]
    rows.append(f'<dc:identifier id="id">{escape(book.identifier, quote=False)}</dc:identifier>')
    rows.append(f'<meta property="dcterms:modified">{book.modified.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</meta>')
    rows += [_duration(total), *durations, f'<meta property="media:active-class">{ACTIVE}</meta>']
    if book.narrator:
        rows.append(f'<meta property="media:narrator">{escape(book.narrator, quote=False)}</meta>')
    return (
        f'{_HEAD}<package xmlns="{_OPF}" version="3.0" unique-identifier="id">\n'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{chr(10).join(rows)}\n</metadata>\n'
        f"<manifest>\n{chr(10).join(manifest)}\n</manifest>\n<spine>\n{chr(10).join(spine)}\n</spine>\n</package>\n"
    )


def _duration(seconds: float, refines: str = "") -> str:
    about = f' refines="#{refines}"' if refines else ""
    return f'<meta property="media:duration"{about}>{seconds:.3f}s</meta>'


def _item(name: str, href: str, kind: str, *, overlay: str = "", properties: str = "") -> str:
    extra = f' media-overlay="{overlay}"' if overlay else f' properties="{properties}"' if properties else ""
    return f'<item id="{name}" href="{href}" media-type="{kind}"{extra}/>'


def _new(path: Path) -> zipfile.ZipFile:
    """An archive with what every EPUB begins with."""
    out = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
    out.writestr(
        "META-INF/container.xml",
        f'{_HEAD}<container version="1.0" xmlns="{_CONTAINER}"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n',
    )
    return out


def _write_cover(out: zipfile.ZipFile, cover: tuple[str, bytes]) -> Iterator[str]:
    suffix = {"image/jpeg": "jpg", "image/png": "png"}.get(cover[0])
    if suffix is None:
        raise ValueError("a cover is a JPEG or a PNG")
    out.writestr(f"OEBPS/cover.{suffix}", cover[1])
    yield _item("cover", f"cover.{suffix}", cover[0], properties="cover-image")


def _audio_type(path: Path) -> str:
    kind = AUDIO_TYPES.get(path.suffix)
    if kind is None:
        raise ValueError(f"a chapter's sound is one of {', '.join(AUDIO_TYPES)}")
    return kind


def _package_path(source: zipfile.ZipFile) -> str:
    container = fromstring(source.read("META-INF/container.xml"))
    rootfile = next(container.iter(f"{{{_CONTAINER}}}rootfile"), None)
    if rootfile is None:
        raise NotNarratable("the EPUB has no package")
    return rootfile.get("full-path", "")


def _add(manifest: ElementTree.Element, name: str, href: str, kind: str) -> None:
    ElementTree.SubElement(manifest, f"{{{_OPF}}}item", {"id": name, "href": href, "media-type": kind})


def _meta(metadata: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(metadata, f"{{{_OPF}}}meta", {"property": name, **attributes}).text = text
