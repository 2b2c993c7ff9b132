"""Reads Markdown. The only module that imports markdown_it and yaml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bookreader import encodings, fields, flow, markup, web
from bookreader.document import Event, WarningLog
from bookreader.limits import Limits
from bookreader.plain import tidy

_MAX_FRONT_MATTER = 65_536
_YAML = re.compile(r"\A\ufeff?\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\ufeff?\s*\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADER = re.compile(
    r"\A(?=title:|author:|date:)((?:[a-z][\w -]{0,30}:[ \t]*+\S.*\n(?:[ \t]+\S.*\n)*)+)\n", re.IGNORECASE
)
_TITLE_BLOCK = re.compile(r"\A%[ \t]*(.*(?:\n[ \t]+.+)*)(?:\n%[ \t]*(.*(?:\n[ \t]+.+)*))?(?:\n%[ \t]*(.*))?\n")
_ATTRIBUTES = re.compile(r"^(#{1,6}[^\n]*?)[ \t]*\{[^{}\n]*\}[ \t]*$|^:::+.*$", re.MULTILINE)


def read(path: Path, limits: Limits) -> Iterator[Event]:
    """The events of a Markdown file, with front matter in YAML or TOML, or a header as pandoc or MultiMarkdown read it.

    Raises:
        FileProblemError: it has no text, or is over a limit.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    decoded, warnings = encodings.read(path.read_bytes()), WarningLog()
    decoded.warn(warnings)
    text = tidy(decoded.text)
    meta, body = _front_matter(text, warnings)
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
    marked = markup.read(parser.render(_ATTRIBUTES.sub(r"\1", body)), hidden=[".footnote-backref"])
    if not meta.get("title"):
        meta["title"] = [one.title for one in marked.headings if one.level == 1][:1]
    metadata = web.metadata("markdown", meta, marked.language)
    yield from flow.events(web.own_flow(marked), metadata, limits, warnings)


def _front_matter(text: str, warnings: WarningLog) -> tuple[dict[str, list[str]], str]:
    """The metadata at the top, each value a list of texts, and what follows."""
    head = text[:_MAX_FRONT_MATTER]
    if block := _TITLE_BLOCK.match(head):
        title, authors, date = (" ".join((part or "").split("\n")) for part in block.groups())
        return {"title": [title], "author": [authors], "date": [date]}, text[block.end() :]
    for pattern in (_YAML, _TOML, _HEADER):
        if front := pattern.match(head):
            found = _mapping(front[1], pattern is _TOML, warnings)
            return {name.lower(): list(_texts(value)) for name, value in found.items()}, text[front.end() :]
    return {}, text


def _mapping(block: str, is_toml: bool, warnings: WarningLog) -> dict[str, Any]:
    """The names and values of front matter; if it cannot be parsed, those of its lines."""
    import yaml

    found: Any = None
    try:
        # The base loader makes texts, lists and mappings only.
        found = tomllib.loads(block) if is_toml else yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        warnings.add("front_matter_damaged")
    if isinstance(found, dict):
        return {str(name): value for name, value in found.items()}
    pairs = (line.partition(":") for line in block.splitlines())
    return {name.strip(): value.strip().strip("\"'") for name, colon, value in pairs if colon and value.strip()}


def _texts(value: Any, depth: int = 3) -> Iterator[str]:
    """The texts in a value of front matter: itself, those of a list, or what a mapping calls name or text."""
    if isinstance(value, list) and depth:
        for one in value[:50]:
            yield from _texts(one, depth - 1)
    elif isinstance(value, dict):
        named = value.get("name") or value.get("text") or value.get("title") or value.get("main")
        yield from _texts(named, depth - 1) if depth else ()
    elif value is not None and not isinstance(value, list):
        yield str(value)[: fields.MAX_DESCRIPTION]
