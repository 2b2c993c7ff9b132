"""Server-sent events: one vocabulary for imports, generation and jobs. `data` is one of these, told apart by `type`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from contract.books import Book
from contract.generation import Points, Summary
from servicekit.schemas import Model, Problem

State = TypeAliasType("State", Literal["queued", "running", "succeeded", "failed", "cancelled"])
Stage = TypeAliasType("Stage", Literal["reading", "parts", "chapters", "book", "points", "support", "speech"])


class Event(Model):
    """An event; `type` is also the `event` line of the stream."""

    type: str


class ProgressEvent(Event):
    """How far the work is."""

    type: Literal["progress"] = "progress"
    done: int = Field(ge=0, examples=[12])
    total: int | None = Field(description="Null while it is not known.", examples=[61])
    unit: Literal["pages", "parts"] = Field(examples=["parts"])


class TokenEvent(Event):
    """The next piece of the answer: of a model's, a sentence that passed the checks, or a point."""

    type: Literal["token"] = "token"
    text: str = Field(examples=["The lamp"])


class RestartEvent(Event):
    """The tokens so far are void: the answer as a whole did not pass the checks, and another follows."""

    type: Literal["restart"] = "restart"
    reason: str = Field(examples=["the model's answer did not pass the checks: unsupported"])


class PartEvent(Event):
    """A part of a text has been summarised."""

    type: Literal["part"] = "part"
    chapter: int | None = Field(None, description="The chapter it belongs to, of a book.", examples=[1])
    title: str | None = Field(None, description="That chapter's title.", examples=["Introduction"])
    level: int = Field(
        0, ge=0, description="0 for parts of the text, 1 for parts of their summaries, and so on.", examples=[0]
    )
    part: int = Field(ge=1, examples=[2])
    parts: int = Field(ge=1, description="How many there are on this level.", examples=[5])
    summary: str = Field(examples=["The lamp was lit."])


class ChapterEvent(Event):
    """A chapter has been summarised."""

    type: Literal["chapter"] = "chapter"
    number: int = Field(ge=0, examples=[1])
    title: str = Field(examples=["Introduction"])
    first_page: int = Field(ge=1, examples=[1])
    last_page: int = Field(ge=1, examples=[9])
    summary: str = Field(examples=["The lamp was lit."])


class SummaryEvent(Event):
    """The summary of the whole scope is written; its support and its audio follow."""

    type: Literal["summary"] = "summary"
    summary: str = Field(examples=["The lamp was lit."])


class PointsEvent(Event):
    """The key points are written."""

    type: Literal["points"] = "points"
    points: list[str] = Field(examples=[["The lamp was lit."]])


class StateEvent(Event):
    """A job has changed its state; `succeeded`, `failed` and `cancelled` end the stream."""

    type: Literal["state"] = "state"
    state: State = Field(examples=["running"])
    attempt: int | None = Field(None, description="Of `running`: which attempt this is.", examples=[1])
    problem: Problem | None = Field(None, description="Of `failed`: why.", examples=[None])
    summary_id: str | None = Field(None, description="Of `succeeded`: the summary.", examples=[None])


class StageEvent(Event):
    """A job has begun its next stage."""

    type: Literal["stage"] = "stage"
    stage: Stage = Field(examples=["parts"])


class WaitingEvent(Event):
    """A job was put back, because something it needs cannot be reached now."""

    type: Literal["waiting"] = "waiting"
    reason: str = Field(examples=["bart_service cannot be reached"])
    seconds: float = Field(ge=0, description="Until it is tried again.", examples=[4.0])
    attempts: int = Field(ge=0, examples=[3])


class BookDoneEvent(Event):
    """The last event of an import."""

    type: Literal["done"] = "done"
    result: Book


class SummaryDoneEvent(Event):
    """The last event of a summary."""

    type: Literal["done"] = "done"
    result: Summary


class PointsDoneEvent(Event):
    """The last event of key points."""

    type: Literal["done"] = "done"
    result: Points


class ProblemEvent(Event):
    """The last event of work that failed."""

    type: Literal["problem"] = "problem"
    problem: Problem


_Work = StageEvent | StateEvent | WaitingEvent | ChapterEvent | SummaryEvent | PointsEvent
_ByType = Field(discriminator="type")
ImportEvent = TypeAliasType("ImportEvent", Annotated[ProgressEvent | BookDoneEvent | ProblemEvent, _ByType])
JobEvent = TypeAliasType("JobEvent", Annotated[ProgressEvent | PartEvent | _Work, _ByType])
JobStreamEvent = TypeAliasType("JobStreamEvent", Annotated[ProgressEvent | PartEvent | _Work | ProblemEvent, _ByType])
# Of a book, `/generate-summary` and `/generate-points` are answered by a job, whose events come before the last one.
SummaryStreamEvent = TypeAliasType(
    "SummaryStreamEvent",
    Annotated[TokenEvent | RestartEvent | ProgressEvent | PartEvent | _Work | SummaryDoneEvent | ProblemEvent, _ByType],
)
PointsStreamEvent = TypeAliasType(
    "PointsStreamEvent",
    Annotated[TokenEvent | RestartEvent | ProgressEvent | PartEvent | _Work | PointsDoneEvent | ProblemEvent, _ByType],
)
