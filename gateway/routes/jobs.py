"""Whole books: summaries, recaps and their audio, made by jobs that can be followed and cancelled."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask_openapi import APIBlueprint

from gateway import job_schemas as schemas
from gateway.jobs.desk import FINISHED, Desk, Order, Placed, preferred_wait_s
from gateway.jobs.following import Follower
from gateway.schemas import BookPath
from gateway.upstreams import Upstreams, forward
from servicekit import events
from servicekit.app import array_response, blueprint, documented_only
from servicekit.upstream import Upstream

RECAP_WAIT_S = 20
JSON = "application/json"


def create_blueprint(upstreams: Upstreams, desk: Desk, follower: Follower) -> APIBlueprint:
    """The routes of jobs and of what they make."""
    api = blueprint("jobs", tag="whole books", description="Summaries of books.", failures=[404, 409, 502, 503, 504])
    _add_orders(api, desk)
    _add_jobs(api, upstreams.catalog, follower)
    _add_summaries(api, upstreams.catalog)
    return api


def _add_orders(api: APIBlueprint, desk: Desk) -> None:
    @api.post(
        "/books/<int:book_id>/summaries",
        summary="Summarise a book, a chapter or some pages",
        description="Answers 202 with the job at once, or the summary if it is there already. With `Prefer: wait=N` it "
        "waits up to N seconds. Equal requests share one job and one result; `Cache-Status` says so.",
        responses={200: schemas.BookSummary, 201: schemas.BookSummary, 202: schemas.Job},
    )
    def order_summary(path: BookPath, header: schemas.PreferHeader, body: schemas.SummaryOrder) -> Response:
        wanted = body.model_dump(mode="json")
        placed = desk.place(Order(path.book_id, **wanted))
        return _placed(desk, placed, preferred_wait_s(header.prefer))

    @api.get(
        "/books/<int:book_id>/recap",
        summary="What has been read so far, without what is still to come",
        description=f"Waits up to {RECAP_WAIT_S} seconds (or `Prefer: wait=N`), then answers 202 with the job.",
        responses={200: schemas.BookSummary, 202: schemas.Job},
    )
    def recap(path: BookPath, query: schemas.RecapQuery, header: schemas.PreferHeader) -> Response:
        order = Order(path.book_id, {"before": query.page}, query.engine, query.length)
        wait_s = preferred_wait_s(header.prefer)
        answer = _placed(desk, desk.place(order), RECAP_WAIT_S if wait_s is None else wait_s)
        answer.status_code = 200 if answer.status_code == 201 else answer.status_code
        return answer


def _placed(desk: Desk, placed: Placed, wait_s: int | None) -> Response:
    done = placed.job["state"] in FINISHED
    job = placed.job if done or not wait_s else desk.wait(placed.job, wait_s)
    if job["state"] in FINISHED:
        answer = jsonify(desk.result(job))
        answer.status_code = 201 if placed.new else 200
        answer.headers["Location"] = job["result"]
    else:
        answer = jsonify(job)
        answer.status_code = 202
        answer.headers["Location"] = f"/jobs/{job['id']}"
        answer.headers["Retry-After"] = str(max(1, min(60, round(job["eta_s"] or 2))))
    how = "hit" if done else "fwd=miss; stored" if placed.new else "fwd=miss; collapsed"
    answer.headers["Cache-Status"] = f"Visis; {how}"
    if wait_s is not None:
        answer.headers["Preference-Applied"] = f"wait={wait_s}"
    return answer


def _add_jobs(api: APIBlueprint, catalog: Upstream, follower: Follower) -> None:
    @api.get("/jobs", summary="List the jobs, the newest first", responses={200: array_response(schemas.Job.__name__)})
    @documented_only
    def list_jobs(query: schemas.JobsQuery) -> Response:
        return forward(catalog)

    @api.get("/jobs/<job_id>", summary="How far a job is", responses={200: schemas.Job})
    @documented_only
    def read_job(path: schemas.JobPath) -> Response:
        return forward(catalog)

    @api.delete(
        "/jobs/<job_id>",
        summary="Cancel a job",
        description="Its work stops within a second. Cancelling twice is no mistake; a job that has ended is a 409.",
        responses={200: schemas.Job, 409: None},
    )
    @documented_only
    def cancel_job(path: schemas.JobPath) -> Response:
        return forward(catalog)

    @api.get(
        "/jobs/<job_id>/events",
        summary="Follow a job",
        description="Server-sent events with ids: `state`, `stage`, `progress`, `waiting`, and `part`, `chapter`, "
        "`summary` and `points` as they are finished. `Last-Event-ID` goes on where a connection broke. With "
        "`Accept: application/json` the events so far, as an array.",
        responses={200: _EVENT_STREAM, 204: None},
    )
    def follow_job(path: schemas.JobPath, header: schemas.LastEventHeader) -> Response:
        if request.accept_mimetypes.best_match([events.MEDIA_TYPE, JSON]) == JSON:
            return forward(catalog)
        return follower.follow(path.job_id, events.last_id(header.last_event_id))


def _add_summaries(api: APIBlueprint, catalog: Upstream) -> None:
    @api.get(
        "/books/<book_id>/summaries",
        summary="List a book's summaries, the newest first",
        responses={200: array_response(schemas.BookSummary.__name__)},
    )
    @documented_only
    def list_summaries(path: BookPath, query: schemas.SummariesQuery) -> Response:
        return forward(catalog)

    @api.get("/summaries/<summary_id>", summary="Read a summary", responses={200: schemas.BookSummary})
    @documented_only
    def read_summary(path: schemas.SummaryPath) -> Response:
        return forward(catalog)

    @api.delete("/summaries/<summary_id>", summary="Delete a summary", responses={204: None})
    @documented_only
    def delete_summary(path: schemas.SummaryPath) -> Response:
        return forward(catalog)

    @api.get("/summaries/<summary_id>/audio", summary="Hear a summary", responses={200: _MP3, 206: _MP3})
    @documented_only
    def hear_summary(path: schemas.SummaryPath) -> Response:
        return forward(catalog)

    @api.get("/summaries/<summary_id>/audio.vtt", summary="Captions of the audio", responses={200: _VTT})
    @documented_only
    def read_captions(path: schemas.SummaryPath) -> Response:
        return forward(catalog)


_MP3: dict[str, Any] = {
    "description": "The audio, with chapter marks in its ID3 tag; `Range` and `If-Range` are honoured.",
    "content": {"audio/mpeg": {"schema": {"type": "string", "format": "binary"}}},
}
_VTT: dict[str, Any] = {
    "description": "When each sentence is spoken.",
    "content": {"text/vtt": {"schema": {"type": "string"}}},
}
_EVENT_STREAM: dict[str, Any] = {
    "description": "The events.",
    "content": {events.MEDIA_TYPE: {}, "application/json": {"schema": {"type": "array"}}},
}
