"""What jobs made of one book, so that it goes when the book goes. Its rows of jobs and summaries go by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import chunked

from catalog_service.files import FileStore
from catalog_service.jobs.tables import Job, JobPart, Part, Summary

_KEYS_AT_ONCE = 500


@dataclass(frozen=True)
class Results:
    """The keys of a book's parts, and its audio: the name of a file, and when its summary was stored (ISO 8601)."""

    parts: Sequence[str]
    audio: Sequence[tuple[str, str]]

    def forget_parts(self) -> None:
        """Delete those parts that no job refers to any more. The database must be bound."""
        for keys in chunked(self.parts, _KEYS_AT_ONCE):
            unused = Part.key.in_(keys) & Part.key.not_in(JobPart.select(JobPart.key).where(JobPart.key.in_(keys)))
            Part.delete().where(unused).execute()

    def remove_audio(self, files: FileStore) -> None:
        """Remove those files that no summary refers to any more; call it with the lock of `files`.

        One that arrived again since then belongs to a job that has not ended: it is left alone.
        """
        for name, stored_at in self.audio:
            stored = datetime.fromisoformat(stored_at).timestamp()
            arrived_before = files.path(name).exists() and files.arrived_at(name) <= stored
            if arrived_before and not Summary.select().where(Summary.audio == name).exists():
                files.remove(name)


def of_book(book_id: int) -> Results:
    """What jobs made of a book."""
    jobs = Job.select(Job.id).where(Job.book_id == book_id)
    parts = JobPart.select(JobPart.key).where(JobPart.job_id.in_(jobs)).distinct()
    audio = Summary.select(Summary.audio, Summary.created_at).where(
        (Summary.book_id == book_id) & Summary.audio.is_null(False)
    )
    return Results([row.key for row in parts], [(str(row.audio), row.created_at) for row in audio])
