from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile

from tests.bart_service import tiny
from tests.bart_service.fakes import FakeEngine

SAMPLE = {"text": "This is a sample text to generate an audio summary."}


def test_a_summary_names_its_engine_and_counts_words(client):
    text = tiny.prose(1, 120)
    answer = client.post("/summaries", json={"text": text, "length": "short"}).get_json()
    assert answer["engine"] == "extractive"
    assert answer["input_words"] == len(text.split())
    assert answer["summary_words"] == len(answer["summary"].split()) < answer["input_words"] / 4


def test_points_come_as_a_list_and_as_text(client):
    answer = client.post("/points", json={"text": tiny.prose(2, 60), "count": 4}).get_json()
    assert 1 <= len(answer["points"]) <= 4
    assert answer["text"] == "\n".join(f"- {point}" for point in answer["points"])


def test_models_says_which_engine_and_why(client):
    row = client.get("/models").get_json()["models"][0]
    assert (row["engine"], row["selected"], row["loaded"]) == ("extractive", True, True)
    assert "make models" in row["why"]


def test_the_neural_engine_is_refused_without_weights(client):
    answer = client.post("/summaries", json={**SAMPLE, "engine": "neural"})
    assert answer.status_code == 409
    assert "make models" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": 5}, "text"),
        ({**SAMPLE, "length": "huge"}, "length"),
        ({**SAMPLE, "engine": "llama"}, "engine"),
        ({**SAMPLE, "num_beams": 17}, "num_beams"),
        ({**SAMPLE, "num_beams": 0}, "num_beams"),
        ({**SAMPLE, "max_tokens": 1025}, "max_tokens"),
        ({**SAMPLE, "min_tokens": -1}, "min_tokens"),
        ({**SAMPLE, "no_repeat_ngram_size": 99}, "no_repeat_ngram_size"),
        ({**SAMPLE, "wat": 1}, "wat"),
        ({**SAMPLE, "temperature": 0.5}, "temperature"),
        ({**SAMPLE, "min_tokens": 9, "max_tokens": 2}, "body"),
    ],
)
def test_a_bad_field_is_named(client, body, field):
    answer = client.post("/summaries", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]


def test_lone_surrogates_are_refused(client):
    answer = client.post("/summaries", data=b'{"text": "a\\ud800b"}', content_type="application/json")
    assert answer.status_code == 422


def test_events_end_with_the_summary(client):
    answer = client.post("/summaries", json=SAMPLE, headers={"Accept": "text/event-stream"})
    assert answer.mimetype == "text/event-stream"
    name, data = answer.get_data(as_text=True).strip().split("\n")
    assert name == "event: done"
    assert json.loads(data.removeprefix("data: "))["result"]["summary"] == SAMPLE["text"]


