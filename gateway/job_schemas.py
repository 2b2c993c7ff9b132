"""What the public routes of jobs take and answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from gateway.schemas import ENGINE_FIELD, LENGTH_FIELD, Engine, Length
from servicekit.problems import UNSHOWN
from servicekit.schemas import Body, Model

MAX_NUMBER = 2**31 - 1
Number = Annotated[int, Field(ge=1, le=MAX_NUMBER)]
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class ChapterScope(Body):
    """One chapter."""

    chapter: Number = Field(description="The chapter's number, from 1.")


class PagesScope(Body):
    """Some pages."""

    pages: tuple[Number, Number] = Field(strict=False, description="The first page and the last one.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.pages[1] < self.pages[0]:
            raise ValueError("pages must be the first page and the last one, in this order")
        return self


def _kind_of_scope(given: Any) -> str | None:
    """Which scope is meant, so that errors speak of that one alone."""
    if given == "book":
        return f"{UNSHOWN}book"
    members = given if isinstance(given, dict) else vars(given) if isinstance(given, Body) else {}
    return next((f"{UNSHOWN}{member}" for member in ("chapter", "pages") if member in members), None)


Scope = Annotated[
    Annotated[Literal["book"], Tag(f"{UNSHOWN}book")]
    | Annotated[ChapterScope, Tag(f"{UNSHOWN}chapter")]
    | Annotated[PagesScope, Tag(f"{UNSHOWN}pages")],
    Discriminator(
        _kind_of_scope,
        custom_error_type="scope",
        custom_error_message='must be "book", {"chapter": n} or {"pages": [first, last]}',
    ),
]


class SummaryOrder(Body):
    """What to make of a book."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"scope": "book", "length": "medium", "points": 5, "audio": True}}
    )

    scope: Scope = Field("book", description="The book, a chapter or some pages.")
    engine: Engine = ENGINE_FIELD
    length: Length = LENGTH_FIELD
    points: int = Field(5, ge=0, le=30, description="How many key points at most; 0 for none.")
    audio: bool = Field(False, description="Whether the summaries are to be spoken as well.")


class RecapQuery(Model):
    """Where the reader is."""

    page: int = Field(ge=2, le=MAX_NUMBER, description="The page about to be read: nothing from it on is told.")
    length: Length = LENGTH_FIELD
    engine: Engine = ENGINE_FIELD


class JobPath(Model):
    """Names a job."""

    job_id: str = Field(max_length=64, description="The job's id.")


class SummaryPath(Model):
    """Names a stored summary."""

    summary_id: str = Field(max_length=64, description="The summary's id.")


class SummariesQuery(Model):
    """Paging of a list."""

    page: int = Field(1, ge=1, le=MAX_NUMBER, description="Which page of the list, from 1.")
    per_page: int = Field(20, ge=1, le=100, description="Entries on each page of the list.")


class JobsQuery(SummariesQuery):
    """Which jobs."""

    state: State | None = Field(None, description="Only jobs in this state.")
    book_id: Number | None = Field(None, description="Only jobs on this book.")


class PreferHeader(Model):
    """How long to wait."""

    model_config = ConfigDict(extra="ignore")

    prefer: str | None = Field(None, alias="Prefer", description="`wait=N`: wait up to N seconds for the result.")


class LastEventHeader(Model):
    """Where to go on."""

    model_config = ConfigDict(extra="ignore")

    last_event_id: str | None = Field(None, alias="Last-Event-ID", description="The last event seen.")


class Waiting(Model):
    """Why a job waits."""

    model_config = ConfigDict(extra="allow")

    reason: str
    seconds: float = Field(description="Until it is tried again.")


class Job(Model):
    """A job."""

    model_config = ConfigDict(extra="allow")

    id: str
    book_id: int
    state: State
    stage: str | None = Field(description="`reading`, `parts`, `chapters`, `book`, `points`, `support` or `speech`.")
    parts_done: int
    parts_total: int | None = Field(description="Known once the book has been read.")
    eta_s: float | None = Field(description="Seconds left, from how long such parts took on this machine before.")
    attempts: int = Field(description="Attempts since it last got further.")
    max_attempts: int
    waiting: Waiting | None
    degraded: str | None = Field(description="Why the extractive engine answered instead of the wanted one.")
    problem: dict[str, Any] | None = Field(description="Why it failed.")
    request: dict[str, Any]
    result: str | None = Field(description="The path of what it made.")
    created_at: str
    started_at: str | None
    finished_at: str | None


class Sentence(Model):
    """A sentence and what it rests on."""

    model_config = ConfigDict(extra="allow")

    text: str
    pages: list[int] = Field(description="The pages of the stretch of the book that bears it out best.")
    support: float = Field(ge=0, le=1, description="How far that stretch bears it out; 1 for the book's own sentence.")
    supported: bool = Field(description="False for a sentence that the book does not bear out.")


class ChapterSummary(Model):
    """A chapter's summary."""

    model_config = ConfigDict(extra="allow")

    number: int
    title: str
    first_page: int
    last_page: int
    summary: str
    sentences: list[Sentence]


class Mark(Model):
    """Where a chapter begins in the audio."""

    title: str
    start_s: float


class Audio(Model):
    """The spoken summary."""

    model_config = ConfigDict(extra="allow")

    seconds: float
    bytes: int
    type: str
    chapters: list[Mark]


class BookSummary(Model):
    """What a job made of a book."""

    model_config = ConfigDict(extra="allow")

    id: str
    book_id: int
    title: str
    scope: Any
    engine: str
    model: str
    length: Length
    degraded: bool
    degraded_reason: str | None
    summary: str
    sentences: list[Sentence]
    points: list[Sentence]
    chapters: list[ChapterSummary]
    unsupported: int = Field(description="How many sentences the book does not bear out.")
    audio: Audio | None = None
    created_at: str
