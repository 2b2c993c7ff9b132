"""Turns HTML and XHTML into text with headings and pictures marked. Event by event: no tree, so nesting costs nothing.

XHTML is read as XML while it is well-formed, so that `<title/>` and CDATA mean what they say; anything else as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

from bookreader import xml
from bookreader.document import UNSTORABLE
from bookreader.target import Marked, TextTarget

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_RAW_TEXT = frozenset("title script style textarea iframe noscript".split())
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:.-]*+)((?:[^<>/]|/(?!>))*+)/>")


def read(source: str, wanted: Collection[str] = (), *, as_xml: bool = False, hidden: Collection[str] = ()) -> Marked:
    """The text of an HTML or XHTML file.

    Args:
        wanted: the element ids whose places matter.
        as_xml: whether to read it as XML first.
        hidden: the simple selectors, such as `.note` or `p.x`, whose elements are not displayed.
    """
    if as_xml:
        target = TextTarget(wanted, hidden)
        try:
            content = xml.clean(source).encode()
            etree.fromstring(content, etree.XMLParser(target=target, huge_tree=True, resolve_entities=False))
        except etree.XMLSyntaxError:
            pass
        else:
            return target.finish()
    target = TextTarget(wanted, hidden)
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    parser.feed(_repaired(source, as_xml).encode())
    parser.close()
    target.marked.recovered = as_xml
    return target.finish()


def _repaired(source: str, as_xml: bool) -> str:
    """The source as HTML that loses no text: without comments, and with what is not closed as text.

    Everything here is linear: a parser would look for the end of the file from each thing that is not closed.
    """
    text = xml.without(UNSTORABLE.sub("", source), "<!--", "-->")
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
