"""Reads HTML and Markdown files. The only module that imports markdown_it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bookreader import encodings, gutenberg, markup
from bookreader.chapters import HEADINGS, Heading
from bookreader.document import Event, Metadata
from bookreader.limits import Limits
from bookreader.pages import IMAGE, paginate
from bookreader.plain import tidy

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read_html(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of an HTML file.

    Raises:
        FileProblemError: it has no text, or is over a limit.
    """
    marked = markup.read(encodings.decode_html(path.read_bytes()))
    meta = {name.removeprefix("dc.").removeprefix("dcterms."): value for name, value in marked.meta.items()}
    yield from _events("html", marked, limits, title=meta.get("title") or marked.title, meta=meta)


def read_markdown(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a Markdown file; a block of `name: value` lines between `---` at its top is read as metadata.

    Raises:
        FileProblemError: it has no text, or is over a limit.
    """
    from markdown_it import MarkdownIt

    text = tidy(encodings.decode(path.read_bytes()))
    front = _FRONT_MATTER.match(text)
    meta = dict(_pairs(front[1])) if front else {}
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text[front.end() if front else 0 :])
    marked = markup.read(html)
    first = marked.headings.get("h1", [])
    yield from _events(
        "markdown", marked, limits, title=meta.get("title") or (first[0].title if first else None), meta=meta
    )


def _pairs(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            yield name.strip().lower(), value.strip().strip("\"'")[:500]


def _events(
    kind: str, marked: markup.Marked, limits: Limits, *, title: str | None, meta: dict[str, str]
) -> Iterator[Event]:
    """A file's own pictures lie outside of it, so their marks are taken out."""
    text = marked.text.replace(IMAGE, " ")
    framed = gutenberg.strip(text)
    shift = text.find(framed.text[:200]) if framed.text != text else 0
    day = _DAY.match(meta.get("date", meta.get("issued", "")))
    language = meta.get("language") or marked.language or framed.language
    author = meta.get("author") or meta.get("creator")
    yield Metadata(
        kind,
        framed.title or (title[:500] if title else None),
        framed.authors or ((author[:500],) if author else ()),
        language[:35] if language else None,
        day[0] if day else None,
    )
    headings = [
        Heading(heading.start - shift, heading.title)
        for heading in marked.chapter_headings()
        if 0 <= heading.start - shift < len(framed.text)
    ]
    yield from paginate(framed.text, limits, headings, HEADINGS)
