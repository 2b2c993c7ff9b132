"""Turns HTML into text with headings and pictures marked. Event by event: no tree, so nesting costs nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from html.parser import HTMLParser

from bookreader.chapters import Heading
from bookreader.document import UNSTORABLE
from bookreader.pages import IMAGE

_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td tfoot th
    thead title tr ul
""".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre table ul ol dl figure hr section article".split())
_HIDDEN = frozenset(["script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head"])
_HEADINGS = frozenset(("h1", "h2", "h3"))
_MOST_UNCLOSED = 4
_SPACES = re.compile(r"[ \t\n\r\f]+")


@dataclass
class Marked:
    """The text of a file, where its headings and the elements asked for begin in it, and its pictures in order."""

    text: str = ""
    headings: dict[str, list[Heading]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    title: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    language: str | None = None

    def chapter_headings(self) -> list[Heading]:
        """Those of the level that chapters seem to have: the highest that occurs twice, with all above it."""
        levels = [level for level in sorted(self.headings) if len(self.headings[level]) >= 2]
        top = levels[0] if levels else "h0"
        return sorted((h for level, found in self.headings.items() if level <= top for h in found), key=_start)


def _start(heading: Heading) -> int:
    return heading.start


def read(html: str, wanted: Collection[str] = ()) -> Marked:
    """The text of an HTML file; `wanted` names the element ids whose places matter."""
    reader = _Reader(frozenset(wanted))
    reader.feed(html)
    reader.end()
    return reader.finish()


class _Reader(HTMLParser):
    def __init__(self, wanted: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._wanted = wanted
        self._marked = Marked()
        self._parts: list[str] = []
        self._length = 0
        self._pending = ""
        self._hidden: list[str] = []
        self._pre = 0
        self._heading: tuple[str, int] | None = None
        self._heading_due: str | None = None
        self._places_due: list[str] = []
        self._title: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "title" and self._marked.title is None:
            self._title = []
        elif tag == "meta" and values.get("name"):
            self._marked.meta.setdefault(values["name"].lower(), values.get("content", "")[:1000])
        elif tag == "html":
            self._marked.language = values.get("lang") or values.get("xml:lang")
        for name in (values.get("id"), values.get("name") if tag == "a" else None):
            if name and name in self._wanted:
                self._places_due.append(name)
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "body":
            self._hidden.clear()
        self._break_at(tag)
        if tag == "pre":
            self._pre += 1
        elif tag in _HEADINGS:
            self._heading_due = tag
        elif tag in ("img", "image"):
            self._add_image(values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _HIDDEN:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._end_title()
        elif tag in _HIDDEN and tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in _HEADINGS:
            self._end_heading()
        self._break_at(tag)

    def handle_data(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data[:1000])
            return
        if self._hidden:
            return
        text = data.replace("\r\n", "\n") if self._pre else _SPACES.sub(" ", data)
        text = UNSTORABLE.sub("", text).replace(IMAGE, "")
        if self._pending and not self._pre:
            text = text.lstrip(" ")
        if text:
            self._put(text)

    def _put(self, text: str) -> None:
        if self._pending and self._length:
            self._append(self._pending)
        self._pending = ""
        for name in self._places_due:
            self._marked.places.setdefault(name, self._length)
        self._places_due.clear()
        if self._heading_due:
            self._heading, self._heading_due = (self._heading_due, self._length), None
        self._append(text)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _break_at(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._pending = "\n\n"
        elif tag == "br" and self._parts and not self._pending:
            self._append("\n")
        elif tag in _BLOCKS and not self._pending:
            self._pending = "\n"

    def _add_image(self, values: dict[str, str]) -> None:
        source = values.get("src") or values.get("xlink:href") or values.get("href") or ""
        if source and not self._hidden:
            self._put(IMAGE)
            self._marked.images.append(source)

    def _end_heading(self) -> None:
        if self._heading is None:
            return
        level, start = self._heading
        self._heading = None
        words = " ".join("".join(self._since(start)).replace(IMAGE, " ").split())[:200]
        if words:
            self._marked.headings.setdefault(level, []).append(Heading(start, words))

    def _since(self, start: int) -> list[str]:
        """The parts from an offset on; headings are short, so this looks at few."""
        parts: list[str] = []
        at = self._length
        for part in reversed(self._parts):
            if at <= start:
                break
            at -= len(part)
            parts.append(part)
        return parts[::-1]

    def _end_title(self) -> None:
        if self._title is not None:
            self._marked.title = " ".join("".join(self._title).split())[:500] or None
            self._title = None

    def end(self) -> None:
        """Read what is left when no tag, comment or declaration that began in it has an end.

        HTMLParser's own close() would look for the end of the file from each of them, in quadratic time. We do that
        for the first few; what follows them is text.
        """
        for _ in range(_MOST_UNCLOSED):
            if not self.rawdata.startswith("<"):
                break
            self.handle_data("<")
            self.rawdata = self.rawdata[1:]
            self.feed("")
        if self.rawdata.startswith("<"):
            self.handle_data(self.rawdata)
            self.rawdata = ""
        self.close()

    def finish(self) -> Marked:
        self._end_title()
        for name in self._places_due:
            self._marked.places.setdefault(name, self._length)
        self._marked.text = "".join(self._parts)
        return self._marked
