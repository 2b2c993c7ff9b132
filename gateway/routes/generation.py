"""Summaries, key points and speech of a text, by the workers; of a book, by a job."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import Response, g, jsonify, request
from werkzeug.datastructures import FileStorage

from contract import internal, public
from contract.books import Extraction
from contract.events import Event, PointsDoneEvent, SummaryDoneEvent
from contract.generation import (
    OPTIONS_OF,
    GenerationOptions,
    LongSummaryForm,
    LongSummaryRequest,
    Points,
    PointsRequest,
    SpokenSummaryRequest,
    Summary,
    SummaryRequest,
)
from contract.jobs import BookSummary
from gateway import auth
from gateway.job_events import JobEvents
from gateway.job_orders import JobOrders, Order
from gateway.limits import charge
from gateway.upstreams import Upstreams, respond
from servicekit import events
from servicekit.operations import JSON, Routes, refuse
from servicekit.problems import InvalidInput, NotAcceptable
from servicekit.schemas import has_text
from servicekit.upstream import StreamedAnswer, Upstream, parse_response, raise_for_problem

AUDIO_SUFFIXES = dict(zip(public.AUDIO_TYPES, ("mp3", "wav", "ogg"), strict=True))


def create_routes(upstreams: Upstreams, orders: JobOrders, job_events: JobEvents) -> Routes:
    """The routes that need a model. What is asked of a book by its id is done by a job."""
    routes = Routes("generation")
    generation = _Generation(upstreams, orders, job_events)

    @routes.implements(public.GENERATE_SUMMARY)
    def generate_summary(body: SummaryRequest) -> Response:
        return generation.summary(body, streamed=_wants_events())

    @routes.implements(public.STREAM_SUMMARY)
    def stream_summary(body: SummaryRequest) -> Response:
        return generation.summary(body, streamed=True)

    @routes.implements(public.GENERATE_SUMMARY_AUDIO)
    def generate_summary_audio(body: SpokenSummaryRequest) -> Response:
        return generation.audio(body)

    @routes.implements(public.GENERATE_LONG_SUMMARY)
    def generate_long_summary(body: LongSummaryRequest | None = None, form: LongSummaryForm | None = None) -> Response:
        return generation.long_summary(body, form, streamed=_wants_events())

    @routes.implements(public.STREAM_LONG_SUMMARY)
    def stream_long_summary(body: LongSummaryRequest | None = None, form: LongSummaryForm | None = None) -> Response:
        return generation.long_summary(body, form, streamed=True)

    @routes.implements(public.GENERATE_POINTS)
    def generate_points(body: PointsRequest) -> Response:
        return generation.points(body, streamed=_wants_events())

    @routes.implements(public.STREAM_POINTS)
    def stream_points(body: PointsRequest) -> Response:
        return generation.points(body, streamed=True)

    return routes


class _Generation:
    def __init__(self, upstreams: Upstreams, orders: JobOrders, job_events: JobEvents) -> None:
        self._upstreams, self._orders, self._job_events = upstreams, orders, job_events

    def summary(self, body: SummaryRequest, *, streamed: bool) -> Response:
        worker, engine = self._worker(body.engine, default=self._upstreams.bart)
        return _pass_on(worker, "/summaries", _summary_task(worker, engine, body.text, body.length, body), streamed)

    def audio(self, body: SpokenSummaryRequest) -> Response:
        worker, engine = self._worker(body.engine, default=self._upstreams.bart)
        kind = _audio_type()
        charge(characters=len(body.text))
        task = _summary_task(worker, engine, body.text, body.length, body)
        made = parse_response(Summary, worker.call_json("POST", "/summaries", task))
        if not has_text(made.summary):
            raise InvalidInput(
                "The text holds nothing to read aloud.", errors=[{"field": "text", "message": "has nothing to read"}]
            )
        charge(audio_characters=len(made.summary))
        spoken = respond(_post(self._upstreams.bart, "/speech", {"text": made.summary, **body.manner()}, accept=kind))
        spoken.vary.add("Accept")
        if spoken.status_code == 200:
            spoken.headers["Visis-Engine"] = made.engine
            spoken.headers["Content-Disposition"] = f'inline; filename="summary.{AUDIO_SUFFIXES[kind]}"'
        return spoken

    def long_summary(
        self, body: LongSummaryRequest | None, form: LongSummaryForm | None, *, streamed: bool
    ) -> Response:
        if form is not None:
            worker, engine = self._worker(form.engine, default=self._upstreams.llama)
            text = self._extracted_text(form.file)
            return _pass_on(worker, "/summaries", _summary_task(worker, engine, text, form.length), streamed)
        assert body is not None  # the operation takes one of the two
        worker, engine = self._worker(body.engine, default=self._upstreams.llama)
        if body.book_id is not None:
            order = Order(body.book_id, engine=body.engine, length=body.length, prefers="llama")
            order = replace(order, options=_options(worker, body))
            return self._by_job(order, _summary_of_book, SummaryDoneEvent, streamed)
        task = _summary_task(worker, engine, str(body.source_text()), body.length, body)
        return _pass_on(worker, "/summaries", task, streamed)

    def points(self, body: PointsRequest, *, streamed: bool) -> Response:
        worker, engine = self._worker(body.engine, default=self._upstreams.llama)
        options = _options(worker, body)
        if body.book_id is not None:
            order = Order(body.book_id, engine=body.engine, length="short", points=body.count, prefers="llama")
            return self._by_job(replace(order, options=options), _points_of_book, PointsDoneEvent, streamed)
        task = {"text": body.source_text(), "count": body.count, "engine": engine, **options}
        return _pass_on(worker, "/points", task, streamed)

    def _worker(self, engine: str, *, default: Upstream) -> tuple[Upstream, str]:
        """The worker for a public `engine`, and the engine to ask it for."""
        return {
            "auto": (default, "auto"),
            "bart": (self._upstreams.bart, "neural"),
            "llama": (self._upstreams.llama, "neural"),
            "extractive": (self._upstreams.bart, "extractive"),
        }[engine]

    def _by_job(
        self,
        order: Order,
        answer: Callable[[BookSummary], Summary | Points],
        done: Callable[..., Event],
        streamed: bool,
    ) -> Response:
        """Answer from a job's result, or with its events.

        Raises:
            Forbidden: the caller may not read books.
        """
        auth.require("read")
        try:
            if streamed:
                job = self._orders.place(order).job
                return self._job_events.follow(
                    job.id, finish=lambda ended: done(result=answer(self._orders.result(ended)))
                )
            return jsonify(answer(self._orders.finish(order)).model_dump())
        except InvalidInput as problem:
            if not any(item.get("field") == "scope" for item in problem.members.get("errors", [])):
                raise
            # These routes have no scope: what is meant is the whole book.
            message = "names a book without text"
            raise InvalidInput(
                f"Book {order.book_id} has no text.", errors=[{"field": "book_id", "message": message}]
            ) from None

    def _extracted_text(self, file: FileStorage) -> str:
        """The text of the uploaded file, read by the catalog (the only place where files are parsed).

        Raises:
            InvalidInput: it has none.
        """
        name = quote((file.filename or "upload")[-200:], safe="", errors="replace")
        caller = {internal.CALLER: str(g.get("caller", ""))}
        size = file.stream.seek(0, os.SEEK_END)
        answer = self._upstreams.catalog.call(
            "POST",
            f"/internal/extractions?name={name}",
            body=file.stream,
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(size), **caller},
            kind=internal.EXTRACT_FILE.pool,
        )
        raise_for_problem(answer)
        text = "\n\n".join(page.text for page in parse_response(Extraction, answer.json()).pages)
        if not has_text(text):
            message = "has no text that can be read (a scan?)"
            raise InvalidInput(
                "No text was found in the file (a scan?).", errors=[{"field": "file", "message": message}]
            )
        return text


def _wants_events() -> bool:
    return request.accept_mimetypes.best_match([JSON, events.MEDIA_TYPE]) == events.MEDIA_TYPE


def _summary_task(
    worker: Upstream, engine: str, text: str, length: str, options: GenerationOptions | None = None
) -> dict[str, Any]:
    return {"text": text, "length": length, "engine": engine, **(_options(worker, options) if options else {})}


def _options(worker: Upstream, given: GenerationOptions) -> dict[str, Any]:
    """The generation options to send to `worker`.

    Raises:
        InvalidInput: one of them means nothing to this worker.
    """
    options = given.options()
    for name in options:
        if name not in OPTIONS_OF[worker.name]:
            raise refuse(name, f"is not an option of {worker.name}: remove it, or choose another engine")
    return options


def _pass_on(worker: Upstream, path: str, task: dict[str, Any], streamed: bool) -> Response:
    charge(characters=len(task["text"]))
    return respond(_post(worker, f"{path}/events" if streamed else path, task, accept="*/*"))


def _post(worker: Upstream, path: str, task: dict[str, Any], *, accept: str) -> StreamedAnswer:
    body = json.dumps(task, ensure_ascii=False).encode()
    headers = {"Content-Type": JSON, "Accept": accept}
    return worker.stream("POST", path, body=body, headers=headers, retriable=True)


def _summary_of_book(made: BookSummary) -> Summary:
    return Summary(
        summary=made.summary,
        engine=made.engine,
        model=made.model,
        summary_words=len(made.summary.split()),
        degraded=made.degraded,
        degraded_reason=made.degraded_reason,
        result=f"/summaries/{made.id}",
    )


def _points_of_book(made: BookSummary) -> Points:
    return Points.of(
        [point.text for point in made.points],
        engine=made.engine,
        model=made.model,
        degraded=made.degraded,
        degraded_reason=made.degraded_reason,
        result=f"/summaries/{made.id}",
    )


def _audio_type() -> str:
    """The type of audio to answer with.

    Raises:
        NotAcceptable: the client takes none that there is. (JSON is what the first clients asked for; they get MP3.)
    """
    if not request.accept_mimetypes:
        return public.AUDIO_TYPES[0]
    best = request.accept_mimetypes.best_match([*public.AUDIO_TYPES, JSON])
    if best is None:
        raise NotAcceptable(f"Accept one of {', '.join(public.AUDIO_TYPES)}.", available=list(public.AUDIO_TYPES))
    return public.AUDIO_TYPES[0] if best == JSON else best
