"""The package document of an EPUB: metadata, manifest, spine and cover. EPUB 2 and 3, and the mistakes of both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from bookreader import fields, markup, xml
from bookreader.archive import CONTAINER, Archive, ItemProblemError, resolve
from bookreader.document import Contributor, FileProblemError, Metadata, WarningLog
from bookreader.xml import Element

_TEXTS = (".xhtml", ".html", ".htm", ".xml", ".svg")
_ROLES = {"author": "aut", "editor": "edt", "illustrator": "ill", "narrator": "nrt", "translator": "trl"}
_UNDATED = ("modification", "conversion", "creation", "digitalisation", "ops-publication")


@dataclass(frozen=True)
class Item:
    """A file of the manifest; `fallback` is the id of the item to read where this one cannot be."""

    path: str
    media_type: str = ""
    properties: tuple[str, ...] = ()
    fallback: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it can hold text, by its media type or else by its name."""
        kind = self.media_type.lower()
        if "html" in kind or kind in ("image/svg+xml", "application/x-dtbook+xml"):
            return True
        return not kind.startswith(("image/", "audio/", "video/", "font/")) and self.path.lower().endswith(_TEXTS)


@dataclass
class Package:
    """What the package document says; paths are those of the archive."""

    items: dict[str, Item] = field(default_factory=dict)
    spine: list[Item] = field(default_factory=list)
    ncx: Item | None = None
    nav: Item | None = None
    guide: dict[str, str] = field(default_factory=dict)
    cover: Item | None = None
    metadata: Metadata = field(default_factory=lambda: Metadata("epub"))


def read(archive: Archive, warnings: WarningLog) -> Package:
    """The package document of an archive, or what can be guessed without it.

    Raises:
        FileProblemError: the archive holds nothing to read.
    """
    path = _path(archive, warnings)
    root = _parse(archive, path, warnings) if path else None
    package = Package()
    if root is not None:
        _read_manifest(package, root, path)
        _read_spine(package, root)
        package.metadata = _Metadata(root).read()
    elif path:
        warnings.add("package_damaged", path)
    if not package.spine:
        warnings.add("spine_missing")
        texts = [item for item in package.items.values() if item.is_text and item is not package.nav]
        package.spine = texts or [Item(name) for name in archive.ending(*_TEXTS[:3])]
    if not package.spine:
        raise FileProblemError("the EPUB names no texts")
    return package


def _path(archive: Archive, warnings: WarningLog) -> str:
    """The package document's path: as the container names it, else the first .opf file."""
    if CONTAINER in archive and (root := _parse(archive, CONTAINER, warnings)) is not None:
        for element in root.iter():
            if xml.local(element.tag) == "rootfile":
                path = resolve("", xml.attributes(element).get("full-path", ""))
                if path in archive:
                    return path
    warnings.add("container_damaged")
    return next(iter(archive.ending(".opf")), "")


def _parse(archive: Archive, path: str, warnings: WarningLog) -> Element | None:
    """The root of an XML file; None if there is none."""
    try:
        root, recovered = xml.parse(archive.read(path))
    except ItemProblemError as problem:
        warnings.add(problem.code, problem.name)
        return None
    if recovered:
        warnings.add("markup_recovered", path)
    return root


def _read_manifest(package: Package, root: Element, path: str) -> None:
    cover = ""
    for element in root.iter():
        name, values = xml.local(element.tag), xml.attributes(element)
        if name == "item" and values.get("href"):
            target = resolve(path, values["href"])
            item = Item(
                target.partition("#")[0],
                values.get("media-type", "").strip(),
                tuple(values.get("properties", "").split()),
                values.get("fallback", ""),
            )
            package.items.setdefault(values.get("id", target), item)
        elif name == "meta" and values.get("name", "").lower() == "cover":
            cover = values.get("content", "")
        elif name == "reference" and values.get("href"):
            package.guide.setdefault(values.get("type", "").lower(), resolve(path, values["href"]))
    items = package.items.values()
    package.nav = next((item for item in items if "nav" in item.properties), None)
    pictures = {name: item for name, item in package.items.items() if item.media_type.lower().startswith("image/")}
    candidates = (
        *(item for item in pictures.values() if "cover-image" in item.properties),
        *(item for name, item in pictures.items() if cover in (name, item.path) or resolve(path, cover) == item.path),
        *(item for name, item in pictures.items() if "cover" in f"{name} {item.path}".lower()),
    )
    package.cover = candidates[0] if candidates else None
    package.ncx = next((item for item in items if item.media_type == "application/x-dtbncx+xml"), None)


