"""Summaries, points and speech, through the gateway, on the running product with its embedded engines."""

from __future__ import annotations

import io
import subprocess

import pytest
import soundfile

ENGINES = {"extractive"}
PATHS = ["/summaries/generate", "/summaries/generate/audio", "/generate-summary", "/generate-points"]


def test_a_text_is_summarised_by_its_own_sentences(visis, story):
    answer = visis.post("/summaries/generate", json={"text": story, "length": "short"}).json()
    assert answer["engine"] in ENGINES
    assert answer["model"]
    words = answer["summary"].split()
    assert 20 <= len(words) <= 150
    assert set(words[:5]) <= set(story.split())


def test_the_same_text_gives_the_same_summary(visis, story):
    first, second = (visis.post("/summaries/generate", json={"text": story}).json() for _ in range(2))
    assert first["summary"] == second["summary"]


def test_lengths_grow(visis, story):
    counts = [
        len(visis.post("/summaries/generate", json={"text": story, "length": length}).json()["summary"].split())
        for length in ("short", "medium", "long")
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[2]


@pytest.mark.parametrize("slash", ["", "/"])
def test_generate_answers_with_and_without_trailing_slash(visis, slash):
    assert visis.post(f"/summaries/generate{slash}", json={"text": "A short text."}).status_code == 200
    assert visis.post(f"/generate-points{slash}", json={"points": "A short text."}).status_code == 200
    assert visis.post(f"/generate-summary{slash}", json={"text": "A short text."}).status_code == 200
    assert visis.post(f"/summaries/generate/audio{slash}", json={"text": "A short text."}).status_code == 200


def test_the_first_clients_curl_call_writes_a_playable_mp3(visis, tmp_path):
    """The call as the first clients make it, to the letter but for the port."""
    port = visis.address.rpartition(":")[2]
    call = (
        f'curl -X POST "http://127.0.0.1:{port}/summaries/generate/audio" -H "accept: application/json" '
        '-H "Content-Type: application/json" '
        '-d "{\\"text\\":\\"This is a sample text to generate an audio summary.\\"}" --output summary.mp3'
    )
    subprocess.run(call, shell=True, check=True, cwd=tmp_path, capture_output=True)
    samples, rate = soundfile.read(tmp_path / "summary.mp3")
    assert len(samples) / rate > 1.0
    assert abs(samples).max() > 0.05


@pytest.mark.parametrize(
    ("accept", "content_type", "kind"),
    [("audio/mpeg", "audio/mpeg", "MP3"), ("audio/wav", "audio/wav", "WAV"), ("audio/ogg", "audio/ogg", "OGG")],
)
def test_speech_comes_in_the_accepted_format(visis, accept, content_type, kind):
    response = visis.post("/summaries/generate/audio", json={"text": "The lamp burns."}, headers={"Accept": accept})
    assert response.headers["Content-Type"] == content_type
    with soundfile.SoundFile(io.BytesIO(response.content)) as sound:
        assert sound.format == kind


def test_a_book_is_summarised_by_id(visis, story):
    book = visis.import_text(story)
    answer = visis.post("/generate-summary", json={"book_id": book["id"]}).json()
    assert answer["engine"] in ENGINES
    assert "Agnes" in answer["summary"]


def test_points_come_as_array_and_text(visis, story):
    answer = visis.post("/generate-points", json={"points": story, "count": 4}).json()
    assert len(answer["points"]) == 4
    assert answer["text"] == "\n".join(f"- {point}" for point in answer["points"])
    assert visis.post("/generate-points", json={"text": story, "count": 4}).json()["points"] == answer["points"]


def test_a_text_far_beyond_any_models_window_is_summarised(visis):
    sentences = " ".join(f"The keeper lit lamp number {n} at dusk and wrote it down." for n in range(4000))
    response = visis.post("/summaries/generate", json={"text": sentences})
    assert response.status_code == 200
    assert response.json()["summary"]


@pytest.mark.parametrize(
    "path", ["/summaries/generate", "/generate-points", "/generate-summary", "/summaries/generate/audio"]
)
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"[" * 50_000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"text=hello", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"json": {}}, 422),
        ({"json": ["text"]}, 422),
        ({"json": {"text": ""}}, 422),
        ({"json": {"text": " \n"}}, 422),
        ({"json": {"text": 5}}, 422),
        ({"json": {"text": "Hello.", "colour": "red"}}, 422),
        ({"json": {"text": "Hello.", "engine": "gpt"}}, 422),
        ({"data": b'{"text": "a\\u0000b"}', "headers": {"Content-Type": "application/json"}}, 422),
        ({"data": b'{"text": "\\ud800"}', "headers": {"Content-Type": "application/json"}}, 422),
    ],
)
def test_a_bad_request_is_a_problem_that_says_what_to_change(visis, path, request_, status):
    response = visis.post(path, **request_)
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert response.json()["request_id"] == response.headers["X-Request-Id"]


def test_an_unknown_book_is_a_404_problem(visis):
    for path in ("/generate-summary", "/generate-points"):
        response = visis.post(path, json={"book_id": 999_999})
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"


def test_models_says_which_engine_runs_and_why(visis):
    body = visis.get("/models").json()
    assert body["unreachable"] == []
    selected = {model["service"]: model for model in body["models"] if model["selected"]}
    assert set(selected) == {"bart_service", "llama_service"}
    assert all(model["why"] for model in selected.values())


def test_operations_routes_answer(visis):
    assert visis.get("/healthz").json()["status"] == "ok"
    assert visis.get("/readyz").json()["ready"] is True
    assert visis.get("/version").json()["service"] == "gateway"
    assert "visis_http_request_seconds" in visis.get("/metrics").text
    assert visis.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert "swagger-ui" in visis.get("/docs").text
