"""Takes a whole library out as NDJSON and files, and puts it back, into SQLite or PostgreSQL alike.

An export shows one moment, and stops nobody: rows come from a snapshot, and files, which never change, are linked.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from peewee import Model, chunked

from catalog_service import checksums, indexing
from catalog_service.database import is_sqlite, query, snapshot
from catalog_service.files import FileStore
from catalog_service.jobs.tables import Job, JobEvent, JobPart, Part, Summary
from catalog_service.library import Library
from catalog_service.tables import Book, Chapter, Counter, Import, Page, Receipt

RECORDS = "catalog.ndjson"
VERSION = 2  # 1 had only books, pages, chapters and their files
# In the order of their references.
_KINDS: dict[str, type[Model]] = {
    "book": Book,
    "page": Page,
    "chapter": Chapter,
    "receipt": Receipt,
    "import": Import,
    "summary": Summary,
    "job": Job,
    "part": Part,
    "job_part": JobPart,
    "job_event": JobEvent,
}
# Which column of which kind names the files of a folder.
_FILES = {"files": ("book", "file_sha256"), "audio": ("summary", "audio"), "pending": ("import", "sha256")}
_NAMES = {"files": "file", "audio": "audio file", "pending": "pending file"}
_CHECKED: dict[str, tuple[Callable[..., int], tuple[str, ...]]] = {
    "page": (checksums.of_page, ("book_id", "revision", "number", "text", "problem", "images")),
    "summary": (checksums.of_summary, ("id", "book_id", "document", "audio", "captions")),
    "part": (checksums.of_part, ("key", "output")),
}
_ROWS_AT_ONCE = 100
_MOST_TRIES = 5
Record = dict[str, Any]


class TransferError(Exception):
    """Why nothing was restored, or the export could not be written; for the operator."""


def export(library: Library, target: Path) -> dict[str, int]:
    """Write everything to a new folder, and read it again to verify it; return how many of each kind.

    The last record says how many there are: an export without it is not complete.

    Raises:
        TransferError: the folder exists, or something in the library is missing or damaged.
    """
    try:
        target.mkdir(parents=True)
    except FileExistsError:
        raise TransferError(f"{target} exists already: choose a new folder") from None
    for _ in range(_MOST_TRIES):
        _link_files(library, target)
        with snapshot(library.db):
            counts = _write_records(target)
            if _link_named(library, target):
                return verify(target)
            found = counts
    raise TransferError(f"of {found['book']} books, one has no file, or books are deleted too fast: run check")


def _link_files(library: Library, target: Path) -> None:
    """Link every file there is, so that a book that is deleted meanwhile has its file in the export."""
    for folder, files in _stores(library).items():
        (target / folder).mkdir(exist_ok=True)
        for sha256 in files.all():
            _link(files.path(sha256), target / folder / sha256)


def _link_named(library: Library, target: Path) -> bool:
    """Link the files that came since, and drop those that no record names; False if one is gone already."""
    for folder, files in _stores(library).items():
        named = set(_named(target, folder))
        for sha256 in named:
            _link(files.path(sha256), target / folder / sha256)
            if not (target / folder / sha256).exists():
                return False
        for path in (target / folder).iterdir():
            if path.name not in named:
                path.unlink()
    return True


def _stores(library: Library) -> dict[str, FileStore]:
    return {"files": library.files, "audio": library.audio, "pending": library.pending}


def _link(source: Path, target: Path) -> None:
    """Give a file a second name; on another disk, copy it. One that is gone or has it already is left alone."""
    with contextlib.suppress(FileNotFoundError, FileExistsError):
        try:
            os.link(source, target)
        except OSError as error:
            if isinstance(error, FileNotFoundError | FileExistsError):
                raise
            shutil.copyfile(source, target)


def _write_records(target: Path) -> dict[str, int]:
    counts = dict.fromkeys(_KINDS, 0)
    digest = hashlib.blake2b()
    with (target / RECORDS).open("wb") as out:
        for kind, row in _rows():
            line = _line({"kind": kind, "row": row})
            digest.update(line)
            out.write(line)
            counts[kind] += 1
        out.write(_line({"kind": "end", "version": VERSION, "counts": counts, "blake2b": digest.hexdigest()}))
        out.flush()
        os.fsync(out.fileno())
    return counts


def _line(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _rows() -> Iterator[tuple[str, Record]]:
    for kind, model in _KINDS.items():
        for row in _rows_of(model):
            if kind == "page":
                del row["id"]
            yield kind, row


def _rows_of(model: type[Model]) -> Iterator[Record]:
    """The rows of a table in the order of its key, some at a time."""
    meta: Any = model._meta
    names = [field.column_name for field in meta.sorted_fields]
    keys = [field.column_name for field in meta.get_primary_keys()]
    order = ", ".join(keys)
    select = f"SELECT {', '.join(names)} FROM {meta.table_name}{{}} ORDER BY {order} LIMIT {_ROWS_AT_ONCE}"  # noqa: S608
    behind = f" WHERE ({order}) > ({', '.join('?' * len(keys))})"
    rows = query(meta.database, select.format("")).fetchall()
    while rows:
        for row in rows:
            record = dict(zip(names, row, strict=True))
            last = [record[key] for key in keys]
            yield record
        rows = query(meta.database, select.format(behind), last).fetchall()


def verify(source: Path) -> dict[str, int]:
    """Read an export, and compare it with its own counts and checksums; return how many it has of each kind.

    Raises:
        TransferError: it is damaged or not complete.
    """
    counts = _verify_records(source)
    for folder, name in _NAMES.items():
        named = set(_named(source, folder))
        counts[name] = len(named)
        for sha256 in named:
            path = source / folder / sha256
            if not path.exists():
                raise TransferError(f"{path} is missing")
            if not checksums.intact(path, sha256):
                raise TransferError(f"{path} is damaged")
    return counts


def _verify_records(source: Path) -> dict[str, int]:
    found, digest = dict.fromkeys(_KINDS, 0), hashlib.blake2b()
    path = source / RECORDS
    try:
        with path.open("rb") as lines:
            for line in lines:
                kind, record = _parsed(line)
                if kind == "end":
                    _compare_end(path, record, found, digest.hexdigest())
                    return found
                digest.update(line)
                found[kind] += 1
                _verify_record(path, kind, record)
    except (OSError, ValueError, KeyError, TypeError):
        raise TransferError(f"{path} cannot be read") from None
    raise TransferError(f"{path} is not complete")


def _compare_end(path: Path, end: Record, found: dict[str, int], digest: str) -> None:
    if end["version"] > VERSION:
        raise TransferError(f"{path} was written by a newer release: restore it with that one")
    counted = {**found, **end["counts"]}
    if any(counted[kind] != found[kind] for kind in found) or end.get("blake2b", digest) != digest:
        raise TransferError(f"{path} is not complete")


def _verify_record(path: Path, kind: str, record: Record) -> None:
    if kind in _CHECKED and "checksum" in record:
        compute, names = _CHECKED[kind]
        if record["checksum"] != compute(*(record[name] for name in names)):
            place = {name: record[name] for name in names if name in ("id", "key", "book_id", "number")}
            raise TransferError(f"{path}: a {kind} is damaged: {place}")


def restore(library: Library, source: Path) -> dict[str, int]:
    """Put an export into an empty library, all or nothing; return how many of each kind.

    Raises:
        TransferError: the library has books, or the export is damaged or not complete.
    """
    if library.books.listed(1, 1)[1]:
        raise TransferError("the library is not empty: restore into a new one")
    counts = verify(source)
    for folder, files in _stores(library).items():
        for sha256 in _named(source, folder):
            with (source / folder / sha256).open("rb") as file:
                _keep(files, file)
    with library.db.atomic():
        for kind, model in _KINDS.items():
            for batch in chunked((_completed(kind, one) for one in _records(source, kind)), _ROWS_AT_ONCE):
                model.insert_many(batch).execute()
        Counter.update(value=counts["book"]).where(Counter.name == "books").execute()
        if not is_sqlite(library.db):
            query(library.db, "SELECT setval('books_id_seq', GREATEST((SELECT max(id) FROM books), 1))")
            indexing.fill_postgresql(library.db)
    return counts


def _keep(files: FileStore, stream: IO[bytes]) -> None:
    with files.receive(stream) as upload, files.lock():
        files.keep(upload)


def _completed(kind: str, record: Record) -> Record:
    """A record with what exports of version 1 did not have."""
    if kind == "page" and "checksum" not in record:
        compute, names = _CHECKED[kind]
        record["checksum"] = compute(*(record[name] for name in names))
    if kind == "book" and "title_key" not in record:
        record.update(indexing.sort_keys(record))
    return record


def compare(library: Library, source: Path) -> Iterator[str]:
    """How a library differs from an export of it, a line for each kind that does; nothing, if they are equal.

    Raises:
        TransferError: the export is damaged or not complete.
    """
    verify(source)
    for kind, model in _KINDS.items():
        mine, theirs = _digests(kind, _rows_of(model)), _digests(kind, _records(source, kind))
        differ = sum(theirs[key] != digest for key, digest in mine.items() if key in theirs)
        faults = (
            (len(mine.keys() - theirs.keys()), "only in the library"),
            (len(theirs.keys() - mine.keys()), "only in the backup"),
            (differ, "not the same"),
        )
        if shown := ", ".join(f"{count} {what}" for count, what in faults if count):
            yield f"{kind}s: {shown}"


def _digests(kind: str, rows: Iterator[Record]) -> dict[tuple[Any, ...], bytes]:
    keys = ["book_id", "revision", "number"] if kind == "page" else _keys(_KINDS[kind])
    found = {}
    for row in rows:
        if kind == "page":
            row.pop("id", None)
        at = tuple(row[key] for key in keys)
        found[at] = hashlib.blake2b(json.dumps(row, sort_keys=True).encode(), digest_size=16).digest()
    return found


def _keys(model: type[Model]) -> list[str]:
    meta: Any = model._meta
    return [field.column_name for field in meta.get_primary_keys()]


def _named(source: Path, folder: str) -> Iterator[str]:
    kind, column = _FILES[folder]
    return (str(record[column]) for record in _records(source, kind) if record[column])


def _records(source: Path, kind: str) -> Iterator[Record]:
    with (source / RECORDS).open("rb") as lines:
        for line in lines:
            found, record = _parsed(line)
            if found == kind:
                yield record


def _parsed(line: bytes) -> tuple[str, Record]:
    """The kind and the columns of a record; version 1 had no object of their own for them."""
    record: Record = json.loads(line)
    kind = record.pop("kind")
    return kind, record.get("row", record)