def _read_spine(package: Package, root: Element) -> None:
    """The items to read, in order, each once. Those outside of the linear order are part of the book too."""
    seen: set[str] = set()
    for element in root.iter():
        name, values = xml.local(element.tag), xml.attributes(element)
        if name == "spine" and (ncx := package.items.get(values.get("toc", ""))):
            package.ncx = ncx
        elif name == "itemref":
            item = _readable(package, values.get("idref", ""))
            if item and item.path not in seen:
                seen.add(item.path)
                package.spine.append(item)


def _readable(package: Package, name: str) -> Item | None:
    """The item with an id, or the first of its fallbacks that can hold text."""
    first = item = package.items.get(name)
    for _ in range(10):
        if item is None or item.is_text:
            return item or first
        item = package.items.get(item.fallback)
    return first


class _Metadata:
    """Reads the metadata of a package document: Dublin Core elements, and the `meta` elements that refine them."""

    def __init__(self, root: Element) -> None:
        self._elements: dict[str, list[Element]] = defaultdict(list)
        self._refined: dict[tuple[str, str], str] = {}
        self._metas: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for element in root.iter():
            name, values = xml.local(element.tag), xml.attributes(element)
            if name == "meta":
                key = (values.get("name") or values.get("property") or "").lower()
                value = values.get("content") or xml.words(element)
                if refined := values.get("refines"):
                    self._refined.setdefault((refined.lstrip("#"), key), value)
                else:
                    self._metas[key].append((values.get("id", ""), value))
            elif name in _CORE:
                self._elements[name].append(element)

    def read(self) -> Metadata:
        """The metadata in one piece."""
        authors, contributors = self._people()
        series, index = self._series()
        return Metadata(
            "epub",
            title=self._title("main"),
            subtitle=self._title("subtitle"),
            authors=authors,
            contributors=contributors,
            language=fields.language(*self._all("language")),
            publication_date=self._date(),
            series=series,
            series_index=index,
            publisher=next(filter(None, map(fields.line, self._all("publisher"))), None),
            subjects=fields.several(self._all("subject")),
            description=self._description(),
            isbn=fields.isbn(*self._all("identifier"), *self._all("source")),
        )

    def _all(self, name: str) -> list[str]:
        return ["".join(element.itertext()) for element in self._elements[name]]

    def _refinement(self, element: Element, name: str) -> str:
        """What refines an element: a `meta` of EPUB 3 or an attribute of EPUB 2."""
        values = xml.attributes(element)
        return (self._refined.get((values.get("id", "#"), name)) or values.get(name) or "").strip().lower()

    def _ordered(self, name: str) -> list[Element]:
        return sorted(self._elements[name], key=lambda one: fields.number(self._refinement(one, "display-seq")) or 0)

    def _title(self, kind: str) -> str | None:
        typed = [(self._refinement(one, "title-type"), fields.line(xml.words(one))) for one in self._ordered("title")]
        chosen = [title for found, title in typed if title and found == kind]
        if not chosen and kind == "main":
            chosen = [title for found, title in typed if title and not found] or [title for _, title in typed if title]
        return chosen[0] if chosen else None

    def _people(self) -> tuple[tuple[str, ...], tuple[Contributor, ...]]:
        authors: list[str] = []
        others: list[Contributor] = []
        for element_name, usual in (("creator", "aut"), ("contributor", "ctb")):
            for element in self._ordered(element_name):
                role = self._refinement(element, "role").removeprefix("marc:") or usual
                role = _ROLES.get(role, role)[:20]
                for person in fields.names([xml.words(element)]):
                    if role == "aut":
                        authors.append(person)
                    else:
                        others.append(Contributor(person, role))
        return fields.names(authors), tuple(dict.fromkeys(others))[:100]

    def _date(self) -> str | None:
        dated = [(self._refinement(one, "event"), "".join(one.itertext())) for one in self._elements["date"]]
        published = [value for event, value in dated if "publication" in event and event not in _UNDATED]
        plain = [value for event, value in dated if not event]
        issued = [value for _, value in (*self._metas["dcterms:issued"], *self._metas["dcterms:date"])]
        return fields.date(*published, *plain, *issued)

    def _series(self) -> tuple[str | None, float | None]:
        for name, title in self._metas["belongs-to-collection"]:
            if self._refined.get((name, "collection-type"), "series").strip().lower() == "series":
                return fields.line(title), fields.number(self._refined.get((name, "group-position")))
        named = next((value for _, value in self._metas["calibre:series"]), None)
        index = next((value for _, value in self._metas["calibre:series_index"]), None)
        return fields.line(named), fields.number(index) if named else None

    def _description(self) -> str | None:
        """As plain text: descriptions are often HTML, escaped."""
        text = next((one for one in self._all("description") if one.strip()), "")[:100_000]
        return markup.read(text).text[: fields.MAX_DESCRIPTION].strip() or None


_CORE = frozenset("title creator contributor language date publisher subject description identifier source".split())
