"""The tables of jobs as peewee models. The migration makes them; these only name them."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, DoubleField, IntegerField, Model, TextField


class Job(Model):
    """A piece of work on one book. Times named `_at` are ISO 8601, the others epoch seconds."""

    id = TextField(primary_key=True)
    book_id = BigIntegerField()
    request = TextField()
    request_key = TextField()
    state = TextField()
    stage = TextField(null=True)
    made_by = TextField(null=True)
    parallel = IntegerField(default=1)
    parts_done = IntegerField(default=0)
    parts_total = IntegerField(null=True)
    attempts = IntegerField(default=0)
    max_attempts = IntegerField()
    not_before = DoubleField(default=0.0)
    waiting_reason = TextField(null=True)
    lease_owner = TextField(null=True)
    lease_until = DoubleField(null=True)
    last_event = IntegerField(default=0)
    summary_id = TextField(null=True)
    degraded = TextField(null=True)
    problem = TextField(null=True)
    created_at = TextField()
    started_at = TextField(null=True)
    finished_at = TextField(null=True)

    class Meta:
        table_name = "jobs"


class Part(Model):
    """A finished part, under the hash of all that went into it; shared by every job that needs the same."""

    key = TextField(primary_key=True)
    kind = TextField()
    made_by = TextField()
    output = TextField()
    seconds = DoubleField()
    created_at = TextField()
    checksum = BigIntegerField(default=0)

    class Meta:
        table_name = "parts"


class JobPart(Model):
    """Which part stands at which place of a job."""

    job_id = TextField()
    position = TextField()
    key = TextField()

    class Meta:
        table_name = "job_parts"
        primary_key = CompositeKey("job_id", "position")


class JobEvent(Model):
    """Something that happened to a job; ids count from 1 in each job."""

    job_id = TextField()
    id = IntegerField()
    type = TextField()
    data = TextField()

    class Meta:
        table_name = "job_events"
        primary_key = CompositeKey("job_id", "id")


class Summary(Model):
    """What a job made: the document, and the name of its audio file."""

    id = TextField(primary_key=True)
    book_id = BigIntegerField()
    document = TextField()
    audio = TextField(null=True)
    audio_bytes = BigIntegerField(null=True)
    captions = TextField(null=True)
    created_at = TextField()
    checksum = BigIntegerField(default=0)

    class Meta:
        table_name = "summaries"


MODELS = (Job, Part, JobPart, JobEvent, Summary)
