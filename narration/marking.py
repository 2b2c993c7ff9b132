"""Finds spoken sentences in the XHTML pages of a book and puts a span around each.

Sentences are looked for in order and without white space, so line breaks and indents make no difference. Around a whole
sentence goes one span where the markup allows it; where a sentence crosses paragraphs or half of an inline element, its
first run of text is marked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from html.entities import name2codepoint
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from narration.xml import fromstring

XHTML = "http://www.w3.org/1999/xhtml"
_LOOK_AHEAD = 20_000
_SKIPPED = {f"{{{XHTML}}}{name}" for name in ("head", "script", "style", "nav", "svg", "math", "title", "rt", "rp")}
_PHRASING = {
    f"{{{XHTML}}}{name}"
    for name in "a abbr b bdi bdo br cite code dfn em i img kbd mark q s samp small span strong sub sup time u".split()
}
# Elements in which text stands between blocks only as white space, or where a span may not be.
_NO_SPAN = {f"{{{XHTML}}}{name}" for name in ("html", "table", "tbody", "thead", "tr", "ul", "ol", "dl", "ruby")}
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_OWN = {"amp", "lt", "gt", "quot", "apos"}
_PREFIXES = {
    "": XHTML,
    "epub": "http://www.idpf.org/2007/ops",
    "svg": "http://www.w3.org/2000/svg",
    "m": "http://www.w3.org/1998/Math/MathML",
    "xlink": "http://www.w3.org/1999/xlink",
    "ssml": "http://www.w3.org/2001/10/synthesis",
}


@dataclass
class _Run:
    """A run of text: `owner.text`, or its tail. `at` is where it begins in the text without white space."""

    page: int
    owner: Element
    tail: bool
    at: int
    offsets: list[int]


@dataclass(frozen=True)
class _Place:
    """A boundary in the text of a page: before the character at `offset` of a run."""

    run: _Run
    offset: int


class Marker:
    """Pages of a book, in reading order."""

    def __init__(self) -> None:
        self._roots: list[Element] = []
        self._parents: dict[Element, Element] = {}
        self._runs: list[_Run] = []
        self._starts: list[int] = []
        self._parts: list[str] = []
        self._length = 0

    def add(self, data: bytes) -> None:
        """Add an XHTML page. Raises BadXml."""
        root = fromstring(_ENTITY.sub(_character, data.decode("utf-8-sig")))
        self._roots.append(root)
        self._parents.update({child: parent for parent in root.iter() for child in parent})
        self._collect(root, len(self._roots) - 1)

    def find(self, sentences: Sequence[str]) -> list[tuple[int, str] | None]:
        """Put a span around each sentence that is found; answers its page and the span's id."""
        whole = "".join(self._parts)
        spans: list[tuple[int, int] | None] = []
        at = 0
        for sentence in sentences:
            wanted = "".join(sentence.split())
            start = whole.find(wanted, at, at + _LOOK_AHEAD + len(wanted)) if wanted else -1
            spans.append((start, start + len(wanted)) if start >= 0 else None)
            at = start + len(wanted) if start >= 0 else at
        found: list[tuple[int, str] | None] = [None] * len(spans)
        # From the end on, so that the places before are still right.
        for index in range(len(spans) - 1, -1, -1):
            span = spans[index]
            if span is not None:
                name = f"visis-{index + 1}"
                page = self._mark(*span, name)
                found[index] = None if page is None else (page, name)
        return found

    def page(self, number: int, style: str) -> bytes:
        """A page's XHTML, with a link to a style sheet."""
        root = self._roots[number]
        head = root.find(f"{{{XHTML}}}head")
        if head is not None:
            link = {"rel": "stylesheet", "type": "text/css", "href": style}
            ElementTree.SubElement(head, f"{{{XHTML}}}link", link)
        for prefix, uri in _PREFIXES.items():
            ElementTree.register_namespace(prefix, uri)
        text = ElementTree.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n{text}\n'.encode()

    def _collect(self, element: Element, page: int) -> None:
        if element.tag in _SKIPPED or not isinstance(element.tag, str):
            return
        self._note(element, page, tail=False)
        for child in element:
            self._collect(child, page)
            self._note(child, page, tail=True)

    def _note(self, owner: Element, page: int, *, tail: bool) -> None:
        text = (owner.tail if tail else owner.text) or ""
        offsets = [offset for offset, mark in enumerate(text) if not mark.isspace()]
        if offsets:
            self._runs.append(_Run(page, owner, tail, self._length, offsets))
            self._starts.append(self._length)
            self._parts.append("".join(text.split()))
            self._length += len(offsets)

    def _mark(self, start: int, end: int, name: str) -> int | None:
        first, last = self._place(start), self._place(end - 1)
        last = _Place(last.run, last.offset + 1)
        if first.run.page == last.run.page and self._wrap(first, last, name):
            return first.run.page
        limit = first.run.offsets[-1] + 1 if first.run is not last.run else last.offset
        alone = _Place(first.run, limit)
        return first.run.page if self._wrap(first, alone, name) else None

    def _place(self, at: int) -> _Place:
        run = self._runs[bisect_right(self._starts, at) - 1]
        return _Place(run, run.offsets[at - run.at])

    def _parent(self, run: _Run) -> Element:
        return self._parents[run.owner] if run.tail else run.owner

    def _wrap(self, first: _Place, last: _Place, name: str) -> bool:
        """Put a span from one place to the other, if that leaves the page valid."""
        holder = self._common(first.run, last.run)
        if holder is None or holder.tag in _NO_SPAN:
            return False
        children = list(holder)
        begin = self._slot(holder, first, children, opening=True)
        end = self._slot(holder, last, children, opening=False)
        if begin is None or end is None:
            return False
        (first_slot, first_offset), (last_slot, last_offset) = begin, end
        inside = children[first_slot:last_slot]
        if any(not isinstance(child.tag, str) or child.tag not in _PHRASING for child in inside):
            return False
        span = Element(f"{{{XHTML}}}span", {"id": name})
        before = holder if first_slot == 0 else children[first_slot - 1]
        text = (holder.text if first_slot == 0 else before.tail) or ""
        if first_slot == last_slot:
            kept, span.text, span.tail = text[:first_offset], text[first_offset:last_offset], text[last_offset:]
        else:
            kept, span.text = text[:first_offset], text[first_offset:]
            tail = inside[-1].tail or ""
            inside[-1].tail, span.tail = tail[:last_offset], tail[last_offset:]
            for child in inside:
                holder.remove(child)
                span.append(child)
                self._parents[child] = span
        if first_slot == 0:
            holder.text = kept
        else:
            before.tail = kept
        holder.insert(first_slot, span)
        self._parents[span] = holder
        return True

    def _common(self, first: _Run, last: _Run) -> Element | None:
        """The nearest element that holds both runs."""
        above = set()
        element: Element | None = self._parent(first)
        while element is not None:
            above.add(element)
            element = self._parents.get(element)
        element = self._parent(last)
        while element is not None and element not in above:
            element = self._parents.get(element)
        return element

    def _slot(
        self, holder: Element, place: _Place, children: Sequence[Element], *, opening: bool
    ) -> tuple[int, int] | None:
        """Where a place lies among the holder's children: the text after so many of them, and the offset in it.

        A place inside a child stands for the child's edge, if nothing but white space lies between.
        """
        run = place.run
        if not run.tail and run.owner is holder:
            return 0, place.offset
        if run.tail and self._parents[run.owner] is holder:
            return children.index(run.owner) + 1, place.offset
        child = self._parent(run)
        edge = run.offsets[0] == place.offset if opening else run.offsets[-1] + 1 == place.offset
        while edge and self._parents[child] is not holder:
            child = self._parents[child]
        if not edge:
            return None
        text = "".join("".join(child.itertext()).split())
        own = "".join(((run.owner.tail if run.tail else run.owner.text) or "").split())
        if not (text.startswith(own) if opening else text.endswith(own)):
            return None
        index = children.index(child)
        if opening:
            before = holder.text if index == 0 else children[index - 1].tail
            return index, len(before or "")
        return index + 1, 0


def _character(entity: re.Match[str]) -> str:
    """A named character of HTML as itself: XML knows five names only."""
    name = entity[1]
    return entity[0] if name in _XML_OWN or name not in name2codepoint else chr(name2codepoint[name])
