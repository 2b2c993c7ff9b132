"""Orders for whole books, and the events of the jobs that they become."""

from __future__ import annotations

from flask import Response, jsonify, request

from contract import public
from contract.jobs import BeforeScope, RecapQuery, SummaryOrder
from gateway.job_events import JobEvents
from gateway.job_orders import FINISHED, JobOrders, Order, PlacedOrder, preferred_wait_s
from gateway.upstreams import Upstreams, forward
from servicekit import events
from servicekit.operations import JSON, Routes


def create_routes(upstreams: Upstreams, orders: JobOrders, job_events: JobEvents) -> Routes:
    """The routes that place orders and follow jobs."""
    routes = Routes("jobs")

    @routes.implements(public.ORDER_SUMMARY)
    def order_summary(book_id: int, body: SummaryOrder) -> Response:
        placed = orders.place(Order(book_id, **dict(body)))
        return _placed(orders, placed, preferred_wait_s(request.headers.get("Prefer")))

    @routes.implements(public.RECAP_BOOK)
    def recap_book(book_id: int, query: RecapQuery) -> Response:
        order = Order(book_id, BeforeScope(before=query.page), query.engine, query.length)
        wait_s = preferred_wait_s(request.headers.get("Prefer"))
        answer = _placed(orders, orders.place(order), public.RECAP_WAIT_S if wait_s is None else wait_s)
        answer.status_code = 200 if answer.status_code == 201 else answer.status_code
        return answer

    @routes.implements(public.FOLLOW_JOB)
    def follow_job(job_id: str) -> Response:
        if request.accept_mimetypes.best_match([events.MEDIA_TYPE, JSON]) == JSON:
            return forward(upstreams.catalog, public.FOLLOW_JOB, path=f"/jobs/{job_id}/events.json")
        return job_events.follow(job_id, events.last_id(request.headers.get("Last-Event-ID")))

    return routes


def _placed(orders: JobOrders, placed: PlacedOrder, wait_s: int | None) -> Response:
    done = placed.job.state in FINISHED
    job = placed.job if done or not wait_s else orders.wait(placed.job, wait_s)
    if job.state in FINISHED:
        answer = jsonify(orders.result(job).model_dump(mode="json"))
        answer.status_code = 201 if placed.new else 200
        answer.headers["Location"] = str(job.result)
    else:
        answer = jsonify(job.model_dump(mode="json"))
        answer.status_code = 202
        answer.headers["Location"] = f"/jobs/{job.id}"
        answer.headers["Retry-After"] = str(max(1, min(60, round(job.eta_s or 2))))
    how = "hit" if done else "fwd=miss; stored" if placed.new else "fwd=miss; collapsed"
    answer.headers["Cache-Status"] = f"Visis; {how}"
    if wait_s is not None:
        answer.headers["Preference-Applied"] = f"wait={wait_s}"
    return answer
