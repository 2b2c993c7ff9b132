"""Work on whole books: orders, jobs, stored summaries, and what the job runner and the catalog send each other."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from typing_extensions import TypeAliasType

from contract.events import JobEvent, Stage, State
from contract.fields import MAX_ID, MAX_NUMBER, EngineName, JobId, Length, Paging, Sha256, SummaryId
from contract.generation import EngineField, GenerationOptions, LengthField
from servicekit.problems import UNSHOWN
from servicekit.schemas import Body, Model, Problem, WholeNumber

Worker = Literal["bart", "llama"]
Number = Annotated[int, Field(ge=1, le=MAX_NUMBER)]
Owner = Annotated[str, Field(min_length=1, max_length=200, description="A runner's name.", examples=["host-a/1"])]
LeaseSeconds = Annotated[float, Field(gt=0, le=3600, description="How long the lease lasts, seconds.", examples=[15.0])]
Name = Annotated[str, Field(max_length=200)]


class ChapterScope(Body):
    """One chapter."""

    chapter: Number = Field(description="The chapter's number, from 1.", examples=[3])


class PagesScope(Body):
    """Some pages."""

    pages: list[Number] = Field(
        min_length=2, max_length=2, description="The first page and the last one.", examples=[[1, 12]]
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.pages[1] < self.pages[0]:
            raise ValueError("pages must be the first page and the last one, in this order")
        return self


class BeforeScope(Body):
    """What a reader has read: everything before a page."""

    before: Number = Field(description="The page about to be read.", examples=[40])


def _kind_of_scope(given: Any) -> str | None:
    """Which scope is meant, so that errors name that one alone."""
    if given == "book":
        return f"{UNSHOWN}book"
    members = given if isinstance(given, dict) else vars(given) if isinstance(given, Body) else {}
    return next((f"{UNSHOWN}{member}" for member in ("chapter", "pages", "before") if member in members), None)


_Book = Annotated[Literal["book"], Tag(f"{UNSHOWN}book")]
_Chapter = Annotated[ChapterScope, Tag(f"{UNSHOWN}chapter")]
_Pages = Annotated[PagesScope, Tag(f"{UNSHOWN}pages")]
_Before = Annotated[BeforeScope, Tag(f"{UNSHOWN}before")]
_WRONG_SCOPE = 'must be "book", {"chapter": n} or {"pages": [first, last]}'
_BY_MEMBER = Discriminator(_kind_of_scope, custom_error_type="scope", custom_error_message=_WRONG_SCOPE)
Scope = TypeAliasType("Scope", Annotated[_Book | _Chapter | _Pages, _BY_MEMBER])
AnyScope = TypeAliasType("AnyScope", Annotated[_Book | _Chapter | _Pages | _Before, _BY_MEMBER])


class SummaryOrder(Body):
    """What to make of a book."""

    scope: Scope = Field("book", description="The book, a chapter or some pages.", examples=["book"])
    engine: EngineName = EngineField
    length: Length = LengthField
    points: int = Field(5, ge=0, le=30, description="How many key points at most; 0 for none.", examples=[5])
    audio: bool = Field(False, description="Whether the summaries are to be spoken as well.", examples=[True])


class RecapQuery(Model):
    """Where the reader is."""

    page: WholeNumber = Field(
        ge=2, le=MAX_NUMBER, description="The page about to be read: nothing from it on is used.", examples=[40]
    )
    length: Length = LengthField
    engine: EngineName = EngineField


class JobPath(Model):
    """Names a job."""

    job_id: JobId


class SummaryPath(Model):
    """Names a stored summary."""

    summary_id: SummaryId


class ListJobsQuery(Paging):
    """Which jobs."""

    state: State | None = Field(None, description="Only jobs in this state.", examples=["running"])
    book_id: Annotated[WholeNumber, Field(ge=1, le=MAX_ID)] | None = Field(
        None, description="Only jobs on this book.", examples=[1]
    )


class EventsQuery(Model):
    """Which events."""

    after: WholeNumber = Field(0, ge=0, le=MAX_NUMBER, description="Only events after this number.", examples=[0])


class JobRequest(Body):
    """What a job is to make: an order, with the revision of the book that it was placed for."""

    scope: AnyScope = Field(
        description="The book, a chapter, some pages, or what lies before a page.", examples=["book"]
    )
    engine: EngineName = Field(description="The summariser that was asked for.", examples=["auto"])
    length: Length = Field(examples=["medium"])
    points: int = Field(ge=0, le=30, description="How many key points at most.", examples=[5])
    audio: bool = Field(description="Whether the summaries are to be spoken as well.", examples=[False])
    prefers: Worker = Field(description="The worker that `auto` asks first.", examples=["bart"])
    options: GenerationOptions = Field(description="How the model is to write.")
    revision: int = Field(ge=1, description="The revision of the book's text.", examples=[1])


class Waiting(Model):
    """Why a job waits."""

    reason: str = Field(examples=["The model of llama_service is not loaded: loading."])
    seconds: float = Field(ge=0, description="Until it is tried again.", examples=[4.0])


class Job(Model):
    """A job."""

    id: str = Field(examples=["0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b"])
    book_id: int = Field(ge=1, examples=[1])
    state: State = Field(examples=["running"])
    stage: Stage | None = Field(description="What it does now.", examples=["parts"])
    parts_done: int = Field(ge=0, examples=[12])
    parts_total: int | None = Field(description="Known once the book has been read.", examples=[61])
    eta_s: float | None = Field(
        description="Seconds left, from how long such parts took on this machine before.", examples=[8.5]
    )
    attempts: int = Field(ge=0, description="Attempts since it last made progress.", examples=[0])
    max_attempts: int = Field(ge=1, description="Attempts without progress after which it fails.", examples=[20])
    waiting: Waiting | None = Field(description="Why it waits; null otherwise.", examples=[None])
    degraded: str | None = Field(
        description="Why the extractive engine answered instead of the wanted one.", examples=[None]
    )
    problem: Problem | None = Field(description="Why it failed; null otherwise.", examples=[None])
    request: JobRequest
    last_event: int = Field(ge=0, description="The number of its latest event.", examples=[14])
    summary_id: str | None = Field(description="The id of what it made.", examples=[None])
    result: str | None = Field(description="The path of what it made.", examples=[None])
    created_at: str = Field(examples=["2026-11-26T21:00:00.000000Z"])
    started_at: str | None = Field(examples=["2026-11-26T21:00:00.100000Z"])
    finished_at: str | None = Field(examples=[None])


class NumberedEvent(Model):
    """An event of a job, with its number in that job."""

    id: int = Field(ge=1, examples=[3])
    type: str = Field(description="The type of the event, as in `data`.", examples=["progress"])
    data: JobEvent


class SupportedSentence(Model):
    """A sentence and the pages that support it."""

    text: str = Field(examples=["The lamp was lit."])
    pages: list[int] = Field(description="The pages of the passage that supports it best.", examples=[[7]])
    support: float = Field(
        ge=0, le=1, description="How well that passage supports it; 1 for the book's own sentence.", examples=[1.0]
    )
    supported: bool = Field(description="False for a sentence that the book does not support.", examples=[True])


class ChapterSummary(Model):
    """A chapter's summary."""

    number: int = Field(ge=0, description="0 is what stands before the first chapter.", examples=[1])
    title: str = Field(examples=["Introduction"])
    first_page: int = Field(ge=1, examples=[1])
    last_page: int = Field(ge=1, examples=[9])
    summary: str = Field(examples=["The lamp was lit."])
    sentences: list[SupportedSentence]


