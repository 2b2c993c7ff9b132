"""Reads EPUB: the spine as text, the table of contents as chapters. Nothing is unpacked to disk."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from bookreader import encodings, gutenberg, markup
from bookreader.chapters import CONTENTS, HEADINGS, Heading
from bookreader.document import Event, FileProblemError, Metadata
from bookreader.limits import Limits
from bookreader.pages import check_length, paginate

MOST_ENTRIES = 10_000
MOST_BYTES = 268_435_456
_CONTAINER = "META-INF/container.xml"
_FONTS = ("obfuscation", "enc/RC")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)")
_DAMAGED = "the EPUB is damaged: {}"
_NO_EPUB = "it is an archive but no EPUB (no META-INF/container.xml); PDF, EPUB, HTML, Markdown and text can be read"


class Archive:
    """The files in an EPUB, within a budget of unpacked bytes, so that a bomb is noticed while it unpacks."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
            raise FileProblemError(_DAMAGED.format("it is not a whole ZIP archive")) from None
        if len(self._zip.infolist()) > MOST_ENTRIES:
            raise FileProblemError(f"the EPUB holds more than {MOST_ENTRIES:,} files")
        self._left = MOST_BYTES

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            FileProblemError: it is missing, damaged, encrypted, or unpacks to more than is left of the budget.
        """
        try:
            with self._zip.open(name) as file:
                data = file.read(self._left + 1)
        except KeyError:
            raise FileProblemError(_DAMAGED.format(f"{name[:100]} is missing")) from None
        except RuntimeError:
            raise FileProblemError("the EPUB is encrypted with a password") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            raise FileProblemError(_DAMAGED.format(f"{name[:100]} cannot be unpacked")) from None
        self._left -= len(data)
        if self._left < 0:
            raise FileProblemError(f"the EPUB unpacks to more than {MOST_BYTES >> 20} MiB")
        return data

    def xml(self, name: str) -> Element:
        """The root element of an XML file.

        Raises:
            FileProblemError: it is not XML, or declares entities.
        """
        try:
            root: Element = fromstring(self.read(name), forbid_dtd=False, forbid_entities=True, forbid_external=True)
        except DefusedXmlException:
            raise FileProblemError(f"the EPUB declares XML entities in {name[:100]}, which is not allowed") from None
        except (ParseError, ValueError, LookupError):
            raise FileProblemError(_DAMAGED.format(f"{name[:100]} is not XML")) from None
        return root


@dataclass(frozen=True)
class _Item:
    path: str
    media_type: str
    properties: str


@dataclass
class _Package:
    """What the package document says."""

    folder: str
    metadata: dict[str, str] = field(default_factory=dict)
    items: dict[str, _Item] = field(default_factory=dict)
    spine: list[str] = field(default_factory=list)
    contents: str | None = None
    cover: str | None = None


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of an EPUB.

    Raises:
        FileProblemError: it is damaged, protected, has no text, or is over a limit.
    """
    archive = Archive(path)
    package = _package(archive)
    _refuse_protected(archive, package)
    contents = _contents(archive, package)
    text, headings, places, images = _text(archive, package, contents, limits)
    found = [Heading(places[target], title) for target, title in contents if target in places]
    framed = gutenberg.strip(text)
    shift = text.find(framed.text[:200]) if framed.text != text else 0
    yield _metadata(package, framed)
    chosen, source = (found, CONTENTS) if len(found) >= 2 else (headings, HEADINGS)
    moved = [Heading(one.start - shift, one.title) for one in chosen if 0 <= one.start - shift < len(framed.text)]
    skipped = text[:shift].count("\ufffc")
    yield from paginate(framed.text, limits, moved, source, images[skipped:])


def cover(path: Path) -> tuple[str, bytes] | None:
    """The cover picture's media type and bytes, if the file names one."""
    archive = Archive(path)
    package = _package(archive)
    item = next((one for one in package.items.values() if "cover-image" in one.properties), None)
    item = item or package.items.get(package.cover or "")
    if item is None or not item.media_type.startswith("image/"):
        return None
    return item.media_type, archive.read(item.path)


def _package(archive: Archive) -> _Package:
    if _CONTAINER not in archive:
        raise FileProblemError(_NO_EPUB)
    rootfile = next(_named(archive.xml(_CONTAINER), "rootfile"), None)
    path = rootfile.get("full-path", "") if rootfile is not None else ""
    path = _inside("", path)
    root = archive.xml(path)
    package = _Package(posixpath.dirname(path))
    for element in root.iter():
        _note(package, element)
    spine = next(_named(root, "spine"), None)
    if spine is not None:
        package.contents = spine.get("toc")
        package.spine = [one.get("idref", "") for one in _named(spine, "itemref") if one.get("linear") != "no"]
    return package


