"""The table of contents of an EPUB: EPUB 3's `nav`, EPUB 2's NCX, or a page of links that the guide names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from bookreader import xml
from bookreader.archive import resolve
from bookreader.xml import Element

_MAX_ENTRIES = 5000


class Entry(NamedTuple):
    """An entry of the contents: the path in the archive, anchor kept, the title, and the level from 1."""

    target: str
    title: str
    level: int


def of_nav(root: Element, path: str) -> list[Entry]:
    """The links of a `nav` document: those of the `nav` for contents, else of the first, else all."""
    navs = [one for one in root.iter() if xml.local(one.tag) == "nav"]
    typed = (one for one in navs if xml.attributes(one).get("type") == "toc" or one.get("role") == "doc-toc")
    return _entries(next(typed, navs[0] if navs else root), path, "a", ("ol", "ul"))


def of_ncx(root: Element, path: str) -> list[Entry]:
    """The points of an NCX."""
    maps = (one for one in root.iter() if xml.local(one.tag) == "navmap")
    return _entries(next(maps, root), path, "navpoint", ("navpoint",))


def _entries(root: Element, path: str, wanted: str, nesting: tuple[str, ...]) -> list[Entry]:
    found: list[Entry] = []
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = xml.local(element.tag)
        if name in nesting:
            depth += 1 if event == "start" else -1
        if event == "start" and name == wanted and len(found) < _MAX_ENTRIES:
            reference, title = _link(element) if name == "a" else _point(element)
            if reference and title:
                found.append(Entry(resolve(path, reference), title, max(1, depth)))
    return found


def _link(element: Element) -> tuple[str, str]:
    return element.get("href", ""), xml.words(element)[:200] or " ".join(element.get("title", "").split())[:200]


def _point(element: Element) -> tuple[str, str]:
    label = next(_children(element, "navlabel"), None)
    content = next(_children(element, "content"), None)
    if label is None or content is None:
        return "", ""
    return content.get("src", ""), xml.words(label)[:200]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if xml.local(child.tag) == name)
