"""Jobs, parts and summaries over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from flask import Response, request, send_file
from prometheus_client import CollectorRegistry

from catalog_service.books import to_json
from catalog_service.jobs.metrics import Backlog, JobEvents
from catalog_service.jobs.store import Jobs
from catalog_service.jobs.summaries import Summaries
from catalog_service.library import Library
from catalog_service.routes.answers import answer
from catalog_service.routes.books import paging
from contract import internal, public
from contract import jobs as messages
from contract.fields import Paging
from servicekit import clients
from servicekit.operations import Routes
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


def create_routes(library: Library, folder: Path, registry: CollectorRegistry) -> Routes:
    """The routes of jobs and of what they make; audio lies in `folder`, metrics go to `registry`."""
    routes = Routes("jobs")
    work = Work(library, folder, registry).swept()
    _add_jobs(routes, work.jobs)
    _add_running(routes, work.jobs, work.summaries)
    _add_parts(routes, work.jobs)
    _add_summaries(routes, work)
    return routes


def _add_jobs(routes: Routes, jobs: Jobs) -> None:
    @routes.implements(internal.CREATE_JOB)
    def create_job(body: messages.NewJob) -> Response:
        job, new = jobs.create(body)
        return answer(to_json(job), status=201 if new else 200, headers={"Location": f"/jobs/{job['id']}"})

    @routes.implements(public.LIST_JOBS)
    def list_jobs(query: messages.ListJobsQuery) -> Response:
        found, total = jobs.found(query.page, query.per_page, query.state, query.book_id)
        kept = query.model_dump(include={"state", "book_id"}, exclude_none=True)
        return answer(to_json(found), headers=paging("/jobs", query.page, query.per_page, total, kept))

    @routes.implements(internal.LIST_CLAIMABLE)
    def list_claimable(query: messages.ClaimableQuery) -> dict[str, Any]:
        return {"ids": jobs.claimable(query.wait_s, query.limit, clients.gone())}

    @routes.implements(public.READ_JOB)
    def read_job(job_id: str) -> Response:
        return answer(to_json(jobs.get(job_id)))

    @routes.implements(public.CANCEL_JOB)
    def cancel_job(job_id: str) -> Response:
        return answer(to_json(jobs.cancel(job_id)))

    @routes.implements(public.LIST_JOB_EVENTS)
    def list_job_events(job_id: str, query: messages.EventsQuery) -> Response:
        return answer(to_json(jobs.events(job_id, query.after)))


def _add_running(routes: Routes, jobs: Jobs, summaries: Summaries) -> None:
    @routes.implements(internal.CLAIM_JOB)
    def claim_job(job_id: str, body: messages.Claim) -> Response | tuple[str, int]:
        job = jobs.claim(job_id, body.owner, body.lease_s, body.parallel)
        return answer(to_json(job)) if job else EMPTY

    @routes.implements(internal.RENEW_LEASES)
    def renew_leases(body: messages.LeaseRenewal) -> dict[str, Any]:
        return {"ids": jobs.pulse(body.owner, body.lease_s)}

    @routes.implements(internal.RELEASE_LEASES)
    def release_leases(body: messages.OwnerMessage) -> dict[str, Any]:
        return {"ids": jobs.release(body.owner)}

    @routes.implements(internal.DEFER_JOB)
    def defer_job(job_id: str, body: messages.Deferral) -> Response:
        return answer(to_json(jobs.defer(job_id, body.owner, body.reason)))

    @routes.implements(internal.FAIL_JOB)
    def fail_job(job_id: str, body: messages.Failure) -> Response:
        return answer(to_json(jobs.fail(job_id, body.owner, body.problem.model_dump())))

    @routes.implements(internal.FINISH_JOB)
    def finish_job(job_id: str, body: messages.JobResult) -> Response:
        return answer(to_json(jobs.finish(job_id, body)))

    @routes.implements(internal.STORE_AUDIO)
    def store_audio() -> dict[str, Any]:
        if request.mimetype != "audio/mpeg":
            raise InvalidInput("Send the audio as audio/mpeg.", errors=[{"field": "body", "message": "is not an MP3"}])
        name, size = summaries.keep_audio(request.stream)
        return {"audio": name, "audio_bytes": size}


def _add_parts(routes: Routes, jobs: Jobs) -> None:
    @routes.implements(internal.ADD_PARTS)
    def add_parts(job_id: str, body: messages.FinishedParts) -> Response:
        return answer(to_json(jobs.add_parts(job_id, body)))

    @routes.implements(internal.FIND_PARTS)
    def find_parts(body: messages.PartKeys) -> Response:
        return answer(to_json({"parts": jobs.find_parts(body.keys)}))


def _add_summaries(routes: Routes, work: Work) -> None:
    summaries = work.summaries

    @routes.implements(public.LIST_SUMMARIES)
    def list_summaries(book_id: int, query: Paging) -> Response:
        number = int(work.library.books.get(book_id)["id"])
        found, total = summaries.of_book(number, query.page, query.per_page)
        headers = paging(f"/books/{number}/summaries", query.page, query.per_page, total, {})
        return answer(f"[{','.join(found)}]".encode(), headers=headers)

    @routes.implements(public.READ_SUMMARY)
    def read_summary(summary_id: str) -> Response:
        return answer(summaries.document(summary_id))

    @routes.implements(public.DELETE_SUMMARY)
    def delete_summary(summary_id: str) -> tuple[str, int]:
        summaries.delete(summary_id)
        return EMPTY

    @routes.implements(public.READ_SUMMARY_AUDIO)
    def read_summary_audio(summary_id: str) -> Response:
        audio = summaries.audio(summary_id)
        return send_file(audio.path, mimetype="audio/mpeg", conditional=True, etag=audio.sha256, max_age=0)

    @routes.implements(public.READ_SUMMARY_CAPTIONS)
    def read_summary_captions(summary_id: str) -> Response:
        return answer(summaries.audio(summary_id).captions, "text/vtt; charset=utf-8")
