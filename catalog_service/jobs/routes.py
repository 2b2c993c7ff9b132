"""Jobs, parts and summaries over HTTP: the public routes, and the internal ones of the gateway and the job runners."""

from __future__ import annotations

from flask import Response, request, send_file
from prometheus_client import CollectorRegistry

from catalog_service.books import to_json
from catalog_service.config import Settings
from catalog_service.jobs.extent import measure
from catalog_service.jobs.metrics import Backlog, JobEvents
from catalog_service.jobs.store import Jobs
from catalog_service.jobs.summaries import Summaries
from catalog_service.library import Library
from catalog_service.routes.answers import answer
from catalog_service.routes.books import paging
from contract import internal, jobs, public
from contract.fields import Paging
from servicekit import clients
from servicekit.operations import Routes
from servicekit.problems import InvalidInput

EMPTY: tuple[str, int] = ("", 204)


def create_routes(library: Library, settings: Settings, registry: CollectorRegistry) -> Routes:
    """The routes of jobs and of what they make; metrics go to `registry`."""
    store = Jobs(library.db, settings.job_max_attempts, count=JobEvents(registry).count)
    registry.register(Backlog(store.backlog))
    summaries = Summaries(library.db, library.audio)
    store.tidy()
    summaries.tidy()
    routes = Routes("jobs")
    _add_orders(routes, library, store)
    _add_jobs(routes, store)
    _add_runner(routes, store)
    _add_results(routes, store, summaries)
    _add_summaries(routes, library, summaries)
    return routes


def _add_orders(routes: Routes, library: Library, store: Jobs) -> None:
    @routes.implements(internal.READ_EXTENT)
    def read_extent(book_id: int, query: jobs.ExtentQuery) -> Response:
        return answer(measure(library.books, book_id, query.scope()).model_dump_json())

    @routes.implements(internal.CREATE_JOB)
    def create_job(body: jobs.NewJob) -> Response:
        job, new = store.create(body)
        return answer(to_json(job), status=201 if new else 200, headers={"Location": f"/jobs/{job['id']}"})


def _add_jobs(routes: Routes, store: Jobs) -> None:
    @routes.implements(public.LIST_JOBS)
    def list_jobs(query: jobs.ListJobsQuery) -> Response:
        found, total = store.found(query.page, query.per_page, query.state, query.book_id)
        kept = query.model_dump(include={"state", "book_id"}, exclude_none=True)
        return answer(to_json(found), headers=paging("/jobs", query.page, query.per_page, total, kept))

    @routes.implements(public.READ_JOB)
    def read_job(job_id: str) -> Response:
        return answer(to_json(store.get(job_id)))

    @routes.implements(public.CANCEL_JOB)
    def cancel_job(job_id: str) -> Response:
        return answer(to_json(store.cancel(job_id)))

    @routes.implements(public.LIST_JOB_EVENTS)
    def list_events(job_id: str, query: jobs.EventsQuery) -> Response:
        return answer(to_json(store.events(job_id, query.after)))


def _add_runner(routes: Routes, store: Jobs) -> None:
    @routes.implements(internal.LIST_CLAIMABLE)
    def list_claimable(query: jobs.ClaimableQuery) -> Response:
        return answer(to_json({"ids": store.claimable(query.wait_s, query.limit, clients.gone())}))

    @routes.implements(internal.CLAIM_JOB)
    def claim_job(job_id: str, body: jobs.Claim) -> Response | tuple[str, int]:
        job = store.claim(job_id, body.owner, body.lease_s, body.parallel)
        return answer(to_json(job)) if job else EMPTY

    @routes.implements(internal.RENEW_LEASES)
    def renew_leases(body: jobs.LeaseRenewal) -> Response:
        return answer(to_json({"ids": store.renew(body.owner, body.ids, body.lease_s)}))

    @routes.implements(internal.RELEASE_LEASES)
    def release_leases(body: jobs.OwnerMessage) -> Response:
        return answer(to_json({"ids": store.release(body.owner)}))

    @routes.implements(internal.DEFER_JOB)
    def defer_job(job_id: str, body: jobs.Deferral) -> Response:
        return answer(to_json(store.defer(job_id, body.owner, body.reason)))

    @routes.implements(internal.FAIL_JOB)
    def fail_job(job_id: str, body: jobs.Failure) -> Response:
        return answer(to_json(store.fail(job_id, body.owner, body.problem)))


def _add_results(routes: Routes, store: Jobs, summaries: Summaries) -> None:
    @routes.implements(internal.ADD_PARTS)
    def add_parts(job_id: str, body: jobs.FinishedParts) -> Response:
        return answer(to_json(store.add_parts(job_id, body)))

    @routes.implements(internal.FIND_PARTS)
    def find_parts(body: jobs.PartKeys) -> Response:
        return answer(to_json({"parts": store.find_parts(body.keys)}))

    @routes.implements(internal.STORE_AUDIO)
    def store_audio() -> Response:
        if request.mimetype != "audio/mpeg":
            raise InvalidInput("Send the audio as audio/mpeg.", errors=[{"field": "body", "message": "is not an MP3"}])
        name, size = summaries.keep_audio(request.stream)
        return answer(to_json({"audio": name, "audio_bytes": size}))

    @routes.implements(internal.FINISH_JOB)
    def finish_job(job_id: str, body: jobs.JobResult) -> Response:
        return answer(to_json(store.finish(job_id, body)))


def _add_summaries(routes: Routes, library: Library, summaries: Summaries) -> None:
    @routes.implements(public.LIST_SUMMARIES)
    def list_summaries(book_id: int, query: Paging) -> Response:
        library.books.get(book_id)
        found, total = summaries.of_book(book_id, query.page, query.per_page)
        headers = paging(f"/books/{book_id}/summaries", query.page, query.per_page, total, {})
        return answer(f"[{','.join(found)}]".encode(), headers=headers)

    @routes.implements(public.READ_SUMMARY)
    def read_summary(summary_id: str) -> Response:
        return answer(summaries.document(summary_id))

    @routes.implements(public.DELETE_SUMMARY)
    def delete_summary(summary_id: str) -> tuple[str, int]:
        summaries.delete(summary_id)
        library.deleted.set()
        return EMPTY

    @routes.implements(public.READ_SUMMARY_AUDIO)
    def read_audio(summary_id: str) -> Response:
        audio = summaries.audio(summary_id)
        return send_file(audio.path, mimetype="audio/mpeg", conditional=True, etag=audio.sha256, max_age=0)

    @routes.implements(public.READ_SUMMARY_CAPTIONS)
    def read_captions(summary_id: str) -> Response:
        return answer(summaries.audio(summary_id).captions, "text/vtt; charset=utf-8")
