"""Stage 1: a folder of UTF-8 texts, from Project Gutenberg's mirrors or from a folder at hand.

Writes ID.txt (without the licence) and books.jsonl, a line for each book once its text is on disk.
A book that is there is not fetched again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bookreader.document import FileProblemError
from bookreader.plain import read_text
from training import books, files, gutenberg
from training.config import ScrapeConfig
from training.errors import NoData
from training.fetch import Fetcher
from training.progress import bar

Book = dict[str, Any]


def main(config: ScrapeConfig) -> dict[str, Any]:
    """Fill the output folder; return how many books are there. Raises SourceFailed, NoData, DiskFull."""
    done = files.finished("scrape", config)
    if done is not None:
        return done
    config.out.mkdir(parents=True, exist_ok=True)
    have = _have(config.out)
    missing = _from_folder(config, have) if config.from_dir else _from_gutenberg(config, have)
    absent = 0
    for book, body in missing:
        if body is None:
            absent += 1
            continue
        files.write_text(config.out / f"{book['id']}.txt", body + "\n")
        _append(config.out / "books.jsonl", book)
        have[book["id"]] = book
    if not have:
        where = f"authors {config.authors} of {config.catalogue_url}" if config.from_dir is None else config.from_dir
        raise NoData(f"0 texts from {where}")
    return files.finish("scrape", config, {"books": len(have), "without_text": absent})


def _have(out: Path) -> dict[str, Book]:
    """What an earlier run completed; a line truncated by a crash is dropped, so that the book is fetched again."""
    path = out / "books.jsonl"
    if not path.exists():
        return {}
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        files.write_bytes(path, whole)
    return {book["id"]: book for book in files.read_lines(path) if (out / f"{book['id']}.txt").exists()}


def _append(path: Path, book: Book) -> None:
    with files.disk_checked(path.parent), path.open("ab") as file:
        file.write((json.dumps(book, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())


def _from_folder(config: ScrapeConfig, have: dict[str, Book]) -> Iterator[tuple[Book, str | None]]:
    assert config.from_dir is not None
    for path in bar(files.texts(config.from_dir)[: config.limit], "texts", config.quiet):
        if path.stem not in have:
            text = books.read_file(path)
            author = "; ".join(text.authors) or None
            book = {"id": path.stem, "title": text.title or path.stem, "author": author, "source": path.name}
            yield book, text.text.strip() or None


def _from_gutenberg(config: ScrapeConfig, have: dict[str, Book]) -> Iterator[tuple[Book, str | None]]:
    fetcher = Fetcher(config)
    entries = gutenberg.entries(_catalogue(config, fetcher), config.authors, config.language)
    for entry in bar(entries[: config.limit], "books", config.quiet):
        if str(entry.id) not in have:
            source, text = _text(fetcher, config.text_urls, entry.id)
            book = {"id": str(entry.id), "title": entry.title, "author": entry.author, "source": source}
            yield book, text


def _catalogue(config: ScrapeConfig, fetcher: Fetcher) -> str:
    """The catalogue, fetched once and kept beside the texts."""
    path = config.out / "catalogue.csv"
    if not path.exists():
        raw = fetcher.get(config.catalogue_url)
        if raw is None:
            raise NoData(f"there is no catalogue at {config.catalogue_url}")
        files.write_bytes(path, raw)
    return files.read_text(path)


def _text(fetcher: Fetcher, templates: tuple[str, ...], book_id: int) -> tuple[str | None, str | None]:
    """The first URL that has the book as text, and the text without licence."""
    for template in templates:
        url = template.format(id=book_id, folders=gutenberg.folders(book_id))
        raw = fetcher.get(url)
        if raw is not None:
            with contextlib.suppress(FileProblemError):
                return url, read_text(raw).text.strip()
    return None, None
