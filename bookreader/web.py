"""Reads HTML files, and metadata as HTML and Markdown name it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from bookreader import encodings, fields, flow, markup
from bookreader.document import Contributor, Event, Metadata, WarningLog
from bookreader.flow import Flow
from bookreader.limits import Limits
from bookreader.pages import IMAGE
from bookreader.target import Marked

_XHTML = re.compile(r"\s*(?:<\?xml\b|<!DOCTYPE[^>]*XHTML)|<html[^>]*\bxmlns\s*=", re.IGNORECASE)
_PREFIXES = re.compile(r"(?:dc|dcterms|og|book|article|citation)[._:]", re.IGNORECASE)


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of an HTML file.

    Raises:
        FileProblemError: it has no text, or is over a limit.
    """
    source = encodings.decode_html(path.read_bytes())
    marked = markup.read(source, as_xml=bool(_XHTML.search(source[:2000])))
    meta: dict[str, list[str]] = defaultdict(list)
    for name, values in marked.meta.items():
        meta[_PREFIXES.sub("", name)] += values
    meta["title"] += [marked.title or "", *(one.title for one in marked.headings[:1])]
    yield from flow.events(own_flow(marked), metadata("html", meta, marked.language), limits, WarningLog())


def own_flow(marked: Marked) -> Flow:
    """A file's own text: its pictures lie outside of it, so their marks become spaces."""
    return Flow(marked.text.replace(IMAGE, " "), marked.headings)


def metadata(kind: str, meta: Mapping[str, list[str]], language: str | None) -> Metadata:
    """The metadata of a file from values by lower-case names; `language` is what its root element says."""

    def values(*names: str) -> Iterator[str]:
        return (value for name in names for value in meta.get(name, []))

    def first(*names: str) -> str | None:
        return next(filter(None, map(fields.line, values(*names))), None)

    subjects = (value.replace(",", ";") for value in values("subject", "subjects", "keywords", "tags"))
    return Metadata(
        kind,
        title=first("title"),
        subtitle=first("subtitle"),
        authors=fields.names(values("author", "authors", "creator")),
        contributors=tuple(Contributor(name, "ctb") for name in fields.names(values("contributor"))),
        language=fields.language(*values("language", "lang", "locale"), language),
        publication_date=fields.date(*values("date", "issued", "publication_date", "published_time", "release_date")),
        series=first("series", "belongs-to-collection"),
        series_index=fields.number(first("series_index", "group-position")),
        publisher=first("publisher"),
        subjects=fields.several(subjects),
        description=next(values("description", "abstract"), "").strip()[: fields.MAX_DESCRIPTION] or None,
        isbn=fields.isbn(*values("isbn", "identifier")),
    )
