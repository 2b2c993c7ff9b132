"""Reads HTML and Markdown files. The only module that imports markdown_it and yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bookreader import encodings, fields, flow, markup
from bookreader.document import Contributor, Event, Metadata, WarningLog
from bookreader.flow import Flow
from bookreader.limits import Limits
from bookreader.pages import IMAGE
from bookreader.plain import tidy

_XHTML = re.compile(r"\s*(?:<\?xml\b|<!DOCTYPE[^>]*XHTML)|<html[^>]*\bxmlns\s*=", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A\ufeff?\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE_BLOCK = re.compile(r"\A%[ \t]*(.*(?:\n[ \t]+.+)*)(?:\n%[ \t]*(.*(?:\n[ \t]+.+)*))?(?:\n%[ \t]*(.*))?\n")
_ATTRIBUTES = re.compile(r"^(#{1,6} .*?)[ \t]*\{[^{}\n]*\}[ \t]*$", re.MULTILINE)
_MAX_FRONT_MATTER = 65_536
_PREFIXES = re.compile(r"(?:dc|dcterms|og|book|article|citation)[._:]", re.IGNORECASE)


def read_html(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of an HTML file.

    Raises:
        FileProblemError: it has no text, or is over a limit.
    """
    source = encodings.decode_html(path.read_bytes())
    marked = markup.read(source, as_xml=bool(_XHTML.search(source[:2000])))
    meta: dict[str, list[str]] = {}
    for name, values in marked.meta.items():
        meta.setdefault(_PREFIXES.sub("", name), []).extend(values)
    titles = [*meta.get("title", []), marked.title or "", *(one.title for one in marked.headings[:1])]
    warnings = WarningLog()
    if marked.recovered:
        warnings.add("markup_recovered", "it is not well-formed XHTML")
    yield from flow.events(_flow(marked), _metadata("html", marked, {**meta, "title": titles}), limits, warnings)


def read_markdown(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a Markdown file, with front matter in YAML or a title block as pandoc reads them.

    Raises:
        FileProblemError: it has no text, or is over a limit.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    text = tidy(encodings.decode(path.read_bytes()))
    warnings = WarningLog()
    meta, body = _front_matter(text, warnings)
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
    marked = markup.read(parser.render(_ATTRIBUTES.sub(r"\1", body)), hidden=[".footnote-backref"])
    if "title" not in meta:
        meta["title"] = [one.title for one in marked.headings if one.level == 1][:1]
    yield from flow.events(_flow(marked), _metadata("markdown", marked, meta), limits, warnings)


def _flow(marked: markup.Marked) -> Flow:
    """A file's own pictures lie outside of it, so their marks are replaced."""
    return Flow(marked.text.replace(IMAGE, " "), marked.headings)


def _metadata(kind: str, marked: markup.Marked, meta: Mapping[str, list[str]]) -> Metadata:
    def first(*names: str) -> Iterator[str]:
        return (value for name in names for value in meta.get(name, []))

    def one(*names: str) -> str | None:
        return next(filter(None, map(fields.line, first(*names))), None)

    keywords = ";".join(first("subject", "subjects", "keywords", "tags", "tag"))
    return Metadata(
        kind,
        title=one("title"),
        subtitle=one("subtitle"),
        authors=fields.names(first("author", "authors", "creator")),
        contributors=tuple(Contributor(name, "ctb") for name in fields.names(first("contributor"))),
        language=fields.language(*first("language", "lang", "locale"), marked.language),
        publication_date=fields.date(*first("date", "issued", "publication_date", "published_time", "release_date")),
        series=one("series", "belongs-to-collection"),
        series_index=fields.number(one("series_index", "series-index", "group-position")),
        publisher=one("publisher"),
        subjects=fields.several([keywords.replace(",", ";")]),
        description=next(first("description", "abstract"), "").strip() or None,
        isbn=fields.isbn(*first("isbn", "identifier")),
    )


def _front_matter(text: str, warnings: WarningLog) -> tuple[dict[str, list[str]], str]:
    """The metadata at the top of a Markdown file, each value a list of texts, and what follows."""
    if block := _TITLE_BLOCK.match(text):
        title, authors, date = (" ".join((part or "").split("\n")) for part in block.groups())
        return {"title": [title], "author": [authors], "date": [date]}, text[block.end() :]
    front = _FRONT_MATTER.match(text)
    if front is None or len(front[1]) > _MAX_FRONT_MATTER:
        return {}, text
    return {name: list(_texts(value)) for name, value in _yaml(front[1], warnings).items()}, text[front.end() :]


def _yaml(block: str, warnings: WarningLog) -> dict[str, Any]:
    """The mapping of a YAML block; of one that is not YAML, its lines of `name: value`."""
    import yaml

    try:
        found = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - texts, lists and mappings only
    except (yaml.YAMLError, RecursionError):
        found = None
    if isinstance(found, dict):
        return {str(name).lower(): value for name, value in found.items()}
    warnings.add("front_matter_damaged")
    pairs = (line.partition(":") for line in block.splitlines())
    return {name.strip().lower(): value.strip().strip("\"'") for name, colon, value in pairs if colon and value.strip()}


def _texts(value: Any, depth: int = 3) -> Iterator[str]:
    """The texts in a value of front matter: itself, those of a list, or what a mapping calls name or text."""
    if isinstance(value, str):
        yield value[: fields.MAX_DESCRIPTION]
    elif isinstance(value, list) and depth:
        for one in value[:50]:
            yield from _texts(one, depth - 1)
    elif isinstance(value, dict):
        named = value.get("name") or value.get("text") or value.get("title") or value.get("main")
        yield from _texts(named, depth - 1) if depth else ()
