"""Jobs, parts and summaries over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from flask import Response, request, send_file
from flask_openapi import APIBlueprint
from prometheus_client import CollectorRegistry

from catalog_service.books import to_json
from catalog_service.jobs import schemas
from catalog_service.jobs.metrics import Backlog, JobEvents
from catalog_service.jobs.store import FinishedPart, Jobs, Result
from catalog_service.jobs.summaries import Summaries
from catalog_service.library import Library
from catalog_service.routes.answers import answer, book_number, query_fields
from catalog_service.schemas import parse
from servicekit import clients
from servicekit.app import blueprint, documented_only
from servicekit.problems import InvalidInput

EMPTY: tuple[str, int] = ("", 204)


class Work:
    """The stores that the routes of jobs need."""

    def __init__(self, library: Library, folder: Path, registry: CollectorRegistry) -> None:
        self.library = library
        self.jobs = Jobs(library.db, count=JobEvents(registry).count)
        registry.register(Backlog(self.jobs.backlog))
        self.summaries = Summaries(library.db, folder / "audio")

    def swept(self) -> Self:
        """Forget what nothing refers to any more: at the start of the service."""
        self.jobs.tidy()
        self.summaries.tidy()
        return self


def create_blueprint(library: Library, folder: Path, registry: CollectorRegistry) -> APIBlueprint:
    """The routes of jobs and of what they make; audio lies in `folder`, metrics go to `registry`."""
    api = blueprint("jobs", tag="jobs", description="Work on whole books.", failures=[404, 409, 503, 507])
    work = Work(library, folder, registry).swept()
    _add_jobs(api, work)
    _add_running(api, work.jobs, work.summaries)
    _add_parts(api, work.jobs)
    _add_summaries(api, work)
    return api


def _add_jobs(api: APIBlueprint, work: Work) -> None:
    jobs = work.jobs

    @api.post("/jobs", summary="Make a job, or share an equal one", responses={201: schemas.Job, 200: schemas.Job})
    def create_job(body: schemas.NewJob) -> Response:
        job, new = jobs.create(body.book_id, body.request, body.request_key, body.max_attempts)
        return answer(to_json(job), status=201 if new else 200, headers={"Location": f"/jobs/{job['id']}"})

    @api.get("/jobs", summary="List the jobs, the newest first")
    @documented_only
    def list_jobs(query: schemas.JobsQuery) -> Response:
        wanted = parse(schemas.JobsQuery, query_fields())
        found, total = jobs.found(wanted.page, wanted.per_page, wanted.state, wanted.book_id)
        return answer(to_json(found), headers=_paging("/jobs", wanted, total))

    @api.get("/jobs/claimable", summary="Jobs that a runner may take")
    def list_claimable(query: schemas.ClaimableQuery) -> dict[str, Any]:
        return {"ids": jobs.claimable(query.wait_s, query.limit, clients.gone())}

    @api.get("/jobs/<job_id>", summary="Read a job", responses={200: schemas.Job})
    def read_job(path: schemas.JobPath) -> Response:
        return answer(to_json(jobs.get(path.job_id)))

    @api.delete("/jobs/<job_id>", summary="Cancel a job", responses={200: schemas.Job})
    def cancel_job(path: schemas.JobPath) -> Response:
        return answer(to_json(jobs.cancel(path.job_id)))

    @api.get("/jobs/<job_id>/events", summary="What happened to a job")
    def list_events(path: schemas.JobPath, query: schemas.EventsQuery) -> Response:
        return answer(to_json(jobs.events(path.job_id, query.after)))


def _add_running(api: APIBlueprint, jobs: Jobs, summaries: Summaries) -> None:
    @api.post("/jobs/<job_id>/claim", summary="Take a job", responses={200: schemas.Job, 204: None})
    def claim_job(path: schemas.JobPath, body: schemas.Claim) -> Response | tuple[str, int]:
        job = jobs.claim(path.job_id, body.owner, body.lease_s, body.parallel)
        return answer(to_json(job)) if job else EMPTY

    @api.post("/jobs/pulse", summary="Renew an owner's leases")
    def renew(body: schemas.Hold) -> dict[str, Any]:
        return {"ids": jobs.pulse(body.owner, body.lease_s)}

    @api.post("/jobs/release", summary="Let go of an owner's jobs")
    def release(body: schemas.Owned) -> dict[str, Any]:
        return {"ids": jobs.release(body.owner)}

    @api.post("/jobs/<job_id>/defer", summary="Put a job back for a while", responses={200: schemas.Job})
    def defer_job(path: schemas.JobPath, body: schemas.Deferral) -> Response:
        return answer(to_json(jobs.defer(path.job_id, body.owner, body.reason)))

    @api.post("/jobs/<job_id>/fail", summary="End a job that cannot succeed", responses={200: schemas.Job})
    def fail_job(path: schemas.JobPath, body: schemas.Failure) -> Response:
        return answer(to_json(jobs.fail(path.job_id, body.owner, body.problem)))

    @api.post("/jobs/<job_id>/finish", summary="Store what a job made", responses={200: schemas.Job})
    def finish_job(path: schemas.JobPath, body: schemas.Finish) -> Response:
        result = Result(body.document, body.audio, body.audio_bytes, body.captions)
        return answer(to_json(jobs.finish(path.job_id, body.owner, result)))

    @api.put("/jobs/audio", summary="Keep an audio file until its job is finished")
    def keep_audio() -> dict[str, Any]:
        if request.mimetype != "audio/mpeg":
            raise InvalidInput("Send the audio as audio/mpeg.", errors=[{"field": "body", "message": "is not an MP3"}])
        name, size = summaries.keep_audio(request.stream)
        return {"audio": name, "audio_bytes": size}


def _add_parts(api: APIBlueprint, jobs: Jobs) -> None:
    @api.post("/jobs/<job_id>/parts", summary="Note finished parts", responses={200: schemas.Job})
    def add_parts(path: schemas.JobPath, body: schemas.NewParts) -> Response:
        parts = [FinishedPart(**part.model_dump()) for part in body.parts]
        job = jobs.add_parts(path.job_id, body.owner, body.stage, parts, body.total, body.made_by)
        return answer(to_json(job))

    @api.post("/parts/lookup", summary="Look finished parts up")
    def find_parts(body: schemas.Keys) -> Response:
        return answer(to_json({"parts": jobs.find_parts(body.keys)}))


def _add_summaries(api: APIBlueprint, work: Work) -> None:
    summaries = work.summaries

    @api.get("/books/<book_id>/summaries", summary="List a book's summaries, the newest first")
    @documented_only
    def list_summaries(query: schemas.ListQuery, book_id: str) -> Response:
        wanted = parse(schemas.ListQuery, query_fields())
        number = int(work.library.books.get(book_number(book_id))["id"])
        found, total = summaries.of_book(number, wanted.page, wanted.per_page)
        headers = _paging(f"/books/{number}/summaries", wanted, total)
        return answer(f"[{','.join(found)}]".encode(), headers=headers)

    @api.get("/summaries/<summary_id>", summary="Read a summary")
    def read_summary(path: schemas.SummaryPath) -> Response:
        return answer(summaries.document(path.summary_id))

    @api.delete("/summaries/<summary_id>", summary="Delete a summary", responses={204: None})
    def delete_summary(path: schemas.SummaryPath) -> tuple[str, int]:
        summaries.delete(path.summary_id)
        return EMPTY

    @api.get("/summaries/<summary_id>/audio", summary="Hear a summary")
    def read_audio(path: schemas.SummaryPath) -> Response:
        audio = summaries.audio(path.summary_id)
        return send_file(audio.path, mimetype="audio/mpeg", conditional=True, etag=audio.sha256, max_age=0)

    @api.get("/summaries/<summary_id>/audio.vtt", summary="Captions of the audio")
    def read_captions(path: schemas.SummaryPath) -> Response:
        return answer(summaries.audio(path.summary_id).captions, "text/vtt; charset=utf-8")


def _paging(path: str, wanted: schemas.ListQuery, total: int) -> dict[str, str]:
    last = max(1, -(-total // wanted.per_page))
    given = wanted.model_dump(exclude={"page"}, exclude_none=True)
    near = {"first": 1, "prev": wanted.page - 1, "next": wanted.page + 1, "last": last}
    links = [
        f'<{path}?{urlencode({"page": number, **given})}>; rel="{name}"'
        for name, number in near.items()
        if 1 <= number <= last
    ]
    return {"X-Total-Count": str(total), "Link": ", ".join(links)}