class ChapterMark(Model):
    """Where a chapter begins in the audio."""

    title: str = Field(examples=["Introduction"])
    start_s: float = Field(ge=0, description="Seconds.", examples=[0.0])


class Audio(Model):
    """The spoken summary."""

    seconds: float = Field(ge=0, examples=[61.5])
    bytes: int = Field(ge=0, examples=[492000])
    type: str = Field(description="Its media type.", examples=["audio/mpeg"])
    chapters: list[ChapterMark]


class SummaryDocument(Model):
    """What a job makes of a book."""

    book_id: int = Field(ge=1, examples=[1])
    title: str = Field(examples=["The Time Machine"])
    author: str = Field(examples=["H. G. Wells"])
    revision: int = Field(ge=1, description="The revision of the text that was read.", examples=[1])
    scope: AnyScope = Field(description="What of the book was summarised.", examples=["book"])
    engine: str = Field(description="What made it.", examples=["extractive"])
    model: str = Field(examples=["sentence-graph"])
    length: Length = Field(examples=["medium"])
    degraded: bool = Field(description="Whether another engine than the wanted one answered.", examples=[False])
    degraded_reason: str | None = Field(examples=[None])
    summary: str = Field(examples=["The lamp was lit."])
    sentences: list[SupportedSentence]
    points: list[SupportedSentence]
    chapters: list[ChapterSummary]
    unsupported: int = Field(ge=0, description="How many sentences the book does not support.", examples=[0])
    audio: Audio | None = Field(None, description="The spoken summary; null if none was asked for.")


class BookSummary(SummaryDocument):
    """A stored summary of a book."""

    id: str = Field(examples=["7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d"])
    created_at: str = Field(examples=["2026-11-26T21:00:09.000000Z"])


