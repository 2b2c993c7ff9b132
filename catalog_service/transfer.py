"""Takes a whole library out as NDJSON and files, and puts it back, into SQLite or PostgreSQL alike."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peewee import Model, chunked

from catalog_service import indexing
from catalog_service.database import is_sqlite, query
from catalog_service.library import Library
from catalog_service.tables import Book, Chapter, Counter, Page

RECORDS = "catalog.ndjson"
VERSION = 1
_KINDS: dict[str, type[Model]] = {"book": Book, "page": Page, "chapter": Chapter}
_ROWS_AT_ONCE = 100


class TransferError(Exception):
    """Why nothing was restored, or the export could not be written; for the operator."""


def export(library: Library, target: Path) -> dict[str, int]:
    """Write every book, page, chapter and file to a new folder; return how many of each.

    The last record says how many there are: an export without it is not complete.

    Raises:
        TransferError: the folder is there already, or a file is missing.
    """
    try:
        (target / "files").mkdir(parents=True)
    except FileExistsError:
        raise TransferError(f"{target} exists already: choose a new folder") from None
    counts = dict.fromkeys((*_KINDS, "file"), 0)
    with library.db.atomic(), (target / RECORDS).open("w", encoding="utf-8") as out:
        for kind, row in _rows():
            out.write(json.dumps({"kind": kind, **row}, ensure_ascii=False) + "\n")
            counts[kind] += 1
            if kind == "book" and row["file_sha256"]:
                _copy(library.files.path(row["file_sha256"]), target / "files" / row["file_sha256"])
                counts["file"] += 1
        out.write(json.dumps({"kind": "end", "version": VERSION, "counts": counts}) + "\n")
        out.flush()
        os.fsync(out.fileno())
    return counts


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, model in _KINDS.items():
        names = [field.column_name for field in model._meta.sorted_fields if (kind, field.name) != ("page", "id")]
        columns = [getattr(model, field.name) for field in model._meta.sorted_fields if field.column_name in names]
        for row in model.select(*columns).tuples().iterator():
            yield kind, dict(zip(names, row, strict=True))


def restore(library: Library, source: Path) -> dict[str, int]:
    """Put an export into an empty library, all or nothing; return how many of each kind.

    Raises:
        TransferError: the library has books, or the export is damaged or not complete.
    """
    if library.books.listed(1, 1)[1]:
        raise TransferError("the library is not empty: restore into a new one")
    counts = _checked(source)
    _place_files(library, source)
    with library.db.atomic():
        for kind, model in _KINDS.items():
            for batch in chunked(_records(source, kind), _ROWS_AT_ONCE):
                model.insert_many(batch).execute()
        Counter.update(value=counts["book"]).where(Counter.name == "books").execute()
        if not is_sqlite(library.db):
            query(library.db, "SELECT setval('books_id_seq', GREATEST((SELECT max(id) FROM books), 1))")
            indexing.fill_postgresql(library.db)
    return counts


def _checked(source: Path) -> dict[str, int]:
    """The counts that the export claims, which it must hold."""
    found = dict.fromkeys(_KINDS, 0)
    try:
        with (source / RECORDS).open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record["kind"] == "end":
                    counts: dict[str, int] = record["counts"]
                    if record["version"] != VERSION or any(counts[kind] != found[kind] for kind in found):
                        break
                    return counts
                found[record["kind"]] += 1
    except (OSError, ValueError, KeyError, TypeError):
        raise TransferError(f"{source / RECORDS} cannot be read") from None
    raise TransferError(f"{source / RECORDS} is not complete")


def _place_files(library: Library, source: Path) -> None:
    for record in _records(source, "book"):
        sha256 = record["file_sha256"]
        if not sha256:
            continue
        path = source / "files" / str(sha256)
        try:
            with path.open("rb") as file, library.files.receive(file) as upload:
                if upload.sha256 != sha256:
                    raise TransferError(f"{path} is damaged")
                library.files.keep(upload)
        except FileNotFoundError:
            raise TransferError(f"{path} is missing") from None


def _records(source: Path, kind: str) -> Iterator[dict[str, Any]]:
    with (source / RECORDS).open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record.pop("kind") == kind:
                yield record


def _copy(source: Path, target: Path) -> None:
    digest = hashlib.sha256()
    try:
        with source.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except FileNotFoundError:
        raise TransferError(f"the file {source.name} is missing: run check") from None
    if digest.hexdigest() != source.name:
        raise TransferError(f"the file {source.name} is damaged: run check")
    if not target.exists():
        shutil.copyfile(source, target)
