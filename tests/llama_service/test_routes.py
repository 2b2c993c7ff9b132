"""The routes over Flask's test client, with the extractive engine and with fakes."""

import json

import pytest

from llama_service.app import create_app
from llama_service.config import LlamaSettings
from modelkit.engine import Result
from tests.modelkit.fakes import FakeEngine

TEXT = (
    "The lighthouse keeper counted ships every evening. Few came after the war. One winter a schooner struck the reef. "
    "The keeper rowed out alone and saved four sailors. The village gave him a silver watch. He kept counting ships."
)


def client(fake=None, **settings):
    settings.setdefault("engine", "llama_cpp" if fake else "auto")
    return create_app(LlamaSettings(**settings), fake).test_client()


def test_summary_without_a_model_is_extractive_and_says_so(tmp_path):
    answer = client(home=tmp_path).post("/summaries", json={"text": TEXT, "length": "short"})
    assert answer.status_code == 200
    assert answer.json["engine"] == "extractive"
    assert answer.json["parts"] == 1
    assert answer.json["input_words"] == len(TEXT.split())
    assert answer.json["summary_words"] == len(answer.json["summary"].split()) > 0


def test_points_come_as_an_array_and_as_lines(tmp_path):
    answer = client(home=tmp_path).post("/points", json={"text": TEXT, "count": 3})
    assert answer.status_code == 200
    assert len(answer.json["points"]) == 3
    assert answer.json["text"] == "\n".join(f"- {point}" for point in answer.json["points"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n\t"}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": 3}, "text"),
        ({"length": "endless"}, "length"),
        ({"engine": "gpt"}, "engine"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 10**9}, "max_tokens"),
        ({"temperature": -0.1}, "temperature"),
        ({"temperature": 2.1}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"seed": -1}, "seed"),
        ({"stop": [""]}, "stop.0"),
        ({"stop": ["x"] * 9}, "stop"),
        ({"surprise": 1}, "surprise"),
        ({"num_beams": 4}, "num_beams"),
    ],
)
def test_a_bad_field_is_named_in_a_422(tmp_path, change, field):
    body = json.dumps({"text": TEXT, **change})
    answer = client(home=tmp_path).post("/summaries", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]]


@pytest.mark.parametrize("count", [0, 31, "many"])
def test_a_count_out_of_range_is_refused(tmp_path, count):
    answer = client(home=tmp_path).post("/points", json={"text": TEXT, "count": count})
    assert answer.status_code == 422


def test_neural_without_a_model_answers_409_and_says_why(tmp_path):
    answer = client(home=tmp_path).post("/summaries", json={"text": TEXT, "engine": "neural"})
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert "extractive" in answer.json["detail"]


def test_readyz_is_red_while_a_named_model_loads_and_auto_requests_wait_for_it():
    api = client(FakeEngine(state="loading"))
    ready = api.get("/readyz")
    assert ready.status_code == 503
    assert ready.json["checks"]["engine"] == "the model is loading"
    assert api.post("/summaries", json={"text": TEXT}).status_code == 503
    assert api.post("/summaries", json={"text": TEXT, "engine": "extractive"}).status_code == 200


def test_auto_falls_back_to_extractive_when_the_model_failed_and_models_says_why():
    api = client(FakeEngine(state="failed"), engine="auto")
    assert api.get("/readyz").status_code == 200
    assert api.post("/summaries", json={"text": TEXT}).json["engine"] == "extractive"
    extractive, neural = api.get("/models").json["models"]
    assert extractive["selected"]
    assert "the model is failed" in extractive["why"]
    assert not neural["loaded"]


def test_a_named_engine_that_is_not_there_keeps_readyz_red(tmp_path):
    assert client(home=tmp_path).get("/readyz").status_code == 200
    assert client(home=tmp_path, engine="llama_cpp").get("/readyz").status_code == 503


def test_the_extractive_engine_by_name_ignores_the_model():
    api = client(FakeEngine([Result("llama_cpp", "fake", ("neural",))]), engine="extractive")
    assert api.post("/summaries", json={"text": TEXT}).json["engine"] == "extractive"


def test_the_document_describes_every_route(tmp_path):
    spec = client(home=tmp_path).get("/openapi.json").json
    assert {"/summaries", "/summaries/events", "/points", "/points/events", "/models"} <= set(spec["paths"])
