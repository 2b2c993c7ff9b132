"""What a browser shows of an element: which are hidden, printed page numbers, notes, headings; and plain characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from bookreader import xml
from bookreader.pages import IMAGE

LEVEL_BY_CLASS = 7  # of paragraphs that only look like headings
_HIDDEN = frozenset(
    "head script style template noscript iframe audio video canvas rt rp rtc annotation annotation-xml case desc defs"
    " metadata textarea select".split()
)
_HIDDEN_TYPES = frozenset("page-list landmarks doc-pagelist backlink doc-backlink".split())
_NOTE_TYPES = frozenset("footnote endnote rearnote note doc-footnote doc-endnote".split())
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_HEADING_CLASS = re.compile(
    r"(?:chapter|chap|ch|section|part|book)?[-_]?(?:title|head|heading|name|number|num|no)s?\d?|chapter|h[1-6]",
    re.IGNORECASE,
)
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_SIMPLE_SELECTOR = re.compile(r"[a-z0-9]*[.#][\w-]+", re.IGNORECASE)
_PAGE_CLASS = re.compile(r"\bpage[-_]?num(?:ber)?s?\b|\bpageno\b|\bpage-?break\b|\bfolio\b", re.IGNORECASE)
_PAGE_ID = re.compile(r"(?:page|pg|p)[_.-]?(\d+|[ivxlc]+)", re.IGNORECASE)
_AROUND = r"[\s\[\](){}|.\u2013\u2014-]*"
_PAGE_NUMBER = re.compile(
    rf"{_AROUND}(?:pg|page|pag|p|s|seite)?[\s.:]*(\d{{1,5}}|[ivxlcdm]{{1,8}})[a-z]?{_AROUND}", re.IGNORECASE
)
_CJK = "\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CJK_LINE_END = re.compile(rf"(?<=[{_CJK}])[ \t\r]*\n[ \t\r\n]*(?=[{_CJK}])")
_INVISIBLE = re.compile("[\u00ad\ufeff\u2060]")
_C1 = re.compile("[\x80-\x9f]")
_LIGATURE = re.compile("[\ufb00-\ufb06\ufb13-\ufb17]")
_NO_ALT = re.compile(
    r"\W*(?:image|img|illustration|picture|photo|cover|decoration|ornament)?s?[\W\d]*|.*\.\w{3,4}", re.IGNORECASE
)


def is_hidden(name: str, values: Mapping[str, str], selectors: Collection[str]) -> bool:
    """Whether an element is not displayed: by its name, its attributes, or the simple selectors of style sheets.

    Notes count as displayed: reading systems show them on request.
    """
    if name in _HIDDEN or (name == "dialog" and "open" not in values):
        return True
    if not values or not _NOTE_TYPES.isdisjoint(types(values)):
        return False
    if values.get("hidden", "until-found") != "until-found" or _NOT_SHOWN.search(values.get("style", "")):
        return True
    if not _HIDDEN_TYPES.isdisjoint(types(values)):
        return True
    classes = values.get("class", "").split() if selectors else ()
    own = [f"#{values.get('id')}", *(f"{tag}.{one}" for one in classes for tag in ("", name))]
    return any(one in selectors for one in own)


def hidden_selectors(css: str) -> set[str]:
    """The simple selectors that a style sheet does not display; media queries and notes are ignored."""
    found: set[str] = set()
    depth, selector = 0, ""
    pieces = re.split(r"([{}])", xml.without(css, "/*", "*/"))
    for before, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            depth += 1
            selector = before.rpartition(";")[2] if depth == 1 else ""
        else:
            if depth == 1 and _NOT_SHOWN.search(before):
                found |= {one for one in map(str.strip, selector.split(",")) if _SIMPLE_SELECTOR.fullmatch(one)}
            depth = max(0, depth - 1)
    return {one for one in found if "note" not in one.lower()}


def types(values: Mapping[str, str]) -> set[str]:
    """The semantic types of an element, by `epub:type` and `role`."""
    return {*values.get("type", "").split(), *values.get("role", "").split()}


def heading_level(name: str, values: Mapping[str, str]) -> int:
    """The level of a heading from 1; LEVEL_BY_CLASS for paragraphs whose class says so; 0 for anything else."""
    if name in _LEVELS:
        return _LEVELS[name]
    if values.get("role") == "heading":
        level = values.get("aria-level", "2")
        return int(level) if level in list("123456") else 6
    named = name in ("p", "div") and any(map(_HEADING_CLASS.fullmatch, values.get("class", "").split()))
    return LEVEL_BY_CLASS if named else 0


def may_be_page_mark(name: str, values: Mapping[str, str]) -> bool:
    """Whether an element may hold the number of a page of the printed book."""
    if not {"pagebreak", "doc-pagebreak"}.isdisjoint(types(values)) or _PAGE_CLASS.search(values.get("class", "")):
        return True
    return name in ("a", "span") and _page_id(values) is not None


def is_page_mark(values: Mapping[str, str], text: str) -> bool:
    """Whether the text of such an element is that number."""
    if not {"pagebreak", "doc-pagebreak"}.isdisjoint(types(values)) and len(text) <= 30:
        return True
    number = _PAGE_NUMBER.fullmatch(text)
    named = _PAGE_CLASS.search(values.get("class", "")) or (number and number[1].lower() == _page_id(values))
    return bool(number and named)


def _page_id(values: Mapping[str, str]) -> str | None:
    found = _PAGE_ID.fullmatch(values.get("id") or values.get("name") or "")
    return found[1].lower() if found else None


def alternative(values: Mapping[str, str]) -> str:
    """The text that stands for a picture; empty if it says nothing of what is read."""
    alt = " ".join(plain(values.get("alt") or "").split())[:200]
    return "" if _NO_ALT.fullmatch(alt) else alt


def plain(text: str) -> str:
    """Composed letters, without soft hyphens and ligatures; no line end between characters that need no spaces.

    As in browsers, characters 128 to 159 are those of Windows-1252.
    """
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text).replace(IMAGE, "")
    text = _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), text)
    text = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", _CJK_LINE_END.sub("", text))
