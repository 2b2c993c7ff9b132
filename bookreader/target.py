"""Takes the events of a parser and lays out the text: blocks, headings, pictures, notes, formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bookreader import shown, xml
from bookreader.chapters import Heading
from bookreader.pages import IMAGE

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre table ul ol dl figure hr section article".split())
_BLOCKS = _PARAGRAPHS | frozenset(
    "address aside body center dd details div dt fieldset figcaption footer form header html li main nav tr title text"
    " caption legend summary".split()
)
_MAX_WATCHED = 1000
_SPACES = re.compile(r"[ \t\n\r\f]+")
_NOTE_REFERENCES = frozenset(("noteref", "doc-noteref"))
_NOTE = re.compile(r"[\[(]?\s*(\d{1,4}|[a-z]|[ivx]{1,5}|[*\u2020\u2021\u00a7]{1,3})\s*[\])]?", re.IGNORECASE)
_NOTE_AT_END = re.compile(r"(?<=\S)\[(?:\d{1,4}|[*\u2020\u2021]{1,3})\]$")
_RAISED = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
_OPERATORS = {"mfrac": "/", "msup": "^", "msub": "_", "msubsup": "_^", "mover": "^", "munder": "_", "munderover": "_^"}
_WORDS_OF_ONE_LETTER = frozenset("AIOÀÉY")


@dataclass
class Marked:
    """The text of a file, where its headings and the elements asked for begin in it, and its pictures in order."""

    text: str = ""
    headings: list[Heading] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    title: str | None = None
    meta: dict[str, list[str]] = field(default_factory=dict)
    language: str | None = None
    recovered: bool = False


class _Frame(NamedTuple):
    """An element whose text is looked at when it ends, and where things stood when it began."""

    depth: int
    done: Callable[[_Frame, str], None]
    level: int
    length: int
    parts: int
    images: int
    alts: int
    links: int
    pending: str
    last: str
    values: Mapping[str, str]


class TextTarget:
    """The target of a parser: `start`, `data` and `end` are its events, and are balanced."""

    def __init__(self, wanted: Collection[str], hidden: Collection[str]) -> None:
        self.marked = Marked()
        self._wanted = frozenset(wanted)
        self._selectors = frozenset(hidden)
        self._parts: list[str] = []
        self._length = 0
        self._last = ""
        self._pending = ""
        self._depth = 0
        self._hidden = 0  # the depth of the element that is not displayed, 0 outside of one
        self._pre = 0
        self._quotes = 0
        self._svg = 0
        self._links = 0  # so far
        self._link_open = False
        self._math: list[list[Any]] = []  # name and number of children of each open element of a formula
        self._frames: list[_Frame] = []
        self._alts: list[str] = []
        self._initial = ""
        self._places_due: list[str] = []
        self._title: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        name = xml.local(tag)
        values = {xml.local(key): value for key, value in attributes.items()} if attributes else {}
        if name == "title" and self.marked.title is None and not self._svg:
            self._title = []
        elif name == "meta":
            key = values.get("name") or values.get("property") or ""
            self.marked.meta.setdefault(key.lower(), []).append(values.get("content", "")[:10_000])
        elif name in ("html", "body"):
            self.marked.language = self.marked.language or values.get("lang")
        for anchor in (values.get("id"), values.get("name") if name == "a" else None):
            if anchor and anchor in self._wanted:
                self._places_due.append(anchor)
        if self._hidden:
            return
        if (name == "title" and self._svg) or shown.is_hidden(name, values, self._selectors):
            self._hidden = self._depth
        else:
            self._begin(name, values)

    def _begin(self, name: str, values: Mapping[str, str]) -> None:
        self._break_at(name)
        if level := shown.heading_level(name, values):
            self._watch(self._end_heading, values, level)
        elif name in ("img", "image", "object"):
            self._add_image(name, values)
        elif name in ("sup", "sub"):
            self._watch(self._end_raised if name == "sup" else self._end_lowered, values)
        elif values and not _NOTE_REFERENCES.isdisjoint(shown.types(values)):
            self._watch(self._end_note, values)
        elif values and shown.may_be_page_mark(name, values):
            self._watch(self._end_page_mark, values)
        elif name == "q":
            self._quotes += 1
            self._put("“" if self._quotes % 2 else "‘")
        elif name == "math" and values.get("alttext", "").strip():
            self._put(" ".join(shown.plain(values["alttext"]).split()))
            self._hidden = self._depth
            return
        if name == "pre":
            self._pre += 1
        elif name == "a" and "href" in values:
            self._links += 1
            self._link_open = True
        elif name == "svg":
            self._svg += 1
        elif name == "tspan" and self._last not in (" ", "\n", "") and not self._pending:
            self._put(" ")
        if self._math or name == "math":
            self._begin_formula(name)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = xml.local(tag)
        if name == "title" and self._title is not None:
            self._end_title()
        if self._hidden:
            if self._hidden == self._depth:
                self._hidden = 0
        else:
            self._finish_element(name)
        self._depth -= 1

    def _finish_element(self, name: str) -> None:
        if self._frames and self._frames[-1].depth == self._depth:
            frame = self._frames.pop()
            if self._length - frame.length <= _MAX_WATCHED:
                frame.done(frame, "".join(self._parts[frame.parts :]))
        if self._math:
            self._math.pop()
        if name == "pre":
            self._pre -= 1
        elif name == "a":
            self._link_open = False
        elif name == "svg":
            self._svg -= 1
        elif name == "q":
            self._append("”" if self._quotes % 2 else "’")
            self._quotes -= 1
        if name != "br":
            self._break_at(name)

    def data(self, data: str) -> None:
        """Text."""
        if self._title is not None:
            self._title.append(data[:1000])
        if self._hidden or self._title is not None:
            return
        text = shown.plain(data)
        if self._math and self._math[-1][0] != "mtext":
            text = text.strip()
        elif self._pre:
            text = text.replace("\r\n", "\n")
        else:
            text = _SPACES.sub(" ", text)
        if not self._pre and (self._pending or self._last in ("", " ", "\n")):
            text = text.lstrip(" ")
        if self._initial:
            text = self._after_initial(text)
        if text:
            self._put(text)

    def close(self) -> None:
        """All was read; lxml asks for this."""

    def finish(self) -> Marked:
        """What was read."""
        self._end_title()
        self._register_places()
        self.marked.text = "".join(self._parts)
        return self.marked

    def _put(self, text: str) -> None:
        """Add text behind the line break that is due."""
        if self._pending and self._length:
            if self._last == " ":
                self._parts[-1] = self._parts[-1][:-1]
                self._length -= 1
            self._append(self._pending)
        self._pending = ""
        self._register_places()
        self._append(text)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        self._last = text[-1:] or self._last

    def _register_places(self) -> None:
        for name in self._places_due:
            self.marked.places.setdefault(name, self._length)
        self._places_due.clear()

    def _break_at(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self._pending = "\n\n"
        elif name == "br" and self._parts and not self._pending:
            self._append("\n")
        elif name in _BLOCKS and self._pending != "\n\n":
            self._pending = "\n"
        elif name in ("td", "th") and not self._pending:
            self._pending = "\t"
        else:
            return
        self._initial = ""

    def _watch(self, done: Callable[[_Frame, str], None], values: Mapping[str, str], level: int = 0) -> None:
        self._frames.append(
            _Frame(
                self._depth, done, level, self._length, len(self._parts), len(self.marked.images), len(self._alts),
                self._links, self._pending, self._last, values,
            )
        )  # fmt: skip

    def _replace(self, frame: _Frame, text: str) -> None:
        """Replace what was added since a frame began."""
        self._length -= sum(map(len, self._parts[frame.parts :]))
        del self._parts[frame.parts :]
        del self.marked.images[frame.images :]
        self._pending, self._last = frame.pending, frame.last
        for name in reversed(self.marked.places):
            if self.marked.places[name] <= self._length:
                break
            self.marked.places[name] = self._length
        if text:
            self._put(text)

    def _end_heading(self, frame: _Frame, text: str) -> None:
        words = text.lstrip("\n")
        title = _NOTE_AT_END.sub("", " ".join(words.replace(IMAGE, " ").split()))
        if not title and self._alts[frame.alts :]:
            title = " ".join(self._alts[frame.alts :])
            self._put(title)
            words += title
        if title and (frame.level < shown.LEVEL_BY_CLASS or len(title) <= 100):
            start = self._length - len(words)
            self.marked.headings.append(Heading(start, title[:200].rstrip(), frame.level))

    def _end_raised(self, frame: _Frame, text: str) -> None:
        """A superscript: the mark of a note in brackets, or digits raised."""
        note = _NOTE.fullmatch(text)
        before = self._before(frame)
        linked = self._link_open or self._links > frame.links
        after_word = (before[-4:].isalpha() and len(before) > 3) or before.endswith(tuple(".,;:!?”’\"'»)"))
        if note and (linked or (after_word and not note[1].isalpha())):
            self._replace(frame, f"[{note[1]}]")
        elif raised := _translated(text, _RAISED):
            self._replace(frame, raised)

    def _end_lowered(self, frame: _Frame, text: str) -> None:
        if lowered := _translated(text, _LOWERED):
            self._replace(frame, lowered)

    def _end_note(self, frame: _Frame, text: str) -> None:
        if note := _NOTE.fullmatch(text.strip()):
            self._replace(frame, f"[{note[1]}]")

    def _end_page_mark(self, frame: _Frame, text: str) -> None:
        """The number of a page of the printed book, which is no word of it."""
        if shown.is_page_mark(frame.values, text):
            self._replace(frame, "")

    def _before(self, frame: _Frame) -> str:
        """The word that ends where a frame began."""
        if frame.pending:
            return ""
        text = "".join(self._parts[max(0, frame.parts - 3) : frame.parts])
        return re.search(r"\S*\Z", text[-50:])[0]  # type: ignore[index]

    def _add_image(self, name: str, values: Mapping[str, str]) -> None:
        source = values.get("src") or values.get("href") or ""
        if name == "object":
            source = values.get("data", "") if values.get("type", "").startswith("image/") else ""
        if not source:
            return
        if name == "object":
            self._hidden = self._depth  # what it holds is shown where the picture cannot be
        inline = not self._pending and self._last not in ("", "\n", IMAGE)
        self._put(IMAGE)
        self.marked.images.append(source)
        alt = shown.alternative(values)
        if not alt:
            return
        self._alts.append(alt)
        if self._frames and self._frames[-1].level:
            return  # the heading decides at its end
        if len(alt) <= 3:
            self._initial = alt
        elif inline:
            self._append(alt)

    def _after_initial(self, text: str) -> str:
        """The text behind a picture of a letter or sign, with what the picture shows."""
        initial, self._initial = self._initial, ""
        rest = text.lstrip(" ")
        if rest.lower().startswith(initial.lower()) and rest[: len(initial)].isupper():
            return text  # the picture only adorns the letter
        if rest[:1].isalpha() and initial[-1:].isalpha() and initial.strip("“”‘’\"'«»") not in _WORDS_OF_ONE_LETTER:
            return initial + rest
        return initial + text

    def _begin_formula(self, name: str) -> None:
        """Formulas without alternative text become their symbols on one line."""
        if self._math:
            parent = self._math[-1]
            operators = _OPERATORS.get(parent[0], "")
            if 0 < parent[1] <= len(operators):
                self._put(operators[parent[1] - 1])
            parent[1] += 1
        if name in ("msqrt", "mroot"):
            self._put("√")
        self._math.append([name, 0])

    def _end_title(self) -> None:
        if self._title is not None:
            self.marked.title = " ".join("".join(self._title).split())[:500] or None
            self._title = None


def _translated(text: str, table: dict[int, int]) -> str:
    """A short text in other characters, empty unless all of it has them."""
    return text.translate(table) if text and len(text) <= 12 and all(ord(char) in table for char in text) else ""
