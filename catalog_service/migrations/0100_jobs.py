"""Jobs, their parts and events, and the summaries they make."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

_TABLES = (
    """
    CREATE TABLE summaries (
        id TEXT PRIMARY KEY,
        book_id BIGINT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
        document TEXT NOT NULL,
        audio TEXT,
        audio_bytes BIGINT,
        captions TEXT,
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX summaries_by_book ON summaries (book_id, created_at)",
    """
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        book_id BIGINT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
        request TEXT NOT NULL,
        request_key TEXT NOT NULL,
        state TEXT NOT NULL,
        stage TEXT,
        made_by TEXT,
        parallel INTEGER NOT NULL DEFAULT 1,
        parts_done INTEGER NOT NULL DEFAULT 0,
        parts_total INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        max_attempts INTEGER NOT NULL,
        not_before DOUBLE PRECISION NOT NULL DEFAULT 0,
        waiting_reason TEXT,
        lease_owner TEXT,
        lease_until DOUBLE PRECISION,
        last_event INTEGER NOT NULL DEFAULT 0,
        summary_id TEXT REFERENCES summaries (id) ON DELETE SET NULL,
        degraded TEXT,
        problem TEXT,
        created_at TEXT NOT NULL,
        started_at TEXT,
        finished_at TEXT
    )""",
    "CREATE UNIQUE INDEX jobs_unfinished ON jobs (request_key) WHERE state IN ('queued', 'running')",
    "CREATE INDEX jobs_by_request ON jobs (request_key, created_at)",
    "CREATE INDEX jobs_by_state ON jobs (state, not_before)",
    "CREATE INDEX jobs_by_book ON jobs (book_id, created_at)",
    """
    CREATE TABLE parts (
        key TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        made_by TEXT NOT NULL,
        output TEXT NOT NULL,
        seconds DOUBLE PRECISION NOT NULL,
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX parts_by_maker ON parts (made_by, created_at)",
    """
    CREATE TABLE job_parts (
        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        position TEXT NOT NULL,
        key TEXT NOT NULL REFERENCES parts (key),
        PRIMARY KEY (job_id, position)
    )""",
    "CREATE INDEX job_parts_by_key ON job_parts (key)",
    """
    CREATE TABLE job_events (
        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        id INTEGER NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (job_id, id)
    )""",
)


def up(migrator: SchemaMigrator, db: Database) -> None:
    for statement in _TABLES:
        db.execute_sql(statement)  # type: ignore[no-untyped-call]


def down(migrator: SchemaMigrator, db: Database) -> None:
    for table in ("job_events", "job_parts", "parts", "jobs", "summaries"):
        db.execute_sql(f"DROP TABLE {table}")  # type: ignore[no-untyped-call]
