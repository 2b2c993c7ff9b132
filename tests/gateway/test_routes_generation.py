"""Summaries, points and speech: which worker is asked for what."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from contract import books, generation, jobs
from tests.examples import example

SUMMARY = example(generation.Summary, summary="Clogs last.")
POINTS = example(generation.Points, points=["Clogs last."], text="- Clogs last.")
MP3 = b"\xff\xfb" + bytes(500)
TEXT = "Clogs are made of wood. They last."


@pytest.fixture
def workers(services: Any) -> Any:
    """The fakes, with an answer for everything."""
    for worker in (services.bart, services.llama):
        worker.answer("/summaries", SUMMARY)
        worker.answer("/points", POINTS)
        for path in ("/summaries/events", "/points/events"):
            worker.answer(path, b"", Content_Type="text/event-stream")
    services.bart.answer("/speech", MP3, Content_Type="audio/mpeg")
    services.catalog.answer("/books/7/text", TEXT.encode(), Content_Type="text/plain; charset=utf-8")
    services.catalog.answer("/internal/extractions", extraction("One.", "Two."))
    return services


def extraction(*pages: str) -> dict[str, Any]:
    texts = [{"page_number": number, "text": text} for number, text in enumerate(pages, 1)]
    return example(books.Extraction, pages=texts)


ENGINES = [
    ("/summaries/generate", None, "bart", "auto"),
    ("/summaries/generate", "auto", "bart", "auto"),
    ("/summaries/generate", "bart", "bart", "neural"),
    ("/summaries/generate", "llama", "llama", "neural"),
    ("/summaries/generate", "extractive", "bart", "extractive"),
    ("/generate-summary", None, "llama", "auto"),
    ("/generate-summary", "bart", "bart", "neural"),
    ("/generate-summary", "llama", "llama", "neural"),
    ("/generate-summary", "extractive", "bart", "extractive"),
    ("/generate-points", None, "llama", "auto"),
    ("/generate-points", "bart", "bart", "neural"),
    ("/generate-points", "extractive", "bart", "extractive"),
]


@pytest.mark.parametrize(("path", "engine", "worker", "asked"), ENGINES)
@pytest.mark.parametrize("slash", ["", "/"])
def test_the_engine_decides_which_worker_is_asked_for_what(
    workers: Any, gateway: FlaskClient, path: str, engine: str | None, worker: str, asked: str, slash: str
) -> None:
    body = {"text": TEXT} | ({"engine": engine} if engine else {})
    response = gateway.post(path + slash, json=body)
    assert response.status_code == 200
    assert response.get_json() == (POINTS if path == "/generate-points" else SUMMARY)
    others = {"bart": workers.llama, "llama": workers.bart}[worker]
    assert others.received == []
    assert getattr(workers, worker).last.json["engine"] == asked
    assert getattr(workers, worker).last.json["text"] == TEXT


@pytest.mark.parametrize("path", ["/summaries/generate", "/summaries/generate/audio", "/generate-summary"])
def test_an_unknown_engine_or_length_is_refused(workers: Any, gateway: FlaskClient, path: str) -> None:
    for wrong in ({"engine": "gpt"}, {"engine": None}, {"length": "endless"}, {"length": 3}, {"colour": "red"}):
        assert gateway.post(path, json={"text": TEXT, **wrong}).status_code == 422
    assert workers.bart.received + workers.llama.received == []


@pytest.mark.parametrize("path", ["/summaries/generate", "/summaries/generate/audio"])
@pytest.mark.parametrize("text", [None, "", " \n", 7, ["x"], "a\x00b"])
def test_a_text_that_is_none_is_refused(workers: Any, gateway: FlaskClient, path: str, text: Any) -> None:
    assert gateway.post(path, json={} if text is None else {"text": text}).status_code == 422
    assert workers.bart.received == []


def test_any_script_reaches_the_worker(workers: Any, gateway: FlaskClient) -> None:
    gateway.post("/summaries/generate", json={"text": "靴 \N{HIKING BOOT} e\u0301"})
    assert workers.bart.last.json["text"] == "靴 \N{HIKING BOOT} e\u0301"


def test_options_go_to_the_worker_that_knows_them(workers: Any, gateway: FlaskClient) -> None:
    gateway.post("/summaries/generate", json={"text": TEXT, "num_beams": 4})
    assert workers.bart.last.json["num_beams"] == 4
    response = gateway.post("/summaries/generate", json={"text": TEXT, "temperature": 0.5})
    assert response.status_code == 422
    assert response.get_json(force=True)["errors"][0]["field"] == "temperature"


@pytest.mark.parametrize(
    ("accept", "passed"),
    [
        (None, "audio/mpeg"),
        ("application/json", "audio/mpeg"),
        ("*/*", "audio/mpeg"),
        ("audio/*", "audio/mpeg"),
        ("audio/mpeg", "audio/mpeg"),
        ("audio/wav", "audio/wav"),
        ("audio/ogg;q=0.9, audio/wav;q=0.1", "audio/ogg"),
        ("text/html, audio/wav;q=0.5, */*;q=0.1", "audio/wav"),
        ("application/json, audio/wav;q=0.5", "audio/mpeg"),
    ],
)
def test_audio_comes_in_the_type_asked_for_and_as_mpeg_to_whom_asks_for_none(
    workers: Any, gateway: FlaskClient, accept: str | None, passed: str
) -> None:
    workers.bart.answer("/speech", MP3, Content_Type=passed)
    headers = {} if accept is None else {"Accept": accept}
    response = gateway.post("/summaries/generate/audio", json={"text": TEXT}, headers=headers)
    assert response.status_code == 200
    assert workers.bart.last.headers["Accept"] == passed
    assert response.content_type == passed
    assert response.data == MP3
    assert response.headers["Visis-Engine"] == "extractive"
    assert "Accept" in response.headers["Vary"]
    ending = {"audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "ogg"}[passed]
    assert response.headers["Content-Disposition"] == f'inline; filename="summary.{ending}"'


@pytest.mark.parametrize("accept", ["text/html", "nonsense", "audio/mpeg;q=0", "audio/flac", "text/html, image/*"])
def test_audio_in_a_type_that_there_is_not_is_a_406_before_any_work(
    workers: Any, gateway: FlaskClient, accept: str
) -> None:
    response = gateway.post("/summaries/generate/audio", json={"text": TEXT}, headers={"Accept": accept})
    assert response.status_code == 406
    assert response.get_json(force=True)["available"] == ["audio/mpeg", "audio/wav", "audio/ogg"]
    assert workers.bart.received == []


def test_voice_and_speed_are_for_the_speech_alone(workers: Any, gateway: FlaskClient) -> None:
    gateway.post("/summaries/generate/audio", json={"text": TEXT, "voice": "en-gb", "speed": 1.5})
    asked, spoken = (received.json for received in workers.bart.received)
    assert not {"voice", "speed"} & set(asked)
    assert spoken == {"text": "Clogs last.", "voice": "en-gb", "speed": 1.5}
    for wrong in ({"voice": "x"}, {"voice": "../etc"}, {"speed": 0.1}, {"speed": "1"}):
        assert gateway.post("/summaries/generate/audio", json={"text": TEXT, **wrong}).status_code == 422


def test_a_summary_without_anything_to_read_is_refused_in_terms_of_the_text(workers: Any, gateway: FlaskClient) -> None:
    workers.bart.answer("/summaries", {**SUMMARY, "summary": " "})
    response = gateway.post("/summaries/generate/audio", json={"text": TEXT})
    assert response.status_code == 422
    assert response.get_json(force=True)["errors"][0]["field"] == "text"


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/generate-summary", {"book_id": True}),
        ("/generate-summary", {"book_id": "1"}),
        ("/generate-points", {"text": TEXT, "count": "5"}),
        ("/generate-points", {"text": TEXT, "count": 5.0}),
        ("/summaries/generate", {"text": TEXT, "max_tokens": "5"}),
        ("/summaries/generate", {"text": TEXT, "temperature": True}),
        ("/books/1/summaries", {"points": "5"}),
        ("/books/1/summaries", {"audio": "yes"}),
        ("/books/1/summaries", {"scope": {"chapter": True}}),
        ("/books/1/summaries", {"scope": {"pages": ["1", 2]}}),
    ],
)
def test_values_of_json_are_not_converted(workers: Any, gateway: FlaskClient, path: str, wrong: Any) -> None:
    assert gateway.post(path, json=wrong).status_code == 422
    assert workers.bart.received + workers.llama.received + workers.catalog.received == []


def test_a_whole_number_will_do_for_a_number(workers: Any, gateway: FlaskClient) -> None:
    assert gateway.post("/generate-summary", json={"text": TEXT, "temperature": 1}).status_code == 200


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_a_file_without_text_is_said_to_have_none(workers: Any, gateway: FlaskClient, text: str) -> None:
    workers.catalog.answer("/internal/extractions", extraction(text))
    response = gateway.post("/generate-summary", **upload())
    assert response.status_code == 422
    assert response.get_json(force=True)["detail"] == "No text was found in the file (a scan?)."
    assert response.get_json(force=True)["errors"][0]["field"] == "file"
    assert workers.llama.received == []


@pytest.mark.parametrize("path", ["/generate-summary", "/generate-points"])
def test_a_book_without_text_is_said_to_have_none(workers: Any, gateway: FlaskClient, path: str) -> None:
    errors = [{"field": "scope", "message": "names pages without text"}]
    workers.catalog.problem("/internal/books/7/extent", 422, "invalid-input", errors=errors)
    response = gateway.post(path, json={"book_id": 7})
    assert response.status_code == 422
    assert response.get_json(force=True)["detail"] == "Book 7 has no text."
    assert response.get_json(force=True)["errors"][0]["field"] == "book_id"


def test_the_summary_is_what_is_spoken(workers: Any, gateway: FlaskClient) -> None:
    workers.llama.answer("/summaries", {**SUMMARY, "summary": "Boots."})
    gateway.post("/summaries/generate/audio/", json={"text": TEXT, "engine": "llama", "length": "short"})
    assert workers.llama.last.json["length"] == "short"
    assert [received.path for received in workers.bart.received] == ["/speech"]
    assert workers.bart.last.json == {"text": "Boots."}


@pytest.mark.parametrize("step", ["/summaries", "/speech"])
def test_audio_of_a_busy_worker_is_its_503(workers: Any, gateway: FlaskClient, step: str) -> None:
    workers.bart.problem(step, 503, "busy")
    response = gateway.post("/summaries/generate/audio", json={"text": TEXT})
    assert response.status_code == 503
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("answer", [[], "text", None, 7, {"other": 1}, {"summary": "x"}, b"<html>", b""])
def test_a_worker_that_talks_nonsense_is_a_502(workers: Any, gateway: FlaskClient, answer: Any) -> None:
    workers.bart.answer("/summaries", answer)
    assert gateway.post("/summaries/generate/audio", json={"text": TEXT}).status_code == 502


def test_a_book_is_answered_by_a_job_that_is_done(workers: Any, gateway: FlaskClient) -> None:
    point = example(jobs.SupportedSentence, text="A point.")
    made = example(jobs.BookSummary, id="s", engine="llama_cpp", summary="It is short.", points=[point])
    extent = example(jobs.Extent, book_id=7, revision=1, characters=len(TEXT), chapters=1)
    workers.catalog.answer("/internal/books/7/extent", extent)
    done = example(jobs.Job, id="j", state="succeeded", result="/summaries/s")
    workers.catalog.answer("/internal/jobs", done, 201)
    workers.catalog.answer("/summaries/s", made)
    workers.llama.answer("/models", {"service": "llama_service", "models": []})
    summary = gateway.post("/generate-summary", json={"book_id": 7, "length": "short"}).json
    assert (summary["summary"], summary["engine"], summary["result"]) == ("It is short.", "llama_cpp", "/summaries/s")
    points = gateway.post("/generate-points", json={"book_id": 7, "count": 3}).json
    assert (points["points"], points["text"]) == (["A point."], "- A point.")
    orders = [received.json["request"] for received in workers.catalog.received if received.path == "/internal/jobs"]
    assert [(order["length"], order["points"]) for order in orders] == [("short", 0), ("short", 3)]


def test_events_of_a_book_are_those_of_its_job_and_end_with_the_answer(workers: Any, gateway: FlaskClient) -> None:
    made = example(jobs.BookSummary, id="s", summary="It is short.")
    extent = example(jobs.Extent, book_id=7, revision=1, characters=len(TEXT), chapters=1)
    workers.catalog.answer("/internal/books/7/extent", extent)
    done = example(jobs.Job, id="j", state="succeeded", result="/summaries/s")
    workers.catalog.answer("/internal/jobs", done, 201)
    workers.catalog.answer("/jobs/j", done)
    state = {"id": 1, "type": "state", "data": {"type": "state", "state": "succeeded", "summary_id": "s"}}
    workers.catalog.answer("/jobs/j/events.json", [state])
    workers.catalog.answer("/summaries/s", made)
    workers.llama.answer("/models", {"service": "llama_service", "models": []})
    response = gateway.post("/generate-summary/events", json={"book_id": 7})
    names = [line.removeprefix("event: ") for line in response.text.splitlines() if line.startswith("event: ")]
    assert names == ["state", "done"]
    last = json.loads(response.text.splitlines()[-2].removeprefix("data: "))
    assert (last["type"], last["result"]["summary"]) == ("done", "It is short.")


def test_a_book_that_is_not_there_is_a_404(workers: Any, gateway: FlaskClient) -> None:
    workers.catalog.problem("/internal/books/8/extent", 404, "not-found")
    for path in ("/generate-summary", "/generate-points"):
        assert gateway.post(path, json={"book_id": 8}).status_code == 404
    assert workers.llama.received == []


@pytest.mark.parametrize("book_id", [0, -1, 1.5, "seven", [], 2**63, 10**400])
def test_an_id_that_names_no_book_is_refused(workers: Any, gateway: FlaskClient, book_id: Any) -> None:
    for path in ("/generate-summary", "/generate-points"):
        assert gateway.post(path, json={"book_id": book_id}).status_code == 422
    assert workers.catalog.received == []


@pytest.mark.parametrize("given", [{}, {"text": TEXT, "book_id": 7}, {"text": None}, {"text": None, "book_id": None}])
def test_one_source_is_wanted(workers: Any, gateway: FlaskClient, given: dict[str, Any]) -> None:
    for path, names in (("/generate-summary", "text"), ("/generate-points", "points (or text)")):
        response = gateway.post(path, json=given)
        assert response.status_code == 422
        both = "give one of text and book_id, not both"
        assert (both if given.get("text") else f"give {names} or book_id") in response.get_json(force=True)["detail"]


def test_points_without_a_word_are_named_once(workers: Any, gateway: FlaskClient) -> None:
    errors = gateway.post("/generate-points", json={"points": ""}).get_json(force=True)["errors"]
    assert [item["field"] for item in errors] == ["points"]


@pytest.mark.parametrize("given", [{"points": TEXT}, {"text": TEXT}, {"points": TEXT, "text": TEXT}])
def test_points_and_text_are_two_names_of_one(workers: Any, gateway: FlaskClient, given: dict[str, Any]) -> None:
    response = gateway.post("/generate-points", json={**given, "count": 3})
    assert response.get_json() == POINTS
    assert workers.llama.last.json == {"text": TEXT, "count": 3, "engine": "auto"}


@pytest.mark.parametrize(
    "given",
    [
        {"points": TEXT, "text": "Another."},
        {"points": TEXT, "book_id": 7},
        {"points": ""},
        {"points": " "},
        {"points": ["a", "b"]},
        {"points": TEXT, "count": 0},
        {"points": TEXT, "count": 31},
        {"points": TEXT, "count": 2.5},
    ],
)
def test_points_of_nothing_clear_are_refused(workers: Any, gateway: FlaskClient, given: dict[str, Any]) -> None:
    response = gateway.post("/generate-points", json=given)
    assert response.status_code == 422
    assert response.get_json(force=True)["errors"]
    assert workers.llama.received + workers.catalog.received == []


def upload(content: bytes = b"%PDF-1.7", name: str = "book.pdf", **fields: str) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(content), name), **fields}, "content_type": "multipart/form-data"}


def test_an_uploaded_file_is_read_by_the_catalog_and_summarised(workers: Any, gateway: FlaskClient) -> None:
    response = gateway.post("/generate-summary", **upload(length="long", engine="bart"))
    assert response.get_json() == SUMMARY
    assert workers.catalog.last.body == b"%PDF-1.7"
    assert workers.catalog.last.path == "/internal/extractions?name=book.pdf"
    assert workers.bart.last.json == {"text": "One.\n\nTwo.", "length": "long", "engine": "neural"}


@pytest.mark.parametrize(
    "name", ["a%0D%0AX-Evil: y.pdf", 'q"uote.pdf', "B\N{LATIN SMALL LETTER U WITH DIAERESIS}.pdf", "../../x", "a;b=c"]
)
def test_a_hostile_file_name_stays_a_file_name(workers: Any, gateway: FlaskClient, name: str) -> None:
    assert gateway.post("/generate-summary", **upload(name=name)).status_code == 200
    asked = urlsplit(workers.catalog.last.path)
    assert (asked.path, list(parse_qs(asked.query))) == ("/internal/extractions", ["name"])
    assert "X-Evil" not in workers.catalog.last.headers


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "file"),
        ({"file": "just words"}, "file"),
        ({"file": (io.BytesIO(b""), "")}, "file"),
        ({"document": (io.BytesIO(b"x"), "book.pdf")}, "document"),
        ({"file": (io.BytesIO(b"x"), "book.pdf"), "length": "endless"}, "length"),
        ({"file": (io.BytesIO(b"x"), "book.pdf"), "engine": "gpt"}, "engine"),
        ({"file": (io.BytesIO(b"x"), "book.pdf"), "colour": "red"}, "colour"),
    ],
)
def test_a_form_without_a_file_or_with_a_wrong_field_names_it(
    workers: Any, gateway: FlaskClient, data: dict[str, Any], field: str
) -> None:
    response = gateway.post("/generate-summary", data=data, content_type="multipart/form-data")
    assert response.status_code == 422
    assert field in {item["field"] for item in response.get_json(force=True)["errors"]}
    assert workers.catalog.received == []


@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--x\r\n\r\n", b"garbage", b'--x\r\nContent-Disposition: form-data; name="file"']
)
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary="]
)
def test_a_broken_form_is_refused(workers: Any, gateway: FlaskClient, body: bytes, kind: str) -> None:
    assert gateway.post("/generate-summary", data=body, content_type=kind).status_code in (400, 422)
    assert workers.catalog.received == []


def test_an_unreadable_file_is_the_catalogs_422(workers: Any, gateway: FlaskClient) -> None:
    workers.catalog.problem(
        "/internal/extractions", 422, "invalid-input", errors=[{"field": "file", "message": "is no PDF"}]
    )
    response = gateway.post("/generate-summary", **upload(b"junk"))
    assert response.status_code == 422
    assert response.get_json(force=True)["errors"][0]["message"] == "is no PDF"
    assert workers.llama.received == []


@pytest.mark.parametrize("kind", ["text/plain", "application/pdf", "application/x-www-form-urlencoded", ""])
def test_other_types_are_a_415_that_names_both(workers: Any, gateway: FlaskClient, kind: str) -> None:
    response = gateway.post("/generate-summary", data=b"x", content_type=kind)
    assert response.status_code == 415
    assert response.get_json(force=True)["accepted"] == ["multipart/form-data", "application/json"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(workers: Any, gateway: FlaskClient, body: bytes) -> None:
    for path in ("/summaries/generate", "/summaries/generate/audio", "/generate-summary", "/generate-points"):
        assert gateway.post(path, data=body, content_type="application/json").status_code in (400, 422)


@pytest.mark.parametrize("path", ["/summaries/generate", "/generate-summary", "/generate-points"])
@pytest.mark.parametrize(
    ("suffix", "accept", "streamed"),
    [
        ("", None, False),
        ("", "*/*", False),
        ("", "text/html", False),
        ("", "text/event-stream", True),
        ("", "application/json;q=0.1, text/event-stream", True),
        ("/events", None, True),
        ("/events", "application/json", True),
    ],
)
def test_events_have_a_path_of_their_own_and_come_to_a_client_that_prefers_them(
    workers: Any, gateway: FlaskClient, path: str, suffix: str, accept: str | None, streamed: bool
) -> None:
    response = gateway.post(path + suffix, json={"text": TEXT}, headers={"Accept": accept} if accept else {})
    assert (workers.bart.received + workers.llama.received)[0].path.endswith("/events") is streamed
    assert response.mimetype == ("text/event-stream" if streamed else "application/json")


def test_events_stream_while_they_happen(workers: Any, gateway: FlaskClient) -> None:
    go_on = threading.Event()
    script = workers.bart.answer("/summaries/events", Content_Type="text/event-stream")
    script.parts, script.go_on = [b"data: 1\n\n", b"data: 2\n\n"], go_on
    headers = {"Accept": "text/event-stream"}
    response = gateway.post("/summaries/generate", json={"text": TEXT}, headers=headers, buffered=False)
    chunks = response.iter_encoded()
    assert next(iter(chunks)) == b"data: 1\n\n"
    go_on.set()
    assert b"".join(chunks) == b"data: 2\n\n"
    assert response.mimetype == "text/event-stream"


@pytest.mark.parametrize(
    ("status", "slug", "given"),
    [(500, "internal-error", 502), (401, "unauthorized", 502), (503, "not-ready", 503), (504, "upstream-timeout", 504),
     (422, "invalid-input", 422)],
)  # fmt: skip
def test_problems_of_a_worker_reach_the_client_where_they_are_its_business(
    workers: Any, gateway: FlaskClient, status: int, slug: str, given: int
) -> None:
    for worker, path in ((workers.bart, "/summaries/generate"), (workers.llama, "/generate-summary")):
        worker.problem("/summaries", status, slug)
        response = gateway.post(path, json={"text": TEXT})
        assert response.status_code == given
        assert response.content_type == "application/problem+json"
        assert response.get_json(force=True)["instance"] == path


def test_a_worker_that_is_down_is_a_502_and_a_book_needs_no_worker(
    services: Any, make_gateway: Callable[..., FlaskClient], dead_address: str
) -> None:
    services.catalog.answer("/books/7", {"id": 7})
    gateway = make_gateway(bart_url=dead_address, llama_url=dead_address)
    for path in ("/summaries/generate", "/summaries/generate/audio", "/generate-summary", "/generate-points"):
        assert gateway.post(path, json={"text": TEXT}).status_code == 502
    assert gateway.get("/books/7").status_code == 200
