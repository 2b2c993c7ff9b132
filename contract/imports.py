"""Imports that their clients do not wait for."""

from __future__ import annotations

from pydantic import Field

from contract.events import State
from contract.fields import JobId
from servicekit.schemas import Model, Problem


class ImportPath(Model):
    """Names an import."""

    import_id: JobId


class Import(Model):
    """The import of a file. It holds nothing of what the file says: that is for whoever may read the book."""

    id: str = Field(examples=["0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b"])
    state: State = Field(examples=["running"])
    source: str = Field(description="The name of the file.", examples=["time-machine.pdf"])
    pages_done: int = Field(ge=0, description="Pages that have been read.", examples=[12])
    pages_total: int | None = Field(description="Known early for formats that have pages.", examples=[112])
    attempts: int = Field(ge=0, description="How often reading it was begun.", examples=[1])
    book_id: int | None = Field(description="The book, once it has succeeded.", examples=[None])
    book: str | None = Field(description="The path of the book.", examples=[None])
    problem: Problem | None = Field(description="Why it failed; null otherwise.", examples=[None])
    created_at: str = Field(examples=["2026-11-26T21:00:00.000000Z"])
    started_at: str | None = Field(examples=["2026-11-26T21:00:00.100000Z"])
    finished_at: str | None = Field(examples=[None])