def test_a_refusal_is_a_problem_also_where_events_are_wanted(client):
    answer = client.post("/summaries", json={**SAMPLE, "engine": "neural"}, headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [("audio/mpeg", "audio/mpeg"), ("audio/wav", "audio/wav"), ("audio/ogg", "audio/ogg"), ("*/*", "audio/mpeg"),
     ("application/json", "audio/mpeg"), ("audio/ogg;q=0.2, audio/wav", "audio/wav")],
)  # fmt: skip
def test_speech_comes_in_the_accepted_type(client, accept, media_type):
    answer = client.post("/speech", json=SAMPLE, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["Visis-Voice"] == "espeak"
    samples, rate = soundfile.read(io.BytesIO(answer.data))
    assert 2 < len(samples) / rate < 6
    assert np.sqrt(np.mean(samples**2)) > 0.02


def test_speech_in_no_known_type_is_refused(client):
    answer = client.post("/speech", json=SAMPLE, headers={"Accept": "image/png"})
    assert answer.status_code == 406


@pytest.mark.parametrize(
    "change",
    [
        {"speed": 3},
        {"speed": 0.1},
        {"voice": "../etc"},
        {"voice": "zz"},
        {"voice": ""},
        {"text": ""},
        {"text": "..."},
        {"text": "a" * 100_000},
    ],
)
def test_a_bad_speech_field_is_refused(client, change):
    assert client.post("/speech", json={**SAMPLE, **change}).status_code == 422


def test_a_text_too_long_to_speak_is_refused(make_client):
    answer = make_client(speech_max_chars=10).post("/speech", json=SAMPLE)
    assert answer.status_code == 413


def test_places_for_speech_are_bounded_and_given_back(make_client):
    client = make_client(speech_streams=1)
    held = client.post("/speech", json=SAMPLE, buffered=False)
    refused = client.post("/speech", json=SAMPLE)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "2"
    held.close()
    assert client.post("/speech", json={**SAMPLE, "voice": "zz"}).status_code == 422
    assert client.post("/speech/timings", json=SAMPLE).status_code == 200
    assert len(client.post("/speech", json=SAMPLE).data) > 1000


def test_timings_are_webvtt(client):
    answer = client.post("/speech/timings", json={**SAMPLE, "unit": "word"})
    assert answer.mimetype == "text/vtt"
    assert answer.get_data(as_text=True).count(" --> ") == 10


def test_metrics_cover_queue_and_speech(client):
    client.post("/summaries", json=SAMPLE)
    client.post("/speech", json=SAMPLE)
    text = client.get("/metrics").get_data(as_text=True)
    assert 'visis_queue_seconds_count{engine="extractive"} 1.0' in text
    assert 'visis_queue_length{engine="extractive"} 0.0' in text
    assert 'visis_speech_real_time_factor{voice="espeak"} 0.' in text


def test_every_route_is_documented(client):
    paths = client.get("/openapi.json").get_json()["paths"]
    streams = {"/summaries/events", "/points/events"}
    assert {"/summaries", "/points", "/speech", "/speech/timings", "/models"} | streams <= set(paths)
    assert set(paths["/speech"]["post"]["responses"]["200"]["content"]) == {"audio/mpeg", "audio/wav", "audio/ogg"}


def test_a_full_queue_answers_503_with_retry_after(make_client):
    engine = FakeEngine()
    client = make_client(engine, queue_size=1)
    wait_until_ready(client)
    engine.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(client.application.test_client().post, "/summaries", json=SAMPLE)
        assert engine.begun.acquire(timeout=20)
        refused = client.post("/summaries", json={"text": "A text that need not be read to be refused."})
        engine.gate.set()
        assert held.result(20).get_json()["engine"] == "fake"
    assert refused.status_code == 503
    assert not any("need not be read" in text for text in engine.read)
    assert int(refused.headers["Retry-After"]) >= 1
    assert 'visis_requests_rejected_total{reason="queue_full",service="bart_service"} 1.0' in metrics(client)


def test_a_request_past_its_deadline_answers_504_and_is_not_computed(make_client):
    engine = FakeEngine()
    client = make_client(engine)
    wait_until_ready(client)
    engine.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(client.application.test_client().post, "/summaries", json=SAMPLE)
        assert engine.begun.acquire(timeout=20)
        late = client.post("/summaries", json=SAMPLE, headers={"Visis-Deadline-Ms": "50"})
        engine.gate.set()
        held.result(20)
    assert late.status_code == 504
    assert len(engine.batches) == 1


def test_a_model_that_could_not_be_loaded_says_why_and_auto_is_still_answered(make_client):
    client = make_client(FakeEngine(unavailable="model x cannot be used: it is damaged; fetch it again"))
    wait_until_ready(client)
    assert client.post("/summaries", json=SAMPLE).get_json()["engine"] == "extractive"
    refused = client.post("/summaries", json={**SAMPLE, "engine": "neural"})
    assert refused.status_code == 503
    assert "it is damaged" in refused.get_json()["detail"]
    assert "it is damaged" in client.get("/models").get_json()["models"][1]["why"]


def test_a_defect_of_the_engine_is_an_internal_error_without_its_text(make_client):
    client = make_client(FakeEngine(error=RuntimeError("secret path")))
    wait_until_ready(client)
    answer = client.post("/summaries", json=SAMPLE)
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


def test_a_text_with_too_many_parts_is_refused_or_given_to_the_extractive_engine(make_client):
    client = make_client(FakeEngine(), max_parts=2)
    wait_until_ready(client)
    text = tiny.prose(1, 100)
    refused = client.post("/summaries", json={"text": text, "engine": "neural"})
    assert refused.status_code == 413
    assert client.post("/summaries", json={"text": text}).get_json()["engine"] == "extractive"


def test_a_text_that_the_measured_rate_cannot_do_in_time_is_refused_at_once(make_client):
    engine = FakeEngine()
    client = make_client(engine)
    wait_until_ready(client)
    client.post("/summaries", json=SAMPLE)
    client.application.extensions["visis_engines"].neural.worker._rate = 1.0  # a token a second
    text = tiny.prose(1, 100)
    refused = client.post("/summaries", json={"text": text, "engine": "neural"})
    assert refused.status_code == 504
    assert "seconds" in refused.get_json()["detail"]
    assert client.post("/summaries", json={"text": text}).get_json()["engine"] == "extractive"
    assert len(engine.batches) == 1


def wait_until_ready(client):
    while client.get("/readyz").status_code != 200:
        pass


def metrics(client):
    return client.get("/metrics").get_data(as_text=True)
