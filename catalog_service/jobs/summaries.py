"""What jobs made: documents in the database, audio in files. Knows no HTTP."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from peewee import Database

from catalog_service import checksums
from catalog_service.files import FileStore
from catalog_service.jobs.results import Results
from catalog_service.jobs.tables import MODELS, Job, Summary
from servicekit.problems import NotFound

SETTLED_S = 3600.0


@dataclass(frozen=True)
class Audio:
    """A spoken summary: an MP3 file and its captions as WebVTT."""

    path: Path
    sha256: str
    captions: str


class Summaries:
    """Thread-safe. `audio` keeps the MP3 files."""

    def __init__(self, db: Database, audio: FileStore) -> None:
        self._files = audio
        db.bind(MODELS)

    def of_book(self, book_id: int, page: int, per_page: int) -> tuple[list[str], int]:
        """The documents of a book as JSON texts, the newest first, one page of them, and how many there are."""
        wanted = Summary.select().where(Summary.book_id == book_id)
        rows = wanted.order_by(Summary.created_at.desc(), Summary.id).paginate(page, per_page)
        return [_checked(row).document for row in rows], int(wanted.count())

    def document(self, summary_id: str) -> str:
        """A document as JSON text.

        Raises:
            NotFound: there is no such summary.
        """
        return str(self._row(summary_id).document)

    def audio(self, summary_id: str) -> Audio:
        """The audio of a summary.

        Raises:
            NotFound: there is no such summary, or it was made without audio.
            StoredDataDamaged: it does not match its checksum.
        """
        row = self._row(summary_id)
        if row.audio is None:
            raise NotFound("This summary has no audio. Ask for one with audio: true.")
        path = self._files.path(row.audio)
        if not checksums.intact(path, row.audio):
            raise checksums.damaged_summary(summary_id)
        return Audio(path, row.audio, row.captions or "WEBVTT\n")

    def delete(self, summary_id: str) -> None:
        """Delete a summary; an equal request makes it anew, from the parts that are kept.

        Raises:
            NotFound: there is no such summary.
        """
        row = Summary.get_or_none(Summary.id == summary_id)
        if row is None or not Summary.delete().where(Summary.id == summary_id).execute():
            raise _nothing(summary_id)
        Job.update(summary_id=None).where(Job.summary_id == summary_id).execute()
        with self._files.lock():
            Results([], [(row.audio, row.created_at)] if row.audio else []).remove_audio(self._files)

    def keep_audio(self, stream: IO[bytes]) -> tuple[str, int]:
        """Store an audio file; its name, which is its SHA-256, and its size in bytes."""
        with self._files.receive(stream) as upload, self._files.lock():
            self._files.keep(upload)
            os.utime(self._files.path(upload.sha256))
            return upload.sha256, upload.size

    def tidy(self) -> None:
        """Remove audio that no summary refers to, unless a job may have sent it just now."""
        with self._files.lock():
            used = {row.audio for row in Summary.select(Summary.audio).where(Summary.audio.is_null(False))}
            for name in set(self._files.all()) - used:
                if time.time() - self._files.path(name).stat().st_mtime > SETTLED_S:
                    self._files.remove(name)

    def _row(self, summary_id: str) -> Summary:
        row: Summary | None = Summary.get_or_none(Summary.id == summary_id)
        if row is None:
            raise _nothing(summary_id)
        return _checked(row)


def _checked(row: Summary) -> Summary:
    if row.checksum != checksums.of_summary(row.id, row.book_id, row.document, row.audio, row.captions):
        raise checksums.damaged_summary(row.id)
    return row


def _nothing(summary_id: str) -> NotFound:
    return NotFound(f"There is no summary {summary_id[:64]}. GET /books/{{id}}/summaries lists a book's.")
