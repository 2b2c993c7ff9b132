"""What the routes of jobs take and answer. Only the gateway and its runner call them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from catalog_service.jobs.rules import State
from servicekit.schemas import Model

Id = Annotated[str, Field(min_length=1, max_length=64)]
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Owner = Annotated[str, Field(min_length=1, max_length=200)]
Lease = Annotated[float, Field(gt=0, le=3600)]
Name = Annotated[str, Field(max_length=200)]
MAX_NUMBER = 2**31 - 1


class JobPath(Model):
    """Names a job."""

    job_id: Id


class SummaryPath(Model):
    """Names a summary."""

    summary_id: Id


class NewJob(Model):
    """A request for work on a book."""

    book_id: int = Field(ge=1, le=2**63 - 1)
    request: dict[str, Any]
    request_key: Key
    max_attempts: int = Field(20, ge=1, le=10_000)


class ListQuery(Model):
    """Paging of a list."""

    page: int = Field(1, ge=1, le=MAX_NUMBER)
    per_page: int = Field(20, ge=1, le=100)


class JobsQuery(ListQuery):
    """Which jobs."""

    state: State | None = None
    book_id: int | None = Field(None, ge=1, le=2**63 - 1)


class EventsQuery(Model):
    """Which events."""

    after: int = Field(0, ge=0, le=MAX_NUMBER)


class ClaimableQuery(Model):
    """How long to wait for a job."""

    wait_s: float = Field(0.0, ge=0, le=30)
    limit: int = Field(16, ge=1, le=100)


class Hold(Model):
    """Whose jobs, and for how long."""

    owner: Owner
    lease_s: Lease = 15.0


class Claim(Hold):
    """A runner takes a job."""

    parallel: int = Field(1, ge=1, le=1024)


class Owned(Model):
    """A runner lets go of its jobs."""

    owner: Owner


class NewEvent(Model):
    """What clients are told of a part."""

    type: Name
    data: dict[str, Any]


class NewPart(Model):
    """A finished part; without output if it was there already."""

    position: Name
    key: Key
    kind: Name = ""
    made_by: Name = ""
    seconds: float = Field(0.0, ge=0)
    output: Any = None
    event: NewEvent | None = None


class NewParts(Owned):
    """Finished parts of a job."""

    stage: Name
    parts: list[NewPart] = Field(max_length=10_000)
    total: int | None = Field(None, ge=0)
    made_by: Name | None = None


class Keys(Model):
    """Parts to look up."""

    keys: list[Key] = Field(max_length=1000)


class Deferral(Owned):
    """Why a job has to wait."""

    reason: str = Field(max_length=1000)


class Failure(Owned):
    """Why a job cannot succeed."""

    problem: dict[str, Any]


class Finish(Owned):
    """What a job made."""

    document: dict[str, Any]
    audio: Key | None = None
    audio_bytes: int | None = Field(None, ge=0)
    captions: str | None = None


class Job(Model):
    """A job."""

    model_config = ConfigDict(extra="allow")

    id: str
    book_id: int
    state: State
