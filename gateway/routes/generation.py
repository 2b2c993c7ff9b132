"""Summaries, key points and speech: the original's routes, answered by the workers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, jsonify, request
from flask_openapi import APIBlueprint
from pydantic import ValidationError
from urllib3.filepost import encode_multipart_formdata

from gateway import schemas
from gateway.jobs.desk import Desk, Order
from gateway.jobs.following import Follower
from gateway.limits import charge
from gateway.upstreams import Upstreams, respond
from servicekit import events, hooks, problems
from servicekit.app import blueprint, documented_only, problem_response
from servicekit.problems import InvalidInput, NotAcceptable, UnsupportedMediaType
from servicekit.schemas import has_text
from servicekit.upstream import Upstream, raise_for_problem

AUDIO_TYPES = {"audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "ogg"}
OPTIONS = {
    "bart_service": {"max_tokens", "min_tokens", "num_beams", "no_repeat_ngram_size"},
    "llama_service": {"max_tokens", "temperature", "top_p", "seed", "stop"},
}


def create_blueprint(upstreams: Upstreams, desk: Desk, follower: Follower) -> APIBlueprint:
    """The routes that need a model. What is asked of a book by its id is done by a job."""
    api = blueprint(
        "generation",
        tag="generation",
        description="Summaries, key points and speech.",
        failures=[404, 409, 502, 503, 504],
    )

    @api.post("/summaries/generate", summary="Summarise a text", responses={200: schemas.Summary})
    def generate_summary(body: schemas.SummaryRequest) -> Response:
        worker, engine = _worker(upstreams, body.engine, default=upstreams.bart)
        return _pass_on(worker, "/summaries", _summary_payload(worker, engine, body.text, body))

    @api.post(
        "/summaries/generate/audio",
        summary="Summarise a text, spoken",
        responses={200: _AUDIO, 406: problem_response(406)},
    )
    def generate_summary_audio(body: schemas.SpokenSummaryRequest) -> Response:
        worker, engine = _worker(upstreams, body.engine, default=upstreams.bart)
        kind = _audio_type()
        charge(characters=len(body.text))
        payload = _summary_payload(worker, engine, body.text, body)
        made = parse_response(schemas.Summary, worker.call_json("POST", "/summaries", payload))
        if not has_text(made.summary):
            raise InvalidInput(
                "The text holds nothing to read aloud.", errors=[{"field": "text", "message": "has nothing to read"}]
            )
        charge(audio_characters=len(made.summary))
        spoken = respond(_post(upstreams.bart, "/speech", {"text": made.summary, **body.manner()}, accept=kind))
        spoken.vary.add("Accept")
        if spoken.status_code == 200:
            spoken.headers["Visis-Engine"] = made.engine
            spoken.headers["Content-Disposition"] = f'inline; filename="summary.{AUDIO_TYPES[kind]}"'
        return spoken

    @api.post(
        "/generate-summary",
        summary="Summarise a PDF, a text or a book with the Llama worker",
        responses={200: schemas.Summary},
        request_body=_SUMMARY_BODIES,
    )
    @documented_only
    def generate_long_summary() -> Response:
        form = _read(schemas.GenerateSummaryForm, schemas.GenerateSummaryRequest)
        worker, engine = _worker(upstreams, form.engine, default=upstreams.llama)
        if isinstance(form, schemas.GenerateSummaryRequest) and form.book_id is not None:
            order = Order(form.book_id, engine=form.engine, length=form.length, prefers="llama")
            return _by_job(desk, follower, replace(order, options=_options(worker, form)), _summary_of_book)
        text = _extracted_text(upstreams) if isinstance(form, schemas.GenerateSummaryForm) else str(form.source_text())
        return _pass_on(worker, "/summaries", _summary_payload(worker, engine, text, form))

    @api.post("/generate-points", summary="Key points of a text or a book", responses={200: schemas.Points})
    def generate_points(body: schemas.PointsRequest) -> Response:
        worker, engine = _worker(upstreams, body.engine, default=upstreams.llama)
        options = _options(worker, body)
        if body.book_id is not None:
            order = Order(body.book_id, engine=body.engine, length="short", points=body.count, prefers="llama")
            return _by_job(desk, follower, replace(order, options=options), _points_of_book)
        payload = {"text": body.source_text(), "count": body.count, "engine": engine, **options}
        return _pass_on(worker, "/points", payload)

    return api


def _worker(upstreams: Upstreams, engine: str, *, default: Upstream) -> tuple[Upstream, str]:
    """The worker for a public `engine`, and the engine to ask it for."""
    return {
        "auto": (default, "auto"),
        "bart": (upstreams.bart, "neural"),
        "llama": (upstreams.llama, "neural"),
        "extractive": (upstreams.bart, "extractive"),
    }[engine]


def _summary_payload(
    worker: Upstream,
    engine: str,
    text: str,
    request_: schemas.SummaryRequest | schemas.GenerateSummaryRequest | schemas.GenerateSummaryForm,
) -> dict[str, Any]:
    options = {} if isinstance(request_, schemas.GenerateSummaryForm) else _options(worker, request_)
    return {"text": text, "length": request_.length, "engine": engine, **options}


def _options(worker: Upstream, request_: schemas.GenerationOptions) -> dict[str, Any]:
    """The generation options to send to `worker`.

    Raises:
        InvalidInput: one of them means nothing to this worker.
    """
    given = request_.given()
    foreign = sorted(set(given) - OPTIONS[worker.name])
    if foreign:
        message = f"is not an option of {worker.name}: remove it, or choose another engine"
        raise InvalidInput(
            f"{foreign[0]} {message}.", errors=[{"field": field, "message": message} for field in foreign]
        )
    return given


def _pass_on(worker: Upstream, path: str, payload: dict[str, Any]) -> Response:
    charge(characters=len(payload["text"]))
    wanted = request.accept_mimetypes.best_match(["application/json", events.MEDIA_TYPE], default="application/json")
    return respond(_post(worker, path, payload, accept=wanted))


def _post(worker: Upstream, path: str, payload: dict[str, Any], *, accept: str) -> Any:
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Accept": accept}
    return worker.stream("POST", path, body=body, headers=headers, retriable=True)


def _by_job(
    desk: Desk, follower: Follower, order: Order, answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> Response:
    """Answer from a job's result, or with its events where the client accepts a stream."""
    try:
        if request.accept_mimetypes.best_match(["application/json", events.MEDIA_TYPE]) == events.MEDIA_TYPE:
            return follower.follow(desk.place(order).job["id"])
        made = desk.at_once(order)
    except InvalidInput as problem:
        if not any(item.get("field") == "scope" for item in problem.members.get("errors", [])):
            raise
        # These routes have no scope: what is meant is the whole book.
        raise InvalidInput(
            f"Book {order.book_id} has no text.", errors=[{"field": "book_id", "message": "names a book without text"}]
        ) from None
    about = {"engine": made["engine"], "model": made["model"], "degraded": made["degraded"]}
    return jsonify({**answer(made), **about, "result": f"/summaries/{made['id']}"})