def _note(package: _Package, element: Element) -> None:
    name = _local(element)
    if name == "item":
        path = _inside(package.folder, element.get("href", ""))
        item = _Item(path, element.get("media-type", ""), element.get("properties", ""))
        package.items[element.get("id", "")] = item
    elif name == "meta" and element.get("name") == "cover":
        package.cover = element.get("content")
    elif name in ("title", "creator", "language", "date") and element.text:
        package.metadata.setdefault(name, " ".join(element.text.split())[:500])


def _metadata(package: _Package, framed: gutenberg.Framed) -> Metadata:
    meta = package.metadata
    day = _DAY.match(meta.get("date", ""))
    language = (meta.get("language") or framed.language or "")[:35]
    return Metadata(
        "epub",
        meta.get("title") or framed.title,
        (meta["creator"],) if "creator" in meta else framed.authors,
        language or None,
        day[1] if day else None,
    )


def _text(
    archive: Archive, package: _Package, contents: list[tuple[str, str]], limits: Limits
) -> tuple[str, list[Heading], dict[str, int], list[str]]:
    """The whole text, its headings, where the targets of the contents lie in it, and its pictures in order."""
    parts: list[str] = []
    headings: list[Heading] = []
    places: dict[str, int] = {}
    images: list[str] = []
    at = 0
    wanted: dict[str, set[str]] = {}
    for target, _ in contents:
        path, _, anchor = target.partition("#")
        wanted.setdefault(path, set()).add(anchor)
    for item in (package.items[name] for name in package.spine if name in package.items):
        if item.media_type not in ("application/xhtml+xml", "text/html", ""):
            continue
        marked = markup.read(encodings.decode_html(archive.read(item.path)), wanted.get(item.path, ()))
        places.setdefault(item.path, at)
        places |= {f"{item.path}#{name}": at + place for name, place in marked.places.items()}
        headings += [Heading(at + one.start, one.title) for one in marked.chapter_headings()[:100]]
        images += [_inside(posixpath.dirname(item.path), image, strict=False) for image in marked.images]
        parts += [marked.text, "\n\n"]
        at += len(marked.text) + 2
        check_length(at, limits)
    return "".join(parts), headings, places, images


def _contents(archive: Archive, package: _Package) -> list[tuple[str, str]]:
    """(target, title) of the entries of the table of contents: EPUB 3's `nav`, else EPUB 2's `ncx`."""
    nav = next((item for item in package.items.values() if "nav" in item.properties.split()), None)
    ncx = package.items.get(package.contents or "")
    if nav is not None and nav.path in archive:
        folder, entries = posixpath.dirname(nav.path), _nav_entries(archive, nav.path)
    elif ncx is not None and ncx.path in archive:
        folder, entries = posixpath.dirname(ncx.path), _ncx_entries(archive, ncx.path)
    else:
        return []
    return [(_inside(folder, target), title) for target, title in entries if target and title][:2000]


def _nav_entries(archive: Archive, path: str) -> list[tuple[str, str]]:
    try:
        root = archive.xml(path)
    except FileProblemError:
        return []
    navs = list(_named(root, "nav"))
    chosen = next(
        (nav for nav in navs if any("toc" in value for value in nav.attrib.values())), navs[0] if navs else root
    )
    return [(link.get("href", ""), _words(link)) for link in _named(chosen, "a")]


def _ncx_entries(archive: Archive, path: str) -> list[tuple[str, str]]:
    entries = []
    for point in _named(archive.xml(path), "navPoint"):
        label, content = next(_named(point, "navLabel"), None), next(_named(point, "content"), None)
        if label is not None and content is not None:
            entries.append((content.get("src", ""), _words(label)))
    return entries


def _refuse_protected(archive: Archive, package: _Package) -> None:
    """Fonts may be obscured; text may not."""
    if "META-INF/encryption.xml" not in archive:
        return
    texts = {item.path for item in package.items.values() if "html" in item.media_type}
    for reference in _named(archive.xml("META-INF/encryption.xml"), "CipherReference"):
        if unquote(reference.get("URI", "")) in texts:
            raise FileProblemError("the EPUB is protected (DRM): its text is encrypted")


def _inside(folder: str, reference: str, *, strict: bool = True) -> str:
    """The path in the archive, anchor kept, that a reference from a folder names.

    Raises:
        FileProblemError: it leads out of the archive (not if `strict` is off; the name is then empty).
    """
    path, hash_, anchor = reference.partition("#")
    joined = posixpath.normpath(posixpath.join(folder, unquote(path))) if path else folder
    if joined.startswith(("../", "/")) or joined == ".." or "\x00" in joined or "\\" in joined:
        if strict:
            raise FileProblemError("the EPUB names a file that lies outside of it")
        return ""
    return f"{joined}{hash_}{anchor}"


def _named(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())[:200]
