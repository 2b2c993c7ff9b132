"""Turns HTML and XHTML into text with headings and pictures marked. Event by event: no tree, so nesting costs nothing.

XHTML is read as XML while it is well-formed, so that `<title/>` and CDATA mean what they say; anything else as HTML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from bookreader import xml
from bookreader.chapters import Heading
from bookreader.document import UNSTORABLE
from bookreader.pages import IMAGE

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre table ul ol dl figure hr section article".split())
_BLOCKS = _PARAGRAPHS | frozenset(
    "address aside body center dd details div dt fieldset figcaption footer form header html li main nav tr title text"
    " caption legend summary".split()
)
_HIDDEN = frozenset(
    "head script style template noscript iframe audio video canvas rt rp rtc annotation annotation-xml case desc defs"
    " metadata textarea select".split()
)
_HIDDEN_TYPES = frozenset("page-list landmarks doc-pagelist backlink doc-backlink".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_LONGEST_WATCHED = 1000
_LEVEL_BY_CLASS = 7  # paragraphs that only look like headings
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_SPACES = re.compile(r"[ \t\n\r\f]+")
_CJK = "\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CJK_LINE_END = re.compile(rf"(?<=[{_CJK}])[ \t\r]*\n[ \t\r\n]*(?=[{_CJK}])")
_INVISIBLE = re.compile("[\u00ad\ufeff\u2060]")
_C1 = re.compile("[\x80-\x9f]")
_LIGATURE = re.compile("[\ufb00-\ufb06\ufb13-\ufb17]")
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)([{}])")
_SIMPLE_SELECTOR = re.compile(r"[a-z0-9]*[.#][\w-]+", re.IGNORECASE)
_PAGE_MARK = re.compile(r"\bpage-?_?num(?:ber)?s?\b|\bpageno\b|\bpage-?break\b|\bfolio\b", re.IGNORECASE)
_HEADING_CLASS = re.compile(
    r"(?:chapter|chap|ch|section|part|book)?[-_]?(?:title|head|heading|name|number|num|no)s?\d?|chapter|h[1-6]",
    re.IGNORECASE,
)
_PAGE_ID = re.compile(r"(?:page|pg|p)[_.-]?(?:\d+|[ivxlc]+)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"[\s\[\](){}|.\u2013\u2014-]*(?:pg|page|pag|p|s|seite)?[\s.:]*(?:\d{1,5}|[ivxlcdm]{1,8})[a-z]?[\s\[\](){}|.\u2013\u2014-]*",
    re.IGNORECASE,
)
_NOTE = re.compile(r"[\[(]?\s*(\d{1,4}|[a-z]|[ivx]{1,5}|[*\u2020\u2021\u00a7]{1,3})\s*[\])]?", re.IGNORECASE)
_RAISED = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:.-]*+)((?:[^<>/]|/(?!>))*+)/>")
_RAW_TEXT = frozenset("title script style textarea iframe noscript".split())
_NO_ALT = re.compile(
    r"\W*(?:image|img|illustration|picture|photo|cover|decoration|ornament)?s?[\W\d]*|.*\.\w{3,4}", re.I
)
_OPERATORS = {"mfrac": "/", "msup": "^", "msub": "_", "msubsup": "_^", "mover": "^", "munder": "_", "munderover": "_^"}


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


def read(source: str, wanted: Collection[str] = (), *, as_xml: bool = False, hidden: Collection[str] = ()) -> Marked:
    """The text of an HTML or XHTML file.

    Args:
        wanted: the element ids whose places matter.
        as_xml: whether to read it as XML first.
        hidden: the simple selectors, such as `.note` or `p.x`, whose elements are not displayed.
    """
    if as_xml:
        reader = _Reader(wanted, hidden)
        try:
            content = xml.clean(source).encode()
            etree.fromstring(content, etree.XMLParser(target=reader, huge_tree=True, resolve_entities=False))
        except etree.XMLSyntaxError:
            pass
        else:
            return reader.finish()
    reader = _Reader(wanted, hidden)
    parser = etree.HTMLParser(target=reader, encoding="utf-8", huge_tree=True)
    parser.feed(_repaired(source, as_xml).encode())
    parser.close()
    reader.marked.recovered = as_xml
    return reader.finish()


def hidden_selectors(css: str) -> set[str]:
    """The simple selectors that a style sheet gives no display. Media queries are ignored, and so are notes.

    Reading systems show hidden notes on request: they are text of the book.
    """
    found: set[str] = set()
    depth, selector = 0, ""
    for before, brace in _RULE.findall(_without(css, "/*", "*/")):
        if brace == "{":
            depth += 1
            selector = before.rpartition(";")[2] if depth == 1 else ""
        else:
            if depth == 1 and _NOT_SHOWN.search(before):
                found |= {one for one in map(str.strip, selector.split(",")) if _SIMPLE_SELECTOR.fullmatch(one)}
            depth = max(0, depth - 1)
    return {one for one in found if "note" not in one.lower()}


def _repaired(source: str, as_xml: bool) -> str:
    """The source as HTML that loses no text: without comments, and with what is not closed as text.

    Everything here is linear: a parser would look for the end of the file from each thing that is not closed.
    """
    text = _without(UNSTORABLE.sub("", source), "<!--", "-->")
    if as_xml:
        text = xml.clean(text)

    def opened(match: re.Match[str]) -> str:
        name = match[1].lower()
        expanded = name not in _VOID if as_xml else name in _RAW_TEXT
        return f"<{match[1]}{match[2]}></{match[1]}>" if expanded else match[0]

    text = _SELF_CLOSED.sub(opened, text)
    end = text.rfind(">") + 1
    text = text[:end] + text[end:].replace("<", "&lt;")
    return text if re.search("</title", text, re.IGNORECASE) else re.sub("<title", "<p", text, flags=re.IGNORECASE)


def _without(text: str, start: str, end: str) -> str:
    """The text without what is between these marks; a mark that nothing closes is taken out alone."""
    kept, at = [], 0
    while (begin := text.find(start, at)) >= 0 and (stop := text.find(end, begin + len(start))) >= 0:
        kept.append(text[at:begin])
        at = stop + len(end)
    return "".join([*kept, text[at:].replace(start, "")])


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


class _Reader:
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
        unshown = name in _HIDDEN or (name == "title" and self._svg) or (name == "dialog" and "open" not in values)
        if unshown or (values and self._is_hidden(name, values)):
            self._hidden = self._depth
        else:
            self._begin(name, values)

    def _is_hidden(self, name: str, values: Mapping[str, str]) -> bool:
        if values.get("hidden", "until-found") != "until-found" or _NOT_SHOWN.search(values.get("style", "")):
            return True
        if not _HIDDEN_TYPES.isdisjoint(_types(values)):
            return True
        if not self._selectors:
            return False
        classes = values.get("class", "").split()
        selectors = {f".{one}" for one in classes} | {f"{name}.{one}" for one in classes} | {f"#{values.get('id')}"}
        return not self._selectors.isdisjoint(selectors)

    def _begin(self, name: str, values: Mapping[str, str]) -> None:
        self._break_at(name)
        level = _LEVELS.get(name) or (_aria_level(values) if values.get("role") == "heading" else 0)
        if not level and name in ("p", "div") and any(map(_HEADING_CLASS.fullmatch, values.get("class", "").split())):
            level = _LEVEL_BY_CLASS
        if level:
            self._watch(self._end_heading, values, level)
        elif name in ("img", "image", "object"):
            self._add_image(name, values)
        elif name in ("sup", "sub"):
            self._watch(self._end_raised if name == "sup" else self._end_lowered, values)
        elif _is_note_reference(values):
            self._watch(self._end_note, values)
        elif values and _is_page_mark(name, values):
            self._watch(self._end_page_mark, values)
        elif name == "q":
            self._put("“")
        elif name == "math" and values.get("alttext", "").strip():
            self._put(" ".join(_plain(values["alttext"]).split()))
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
            if self._length - frame.length <= _LONGEST_WATCHED:
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
            self._append("”")
        if name != "br":
            self._break_at(name)

    def data(self, data: str) -> None:
        """Text."""
        if self._title is not None:
            self._title.append(data[:1000])
        if self._hidden or self._title is not None:
            return
        text = data if data.isascii() else _plain(data)
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
        shown = text.lstrip("\n")
        title = " ".join(shown.replace(IMAGE, " ").split())
        if not title:
            title = " ".join(self._alts[frame.alts :])
            if title:
                self._put(title)
                shown += title
        if title and (frame.level < _LEVEL_BY_CLASS or len(title) <= 100):
            start = self._length - len(shown)
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
        sure = not {"pagebreak", "doc-pagebreak"}.isdisjoint(_types(frame.values)) and len(text) <= 30
        if sure or _PAGE_NUMBER.fullmatch(text):
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
        alt = " ".join(_plain(values.get("alt") or "").split())[:200]
        if not alt or _NO_ALT.fullmatch(alt):
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


_WORDS_OF_ONE_LETTER = frozenset("A I O À É Y".split())


def _plain(text: str) -> str:
    """Composed letters, without soft hyphens and ligatures; no line end between characters that need no spaces.

    As in browsers, characters 128 to 159 are those of Windows-1252.
    """
    text = _INVISIBLE.sub("", text).replace(IMAGE, "")
    text = _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), text)
    text = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", _CJK_LINE_END.sub("", text))


def _types(values: Mapping[str, str]) -> set[str]:
    return {*values.get("type", "").split(), *values.get("role", "").split()}


def _aria_level(values: Mapping[str, str]) -> int:
    level = values.get("aria-level", "2")
    return int(level) if level in "123456" and level else 6


def _is_note_reference(values: Mapping[str, str]) -> bool:
    return bool(values) and not {"noteref", "doc-noteref"}.isdisjoint(_types(values))


def _is_page_mark(name: str, values: Mapping[str, str]) -> bool:
    if not {"pagebreak", "doc-pagebreak"}.isdisjoint(_types(values)) or _PAGE_MARK.search(values.get("class", "")):
        return True
    return name in ("a", "span") and bool(_PAGE_ID.fullmatch(values.get("id") or values.get("name") or ""))


def _translated(text: str, table: dict[int, int]) -> str:
    """A short text in other characters, empty unless all of it has them."""
    return text.translate(table) if text and len(text) <= 12 and all(ord(char) in table for char in text) else ""
