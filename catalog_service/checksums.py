"""Checksums of what is stored: a flipped bit on the disk becomes a problem, never wrong text."""

from __future__ import annotations

import hashlib
from pathlib import Path

from servicekit import logs
from servicekit.problems import StoredDataDamaged

log = logs.get_logger(__name__)


def checksum(*values: object) -> int:
    """64 bits of BLAKE2b over the values, as a signed integer, which every database stores."""
    joined = "\x00".join(map(str, values)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big", signed=True)


def of_page(book_id: int, revision: int, number: int, text: str, problem: str | None, images: str | None) -> int:
    """The checksum of a page: its place is part of it, so that one page cannot be taken for another."""
    return checksum(book_id, revision, number, problem, images, text)


def check_page(
    stored: int | None, book_id: int, revision: int, number: int, text: str, problem: str | None, images: str | None
) -> None:
    """Compare a page that was read with its checksum.

    Raises:
        StoredDataDamaged: it differs.
    """
    if stored != of_page(book_id, revision, number, text, problem, images):
        raise damaged_page(book_id, number)


def damaged_page(book_id: int, number: int) -> StoredDataDamaged:
    """The problem of a page that is not as it was stored; it is logged, too, for the operator."""
    log.error("page_damaged", book_id=book_id, page=number)
    return StoredDataDamaged(
        f"Page {number} of book {book_id} is damaged on the disk. The operator can restore a backup, or delete the "
        "book and import it again: `python -m catalog_service check` lists all damage."
    )


def of_part(key: str, output: str) -> int:
    """The checksum of a job's finished part."""
    return checksum(key, output)


def of_summary(summary_id: str, book_id: int, document: str, audio: str | None, captions: str | None) -> int:
    """The checksum of a summary. Its audio has one in its name."""
    return checksum(summary_id, book_id, audio, captions, document)


def damaged_summary(summary_id: str) -> StoredDataDamaged:
    """The problem of a summary, or its audio, that is not as it was stored; it is logged, too."""
    log.error("summary_damaged", summary_id=summary_id)
    return StoredDataDamaged(
        f"Summary {summary_id} is damaged on the disk. Delete it and order it again, or let the operator restore a "
        "backup."
    )


def intact(path: Path, sha256: str) -> bool:
    """Whether a file exists and has this hash."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False
