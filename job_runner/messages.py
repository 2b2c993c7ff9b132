"""What jobs read of other services' answers, checked: whatever else is in them is let be."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from servicekit.schemas import Model


class Told(Model):
    """An answer; a newer service may say more."""

    model_config = ConfigDict(extra="allow")


class Book(Told):
    """A book's particulars."""

    title: str
    author: str
    language: str | None = None
    revision: int | None = None


class Page(Told):
    """A page's number and text."""

    page_number: int = Field(ge=1)
    text: str


class Text(Told):
    """The pages of a book."""

    pages: list[Page]


class Chapter(Told):
    """Where a chapter is; `first_offset` is where in the text of its first page."""

    title: str | None = None
    first_page: int
    last_page: int
    first_offset: int | None = Field(None, ge=0)


class Chapters(Told):
    """The chapters of a book."""

    chapters: list[Chapter]


class Engine(Told):
    """An engine of a worker."""

    engine: str
    model: str | None = None
    loaded: bool
    selected: bool
    why: str = ""
    limits: dict[str, Any] = Field(default_factory=dict)


class Engines(Told):
    """The engines of a worker."""

    models: list[Engine]


class Job(Told):
    """A job, as far as requests need to know it."""

    id: str
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    result: str | None = None
    problem: dict[str, Any] | None = None
    eta_s: float | None = None


class Written(Told):
    """A summary, or key points."""

    summary: str | None = None
    points: list[str] | None = None


class Summary(Told):
    """A stored summary, as far as the original's routes need to know it."""

    id: str
    engine: str
    model: str
    degraded: bool
    summary: str
    points: list[dict[str, Any]]
