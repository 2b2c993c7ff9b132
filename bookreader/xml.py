"""Reads XML that is often not quite XML: HTML entities, bare ampersands, entities of the document's own. No network.

Document type declarations are removed before lxml sees the text, so nothing can expand entities of entities.
"""

from __future__ import annotations

import html
import re
from typing import Any

from lxml import etree

from bookreader import encodings
from bookreader.document import UNSTORABLE, FileProblemError

Element = Any  # lxml has no types
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,1000}", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,100})\s+(?:\"([^\"]{0,500})\"|'([^']{0,500})')\s*>")
_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)(?:([\w.-]{1,100});)?")
_ELEMENT = re.compile(r"<(?=[A-Za-z])")


def clean(text: str) -> str:
    """The text as XML without declarations: CDATA sections, entities of HTML and of the document
    replaced, other ampersands escaped."""
    text = UNSTORABLE.sub("", text).removeprefix("\ufeff")
    if declared := _DECLARATION.match(text):
        text = text[declared.end() :]
    text, entities = _without_doctype(text)
    first, *parts = text.split("<![CDATA[")
    sections = (part.partition("]]>") for part in parts)
    text = first + "".join(
        f"{html.escape(inside, quote=False) if closed else inside}{after}" for inside, closed, after in sections
    )

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        if name in entities:
            return entities[name]
        known = html.unescape(match[0]) if name else "&"
        return html.escape(known, quote=False)

    return _AMPERSAND.sub(replaced, text) if "&" in text else text


def _without_doctype(text: str) -> tuple[str, dict[str, str]]:
    """The text without its document type declaration, and the entities declared there that refer to no others."""
    first = _ELEMENT.search(text)
    doctype = _DOCTYPE.search(text, 0, first.start() if first else len(text))
    if doctype is None:
        return text, {}
    end = doctype.end()
    subset = ""
    if text[end : end + 1] == "[":
        closed = text.find("]", end)
        while closed >= 0 and text[closed + 1 : closed + 20].lstrip()[:1] != ">":
            closed = text.find("]", closed + 1)
        subset, end = (text[end:closed], closed + 1) if closed >= 0 else (text[end:], len(text))
    values = {name: first or second for name, first, second in _ENTITY.findall(subset)[:1000]}
    rest = text[end:]
    return text[: doctype.start()] + rest[rest.find(">") + 1 :], {k: v for k, v in values.items() if "&" not in v}


def parse(data: bytes) -> tuple[Element | None, bool]:
    """The root element, None if there is none, and whether the document had to be recovered."""
    try:
        content = clean(encodings.decode_html(data)).encode()
    except FileProblemError:
        return None, True
    for recover in (False, True):
        parser = etree.XMLParser(
            recover=recover,
            huge_tree=True,
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError:
            continue
        if root is not None:
            return root, recover
    return None, True


def local(tag: object) -> str:
    """The name of an element or attribute without namespace and prefix, in lower case; empty for comments."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def attributes(element: Element) -> dict[str, str]:
    """An element's attributes by their local names."""
    return {local(name): value for name, value in element.attrib.items()}


def words(element: Element) -> str:
    """The text in an element on one line, at most 500 characters; of pictures their alternative texts."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "end":
            parts.append(node.tail or "" if node is not element else "")
        elif local(node.tag) not in ("rt", "rp"):
            parts.append(node.get("alt") or node.text or "")
        if len(parts) > 5000:
            break
    return " ".join("".join(parts).split())[:500]


def without(text: str, start: str, end: str) -> str:
    """The text without what is between these marks; a mark that nothing closes is taken out alone."""
    kept, at = [], 0
    while (begin := text.find(start, at)) >= 0 and (stop := text.find(end, begin + len(start))) >= 0:
        kept.append(text[at:begin])
        at = stop + len(end)
    return "".join([*kept, text[at:].replace(start, "")])