def _summary_of_book(made: dict[str, Any]) -> dict[str, Any]:
    return {"summary": made["summary"], "summary_words": len(made["summary"].split())}


def _points_of_book(made: dict[str, Any]) -> dict[str, Any]:
    points = [point["text"] for point in made["points"]]
    return {"points": points, "text": "\n".join(f"- {point}" for point in points)}


def _read(
    form: type[schemas.GenerateSummaryForm], body: type[schemas.GenerateSummaryRequest]
) -> schemas.GenerateSummaryForm | schemas.GenerateSummaryRequest:
    try:
        if request.mimetype == "multipart/form-data":
            return form.model_validate({**request.form.to_dict(), **request.files.to_dict()})
        if request.is_json:
            hooks.require_json()
            return body.model_validate(request.get_json())
    except ValidationError as error:
        raise problems.invalid_input(error) from None
    raise UnsupportedMediaType(
        "Send a file as multipart/form-data, or a text or book_id as application/json.",
        accepted=["multipart/form-data", "application/json"],
    )


def _audio_type() -> str:
    """The type of audio to answer with.

    Raises:
        NotAcceptable: the client takes none that there is. (JSON is what the first clients asked for; they get MP3.)
    """
    if not request.accept_mimetypes:
        return "audio/mpeg"
    best = request.accept_mimetypes.best_match([*AUDIO_TYPES, "application/json"])
    if best is None:
        raise NotAcceptable(f"Accept one of {', '.join(AUDIO_TYPES)}.", available=list(AUDIO_TYPES))
    return best if best in AUDIO_TYPES else "audio/mpeg"


def _extracted_text(upstreams: Upstreams) -> str:
    """The text of the uploaded file, read by the catalog (the only place where files are parsed).

    Raises:
        InvalidInput: it has none.
    """
    upload = request.files["file"]
    part = (upload.filename or "upload", upload.stream.read(), upload.mimetype or "application/octet-stream")
    body, content_type = encode_multipart_formdata({"file": part})
    answer = upstreams.catalog.call("POST", "/extractions", body=body, headers={"Content-Type": content_type})
    raise_for_problem(answer)
    text = "\n\n".join(page["text"] for page in answer.json()["pages"])
    if not has_text(text):
        message = "has no text that can be read (a scan?)"
        raise InvalidInput("No text was found in the file (a scan?).", errors=[{"field": "file", "message": message}])
    return text


_AUDIO = {
    "description": "The spoken summary. `Visis-Engine` names the summariser.",
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in AUDIO_TYPES},
}
_SUMMARY_BODIES: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": schemas.GenerateSummaryForm.model_json_schema()},
        "application/json": {"schema": schemas.GenerateSummaryRequest.model_json_schema()},
    },
}
