"""Events as a response: JSON, a stream, its end, and what ends it early."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import TypeAdapter

from contract.events import PointsStreamEvent, SummaryStreamEvent
from modelkit import answers
from modelkit.choice import Engines
from modelkit.engine import Part, Progress, Result, Token
from modelkit.extractive import ExtractiveEngine
from modelkit.routes import generation_routes
from servicekit.app import build_app
from servicekit.problems import Busy
from servicekit.settings import ServiceSettings
from tests.modelkit.fakes import FakeEngine

TEXT = {"text": "The keeper lit the lamp. Nobody came."}
RESULT = Result("neural", "fake", ("A lamp.",), 2)
MakeClient = Callable[..., FlaskClient]


def client(*events: object) -> tuple[FlaskClient, FakeEngine]:
    engine = FakeEngine(events)  # type: ignore[arg-type]
    app: Flask = build_app(
        name="llama_service",
        title="A worker",
        description="For tests.",
        settings=ServiceSettings(),
        tags={"text": "Text."},
        blueprints=[generation_routes("llama_service", Engines(ExtractiveEngine(), engine, "given", check=False))],
    )
    return app.test_client(), engine


def parsed(text: str, kind: object = SummaryStreamEvent) -> list[object]:
    """The events of a stream, validated against the contract."""
    found = []
    for block in text.split("\n\n"):
        if block and not block.startswith(":"):
            name, data = block.split("\n")
            event = TypeAdapter(kind).validate_json(data.removeprefix("data: "))
            assert name == f"event: {event.type}"
            found.append(event)
    return found


def test_a_json_answer_is_the_result_alone() -> None:
    api, engine = client(None, Token("A "), RESULT)
    answer = api.post("/summaries", json=TEXT)
    assert answer.get_json()["summary"] == "A lamp."
    assert answer.get_json()["input_words"] == 7
    assert engine.closed


@pytest.mark.parametrize(
    ("path", "headers"), [("/summaries/events", {}), ("/summaries", {"Accept": "text/event-stream"})]
)
def test_a_stream_speaks_the_vocabulary_of_the_contract(path, headers) -> None:
    api, _ = client(Progress(1, 2), Part(0, 1, 2, "A part."), None, Token("A lamp."), RESULT)
    answer = api.post(path, json=TEXT, headers=headers)
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    events = parsed(answer.text)
    assert [event.type for event in events] == ["progress", "part", "token", "done"]
    assert events[-1].result.model_dump() == client(RESULT)[0].post("/summaries", json=TEXT).get_json()


def test_points_are_streamed_too() -> None:
    api, engine = client(Token("- One."), Result("neural", "fake", ("One.",)))
    events = parsed(api.post("/points/events", json={**TEXT, "count": 3}).text, PointsStreamEvent)
    assert events[-1].result.points == ["One."]
    assert engine.requests[0].count == 3


def test_silence_is_filled_with_pings(monkeypatch) -> None:
    monkeypatch.setattr(answers, "PING_S", 0.0)
    api, _ = client(None, None, RESULT)
    assert api.post("/summaries/events", json=TEXT).text.startswith(": ping\n\n: ping\n\nevent: done")


def test_a_problem_before_the_first_event_is_the_response() -> None:
    api, engine = client(Busy("full", retry_after_s=7))
    answer = api.post("/summaries/events", json=TEXT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert engine.closed


def test_a_problem_after_it_is_the_last_event() -> None:
    api, _ = client(Token("A"), Busy("full"))
    assert parsed(api.post("/summaries/events", json=TEXT).text)[-1].problem.status == 503


def test_a_defect_is_the_last_event_without_its_text() -> None:
    api, _ = client(Token("A"), ValueError("secret"))
    text = api.post("/summaries/events", json=TEXT).text
    assert parsed(text)[-1].problem.status == 500
    assert "secret" not in text


def test_closing_a_stream_ends_the_work() -> None:
    api, engine = client(Token("A"), Token("B"), RESULT)
    answer = api.post("/summaries/events", json=TEXT, buffered=False)
    assert not engine.closed
    answer.close()
    assert engine.closed


@pytest.mark.parametrize("path", ["/summaries", "/summaries/events"])
def test_work_past_the_deadline_is_ended(path) -> None:
    api, engine = client(None, RESULT)
    assert api.post(path, json=TEXT, headers={"Visis-Deadline-Ms": "0"}).status_code == 504
    assert engine.closed


def test_a_client_that_hangs_up_ends_the_work(monkeypatch) -> None:
    asked: Iterator[bool] = iter([False, True])
    monkeypatch.setattr(answers.clients, "gone", lambda: lambda: next(asked))
    api, engine = client(*repeat(None, 10), RESULT)
    assert api.post("/summaries", json=TEXT).status_code == 409
    assert engine.closed


def test_options_and_priority_reach_the_engine() -> None:
    api, engine = client(RESULT)
    api.post("/summaries", json={**TEXT, "seed": 4, "length": "short"}, headers={"Visis-Priority": "background"})
    request = engine.requests[0]
    assert (request.options, request.length, request.background) == ({"seed": 4}, "short", True)


def test_an_option_of_another_worker_is_refused() -> None:
    api, engine = client(RESULT)
    answer = api.post("/summaries", json={**TEXT, "num_beams": 4})
    assert answer.status_code == 422
    message = "is not an option of llama_service: remove it, or choose another engine"
    assert answer.get_json()["errors"] == [{"field": "num_beams", "message": message}]
    assert engine.requests == []


def test_models_are_the_contracts() -> None:
    rows = json.loads(client(RESULT)[0].get("/models").text)["models"]
    assert [(row["engine"], row["selected"]) for row in rows] == [("extractive", False), ("neural", True)]
    assert {row["service"] for row in rows} == {"llama_service"}
