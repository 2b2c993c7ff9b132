"""Reads EPUB as a reading system does: the spine as text, the contents as chapters.

One bad file, entity, link or anchor costs that item and a warning, never the book.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from bookreader import contents, encodings, fields, flow, markup, package, shown, xml
from bookreader.archive import Archive, ItemProblemError, key, resolve
from bookreader.chapters import Heading
from bookreader.contents import Entry
from bookreader.document import Event, FileProblemError, WarningLog
from bookreader.flow import Flow
from bookreader.limits import Limits
from bookreader.package import Item, Package
from bookreader.pages import IMAGE, check_length
from bookreader.target import Marked

_ENCRYPTION = "META-INF/encryption.xml"


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of an EPUB.

    Raises:
        FileProblemError: it is damaged, protected, has no text, or is over a limit.
    """
    warnings = WarningLog()
    archive = Archive(path)
    book = package.read(archive, warnings)
    spine = _Spine(archive, book, _entries(archive, book, warnings), limits, warnings)
    if not spine.flow.text.strip(f" \t\n{IMAGE}") and (encrypted := warnings.message("file_encrypted")):
        raise FileProblemError(f"the EPUB is protected (DRM) or needs a password. {encrypted}")
    metadata = book.metadata
    metadata = replace(
        metadata,
        title=metadata.title or spine.title,
        language=metadata.language or fields.language(*spine.languages),
    )
    yield from flow.events(spine.flow, metadata, limits, warnings)


def cover(archive: Archive) -> str | None:
    """The name of the picture that an EPUB gives as its cover; None if there is none.

    Raises:
        FileProblemError: the EPUB is damaged.
    """
    book = package.read(archive, WarningLog())
    page = book.guide.get("cover", "").partition("#")[0]
    if book.cover:
        return book.cover.path
    try:
        images = _marked(archive, Item(page), (), ()).images if page else []
        return resolve(page, images[0]) if images else None
    except ItemProblemError:
        return None


class _Spine:
    """The files of the spine as one text."""

    def __init__(
        self, archive: Archive, book: Package, entries: list[Entry], limits: Limits, warnings: WarningLog
    ) -> None:
        self._archive, self._warnings = archive, warnings
        self.flow = Flow()
        self.title: str | None = None
        self.languages: list[str | None] = []
        self._places: dict[tuple[str, str], int] = {}  # by file and anchor
        self._parts: list[str] = []
        self._length = 0
        encrypted, hidden = _encrypted(archive), _hidden(archive, book)
        anchors: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            name, _, anchor = entry.target.partition("#")
            anchors[key(name)].add(anchor)
        for item in book.spine:
            try:
                if item.path in encrypted:
                    raise ItemProblemError("file_encrypted", item.path)
                marked = _marked(archive, item, anchors[key(item.path)], hidden)
            except ItemProblemError as problem:
                warnings.add(problem.code, problem.name)
                continue
            if marked.recovered:
                warnings.add("markup_recovered", item.path)
            self._add(item, marked)
            check_length(self._length, limits)
        self.flow.text = "".join(self._parts)
        self.flow.contents = list(self._resolved(entries))

    def _add(self, item: Item, marked: Marked) -> None:
        at = self._length
        self._places[key(item.path), ""] = at
        self._places |= {(key(item.path), name): at + place for name, place in marked.places.items()}
        self.flow.headings += [replace(one, start=at + one.start) for one in marked.headings[:1000]]
        for source in marked.images:
            name = resolve(item.path, source).partition("#")[0]
            if name not in self._archive:
                self._warnings.add("picture_missing", source)
                name = ""
            self.flow.images.append(name)
        if marked.title and marked.text.strip():
            self.flow.files.append(Heading(at, marked.title[:200]))
            self.title = self.title or marked.title
        self.languages.append(marked.language)
        self._parts += [marked.text, "\n\n"]
        self._length += len(marked.text) + 2

    def _resolved(self, entries: list[Entry]) -> Iterator[Heading]:
        """Where the entries of the contents lead; to the beginning of the file where the anchor is missing."""
        for entry in entries:
            name, _, anchor = entry.target.partition("#")
            place = self._places.get((key(name), anchor))
            if place is None:
                self._warnings.add("target_missing", entry.target)
                place = self._places.get((key(name), ""))
            if place is not None:
                yield Heading(place, entry.title, entry.level)


def _marked(archive: Archive, item: Item, wanted: Collection[str], hidden: Collection[str]) -> Marked:
    """A file of the spine; of a picture only its mark.

    Raises:
        ItemProblemError: it cannot be read.
    """
    if not item.is_text and item.media_type.startswith("image/"):
        return Marked(IMAGE, images=[f"/{item.path}"])
    data = archive.read(item.path)
    try:
        source = encodings.decode_html(data)
    except FileProblemError:
        raise ItemProblemError("file_damaged", item.path) from None
    return markup.read(source, wanted, as_xml=True, hidden=hidden)


def _entries(archive: Archive, book: Package, warnings: WarningLog) -> list[Entry]:
    """The entries of the first table of contents that has some: `nav`, NCX, or a page of links."""
    guide = Item(book.guide.get("toc", "").partition("#")[0])
    for item, read_entries in ((book.nav, contents.of_nav), (book.ncx, contents.of_ncx), (guide, contents.of_nav)):
        if item is None or item.path not in archive:
            continue
        try:
            root, recovered = xml.parse(archive.read(item.path))
        except ItemProblemError:
            root, recovered = None, True
        entries = read_entries(root, item.path) if root is not None else []
        if recovered:
            warnings.add("markup_recovered" if entries else "contents_damaged", item.path)
        if len(entries) >= 2:
            return entries
    warnings.add("contents_missing")
    return []


def _hidden(archive: Archive, book: Package) -> set[str]:
    """The simple selectors that the style sheets give no display."""
    selectors: set[str] = set()
    for item in book.items.values():
        if item.media_type == "text/css" and item.path in archive:
            try:
                css = archive.read(item.path).decode("utf-8", "replace")
            except ItemProblemError:
                continue
            selectors |= shown.hidden_selectors(css)
    return selectors


def _encrypted(archive: Archive) -> set[str]:
    """The files that are encrypted. Fonts are only obscured, which matters to nobody here."""
    if _ENCRYPTION not in archive:
        return set()
    try:
        root, _ = xml.parse(archive.read(_ENCRYPTION))
    except ItemProblemError:
        root = None
    found = set()
    for element in root.iter() if root is not None else ():
        if xml.local(element.tag) == "cipherreference":
            found.add(resolve("", xml.attributes(element).get("uri", "")))
    return found