class ExtentQuery(Model):
    """A scope as query parameters; without any the whole book."""

    chapter: WholeNumber | None = Field(None, ge=1, le=MAX_NUMBER, description="One chapter.")
    first_page: WholeNumber | None = Field(None, ge=1, le=MAX_NUMBER, description="Some pages, from this one.")
    last_page: WholeNumber | None = Field(None, ge=1, le=MAX_NUMBER, description="The last of these pages.")
    before: WholeNumber | None = Field(None, ge=2, le=MAX_NUMBER, description="What lies before this page.")

    @classmethod
    def of(cls, scope: AnyScope) -> Self:
        """The parameters of a scope."""
        match scope:
            case ChapterScope(chapter=chapter):
                return cls(chapter=chapter)
            case PagesScope(pages=[first, last]):
                return cls(first_page=first, last_page=last)
            case BeforeScope(before=page):
                return cls(before=page)
        return cls()

    def scope(self) -> Literal["book"] | dict[str, Any]:
        """The scope in the form in which orders carry it."""
        if self.chapter is not None:
            return {"chapter": self.chapter}
        if self.first_page is not None:
            return {"pages": [self.first_page, self.last_page or self.first_page]}
        return "book" if self.before is None else {"before": self.before}


class Extent(Model):
    """How much text a scope holds."""

    book_id: int = Field(ge=1)
    revision: int = Field(ge=1, description="The revision of the text.")
    characters: int = Field(ge=1, description="Characters of text, not counting pages without a word.")
    chapters: int = Field(ge=1, description="How many chapters it touches; 1 for a book without any.")


class NewJob(Body):
    """An order for work on a book. Orders with equal book, request and `made_by` share one job."""

    book_id: int = Field(ge=1, le=MAX_ID)
    request: JobRequest
    made_by: Name = Field(description="The engine, model and release that would make it now.")


class ClaimableQuery(Model):
    """How long to wait for a job."""

    wait_s: float = Field(0.0, ge=0, le=30, description="Seconds to wait for the first one.")
    limit: WholeNumber = Field(16, ge=1, le=100, description="How many ids at most.")


class JobIds(Model):
    """Ids of jobs."""

    ids: list[str] = Field(description="The ids, the oldest job first.")


class OwnerMessage(Body):
    """A runner, by its name."""

    owner: Owner


class LeaseRenewal(OwnerMessage):
    """Renews a runner's leases on the jobs that it works on."""

    lease_s: LeaseSeconds
    ids: list[JobId] = Field(max_length=1024, description="The jobs.")


class Claim(OwnerMessage):
    """A runner takes a job."""

    lease_s: LeaseSeconds
    parallel: int = Field(1, ge=1, le=1024, description="How many parts it makes at the same time.")


class ClaimedJob(Job):
    """A job that was taken."""

    last_reason: str | None = Field(description="Why it was put back last.")


class FinishedPart(Body):
    """A part at its position in a job; without output if it is stored already."""

    position: Name = Field(description="Where it belongs, unique in the job.", examples=["part/3/1"])
    key: Sha256 = Field(description="SHA-256 of all that its output depends on.")
    kind: Name = Field("", description="`summary`, `points` or `speech`.", examples=["summary"])
    made_by: Name = Field("", description="The engine, model and release that made it.")
    seconds: float = Field(0.0, ge=0, description="How long it took to make, seconds.", examples=[1.5])
    output: Any = Field(None, description="A summary's text, a list of points, or pieces of speech.")
    event: JobEvent | None = Field(None, description="What clients that follow the job are sent.")


class FinishedParts(OwnerMessage):
    """Finished parts of a job."""

    stage: Stage = Field(description="The stage that the job is in.", examples=["parts"])
    parts: list[FinishedPart] = Field(max_length=10_000, description="May be empty: then only the stage is set.")
    total: int | None = Field(None, ge=0, description="How many parts the job has, once that is known.")
    made_by: Name | None = Field(None, description="The engine, model and release that make the job's texts.")


class PartKeys(Body):
    """Parts to look up."""

    keys: list[Sha256] = Field(max_length=1000, description="Their keys.")


class PartOutputs(Model):
    """The outputs of those parts that are stored."""

    parts: dict[str, Any] = Field(description="Outputs by key.")


class Deferral(OwnerMessage):
    """Why a job has to wait."""

    reason: str = Field(max_length=1000, description="Shown to clients.")


class Failure(OwnerMessage):
    """Why a job cannot succeed."""

    problem: Problem


class StoredAudio(Model):
    """An audio file that was stored."""

    audio: Sha256
    audio_bytes: int = Field(ge=0, description="Its size, bytes.")


class JobResult(OwnerMessage):
    """What a job made."""

    document: SummaryDocument
    audio: Sha256 | None = Field(None, description="The stored audio; null if none was asked for.")
    audio_bytes: int | None = Field(None, ge=0, description="Its size, bytes.")
    captions: str | None = Field(None, description="WebVTT of the audio.")
