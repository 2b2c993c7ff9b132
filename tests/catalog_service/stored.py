"""Puts into a library what only jobs make."""

import io
import uuid
from datetime import UTC, datetime

from catalog_service import checksums
from catalog_service.jobs.tables import Job, JobEvent, JobPart, Part, Summary


def add_summary(library, summaries, book_id, audio=None, document=None):
    """A summary that a job made, with its parts, and `audio` if any; its id."""
    summary_id, job_id = uuid.uuid4().hex, uuid.uuid4().hex
    document = document or f'{{"id": "{summary_id}", "summary": "About a lamp."}}'
    name, size = summaries.keep_audio(io.BytesIO(audio)) if audio else (None, None)
    captions = "WEBVTT" if audio else None
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    Summary.insert(
        id=summary_id,
        book_id=book_id,
        document=document,
        audio=name,
        audio_bytes=size,
        captions=captions,
        created_at=now,
        checksum=checksums.of_summary(summary_id, book_id, document, name, captions),
    ).execute()
    Job.insert(
        id=job_id,
        book_id=book_id,
        request="{}",
        request_key=job_id,
        state="succeeded",
        max_attempts=3,
        summary_id=summary_id,
        created_at=now,
    ).execute()
    output = f'{{"text": "The part {job_id} of a lamp."}}'
    key = job_id * 2
    sums = checksums.of_part(key, output)
    Part.insert(key=key, kind="chunk", made_by="m", output=output, seconds=1.0, created_at=now, checksum=sums).execute()
    JobPart.insert(job_id=job_id, position="1", key=key).execute()
    JobEvent.insert(job_id=job_id, id=1, type="state", data='{"type": "state", "state": "succeeded"}').execute()
    return summary_id
