"""Shows a page of plain text as Markdown."""

from __future__ import annotations

import re
from collections.abc import Collection

_MARKS = re.compile(r"([\\`*_{}\[\]<>|~])")
_LINE_MARKS = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[-+=](?=\s|$|[-=])|>|\d{1,9}(?=[.)]))", re.MULTILINE)


def of(text: str, titles: Collection[str]) -> str:
    """The text with every mark escaped, and the lines that are chapter titles as headings."""
    wanted = {_letters(title) for title in titles}
    blocks = re.split(r"\n[ \t]*\n+", text)
    return "\n\n".join(_block(block, wanted) for block in blocks if block.strip()) + "\n"


def _block(block: str, wanted: Collection[str]) -> str:
    words = _letters(block)
    if words and len(words) < 250 and any(words == title or title.startswith(words + " ") for title in wanted):
        return "## " + _escape(" ".join(block.split()))
    return _escape("\n".join(line.strip() for line in block.strip("\n").split("\n")))


def _escape(text: str) -> str:
    text = _MARKS.sub(r"\\\1", text)
    return _LINE_MARKS.sub(lambda found: found[1] + _escaped(found[2]), text)


def _escaped(mark: str) -> str:
    """A digit cannot be escaped: a mark after it can, so a number is set apart by an entity."""
    return f"&#{ord(mark[0])};{mark[1:]}" if mark[0].isdigit() else "\\" + mark


def _letters(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
