"""The public routes of jobs, in front of a real catalog."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from gateway.app import create_app
from tests.whole_jobs import claimable, run_job

NOTHING = "0" * 32


@pytest.fixture
def client(settings, upstreams):
    return create_app(settings, upstreams).test_client()


@pytest.fixture
def done(client, book_id, make_runner):
    """An order that is finished, with audio: the job."""
    job = client.post(f"/books/{book_id}/summaries", json={"engine": "bart", "audio": True}).json
    run_job(make_runner(), job["id"])
    return client.get(f"/jobs/{job['id']}").json


@pytest.fixture
def waiting(client, book_id):
    """A job that nobody works on."""
    return client.post(f"/books/{book_id}/summaries", json={"engine": "bart"}).json


def problem(response, status):
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    return response.json


def test_an_order_is_accepted_shared_while_under_way_and_answered_from_the_store(client, book_id, make_runner):
    path, body = f"/books/{book_id}/summaries", {"engine": "bart", "length": "short"}
    first, second = client.post(path, json=body), client.post(path, json=body)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.headers["Location"] == second.headers["Location"] == f"/jobs/{first.json['id']}"
    assert "stored" in first.headers["Cache-Status"]
    assert "collapsed" in second.headers["Cache-Status"]
    assert int(first.headers["Retry-After"]) >= 1
    run_job(make_runner(), first.json["id"])
    stored = client.post(path, json=body)
    assert stored.status_code == 200
    assert "hit" in stored.headers["Cache-Status"]
    assert stored.json == client.get(stored.headers["Location"]).json
    assert client.get(path).json == [stored.json]


def test_an_order_that_waits_gets_the_result_when_it_is_made(client, book_id, make_runner, upstreams):
    runner = make_runner()

    def work():
        while not (ids := claimable(upstreams)):
            pass
        run_job(runner, ids[0])

    worker = threading.Thread(target=work)
    worker.start()
    answer = client.post(f"/books/{book_id}/summaries", json={"engine": "bart"}, headers={"Prefer": "wait=30"})
    worker.join()
    assert answer.status_code == 201
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.json["sentences"]


@pytest.mark.parametrize(
    "body",
    [
        {"scope": "chapter"},
        {"scope": {"chapter": 0}},
        {"scope": {"chapter": 1, "pages": [1, 2]}},
        {"scope": {"pages": [3, 2]}},
        {"scope": {"pages": [1]}},
        {"scope": None},
        {"engine": "gpt"},
        {"length": "huge"},
        {"points": 31},
        {"points": -1},
        {"audio": "loud"},
        {"colour": "red"},
    ],
)
def test_a_bad_order_is_refused_by_field_and_no_job_is_made(client, book_id, body):
    assert problem(client.post(f"/books/{book_id}/summaries", json=body), 422)["errors"]
    assert client.get("/jobs").json == []


@pytest.mark.parametrize("scope", [{"chapter": 99}, {"pages": [1, 9999]}, {"pages": [9998, 9999]}])
def test_a_scope_outside_the_book_is_a_404_that_says_what_there_is(client, book_id, scope):
    assert "1 to " in problem(client.post(f"/books/{book_id}/summaries", json={"scope": scope}), 404)["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/books/999/summaries"),
        ("GET", "/books/999/summaries"),
        ("GET", "/books/999/recap?page=2"),
        ("GET", "/jobs/nothing"),
        ("DELETE", "/jobs/nothing"),
        ("GET", "/jobs/nothing/events"),
        ("GET", f"/jobs/{NOTHING}"),
        ("DELETE", f"/jobs/{NOTHING}"),
        ("GET", f"/jobs/{NOTHING}/events"),
        ("GET", f"/jobs/{NOTHING}/events.json"),
        ("GET", f"/summaries/{NOTHING}"),
        ("DELETE", f"/summaries/{NOTHING}"),
        ("GET", f"/summaries/{NOTHING}/audio"),
        ("GET", f"/summaries/{NOTHING}/audio.vtt"),
        ("GET", "/jobs/%F2%8E%89%8Ea%13-Y7/events"),
        ("GET", "/jobs/nothing%3Fafter=1/events"),
        ("GET", "/summaries/nothing"),
        ("DELETE", "/summaries/nothing"),
        ("GET", "/summaries/nothing/audio"),
        ("GET", "/summaries/nothing/audio.vtt"),
    ],
)
def test_what_does_not_exist_is_a_404(client, method, path):
    problem(client.open(path, method=method, json={} if method == "POST" else None), 404)


def test_a_book_without_text_is_refused(client):
    book = client.post("/books/", json={"title": "T", "author": "A"}).json
    problem(client.post(f"/books/{book['id']}/summaries", json={"engine": "extractive"}), 422)


def test_a_recap_before_the_second_page_is_refused(client, book_id):
    problem(client.get(f"/books/{book_id}/recap?page=1"), 422)
    problem(client.get(f"/books/{book_id}/recap"), 422)


def test_a_recap_is_a_job_when_it_takes_long_and_the_summary_when_it_is_there(client, book_id, make_runner):
    path = f"/books/{book_id}/recap?page=2&engine=bart"
    asked = client.get(path, headers={"Prefer": "wait=0"})
    assert asked.status_code == 202
    run_job(make_runner(), asked.json["id"])
    found = client.get(path)
    assert found.status_code == 200
    assert all(max(row["pages"]) < 2 for row in found.json["sentences"])


def test_a_job_is_listed_by_state_and_book(client, waiting, book_id):
    assert [job["id"] for job in client.get(f"/jobs?state=queued&book_id={book_id}").json] == [waiting["id"]]
    assert client.get("/jobs?state=failed").json == []
    assert client.get("/jobs").headers["X-Total-Count"] == "1"
    problem(client.get("/jobs?state=asleep"), 422)


def test_a_job_is_cancelled_once_and_a_finished_one_not_at_all(client, waiting, done):
    for _ in range(2):
        assert client.delete(f"/jobs/{waiting['id']}").json["state"] == "cancelled"
    problem(client.delete(f"/jobs/{done['id']}"), 409)


def test_events_are_replayed_from_where_the_client_was(client, done):
    path = f"/jobs/{done['id']}/events"
    whole = client.get(path, headers={"Accept": "text/event-stream"})
    assert whole.content_type.startswith("text/event-stream")
    blocks = [block for block in whole.text.split("\n\n") if block.startswith("id: ")]
    assert '"state":"succeeded"' in blocks[-1]
    later = client.get(path, headers={"Last-Event-ID": str(len(blocks) - 1)})
    assert [block for block in later.text.split("\n\n") if block.startswith("id: ")] == blocks[-1:]
    assert client.get(path, headers={"Last-Event-ID": str(len(blocks))}).status_code == 204
    assert len(client.get(path, headers={"Accept": "application/json"}).json) == len(blocks)


def test_every_event_names_its_type_and_the_last_one_is_the_end(client, done):
    found = client.get(f"/jobs/{done['id']}/events.json").json
    assert all(event["type"] == event["data"]["type"] for event in found)
    assert found[-1]["id"] == done["last_event"]
    assert {"part", "chapter", "summary", "points", "progress", "stage"} & {event["type"] for event in found}


@pytest.mark.parametrize("beyond", ["9999", "2147483647", "99999999999999999999"])
def test_a_stream_ends_with_its_job_whatever_was_seen_last(client, waiting, upstreams, beyond):
    stream = client.get(f"/jobs/{waiting['id']}/events", headers={"Last-Event-ID": beyond})
    lines = iter(stream.response)
    assert next(lines).startswith(b"retry")
    client.delete(f"/jobs/{waiting['id']}")
    assert '"state":"cancelled"' in b"".join(lines).decode()
    assert client.get(f"/jobs/{waiting['id']}/events", headers={"Last-Event-ID": beyond}).status_code == 204


def test_one_caller_cannot_take_the_places_of_the_others(settings, upstreams, waiting):
    changes = {"event_streams": 3, "event_streams_per_caller": 2, "anonymous": "everyone"}
    shared = create_app(settings.model_copy(update=changes), upstreams).test_client()
    path = f"/jobs/{waiting['id']}/events"

    def follow(address):
        return shared.get(path, environ_overrides={"REMOTE_ADDR": address})

    mine = [follow("192.0.2.1"), follow("192.0.2.1")]
    assert problem(follow("192.0.2.1"), 503)["detail"].startswith("Too many event streams")
    another = follow("192.0.2.2")
    assert another.status_code == 200
    problem(follow("192.0.2.2"), 503)  # every place is taken
    mine[0].close()
    again = follow("192.0.2.2")
    assert again.status_code == 200
    for stream in (mine[1], another, again):
        stream.close()


def test_ids_that_cannot_be_and_internal_routes_never_reach_the_catalog(settings, upstreams):
    calls = []
    stub = replace(
        upstreams, catalog=SimpleNamespace(name="catalog_service", ready=None, stream=lambda *a: calls.append(a))
    )
    lonely = create_app(settings, stub).test_client()
    for path in (
        "/jobs/claimable?wait_s=30",
        "/jobs/pulse",
        "/summaries/1",
        "/internal/jobs/claimable?wait_s=30",
        "/internal/books/1/extent",
    ):
        problem(lonely.get(path), 404)
    assert calls == []


def test_more_followers_than_places_are_told_to_come_again(settings, upstreams, waiting):
    few = create_app(settings.model_copy(update={"event_streams": 1}), upstreams).test_client()
    path = f"/jobs/{waiting['id']}/events"
    first = few.get(path)
    assert next(first.response)
    assert int(problem(few.get(path), 503) and few.get(path).headers["Retry-After"]) >= 1
    first.close()
    again = few.get(path)
    assert again.status_code == 200
    again.close()


def test_audio_is_served_in_ranges_with_a_tag_and_captions(client, done):
    path = f"{done['result']}/audio"
    whole = client.get(path)
    assert (whole.status_code, whole.content_type) == (200, "audio/mpeg")
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    assert problem(client.get(path, headers={"Range": "bytes=999999999-"}), 416)
    assert client.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert client.get(f"{path}.vtt").text.startswith("WEBVTT\n\n1\n00:00:00.000 --> ")


def test_a_summary_without_audio_says_so(client, book_id, make_runner):
    job = client.post(f"/books/{book_id}/summaries", json={"engine": "extractive"}).json
    run_job(make_runner(), job["id"])
    result = client.get(f"/jobs/{job['id']}").json["result"]
    assert "audio: true" in problem(client.get(f"{result}/audio"), 404)["detail"]


def test_a_deleted_summary_is_made_again_when_asked_for(client, done, book_id):
    assert client.delete(done["result"]).status_code == 204
    problem(client.get(done["result"]), 404)
    again = client.post(f"/books/{book_id}/summaries", json={"engine": "bart", "audio": True})
    assert again.status_code == 202
    assert again.json["id"] != done["id"]


def test_the_originals_routes_name_the_job_when_time_is_up(settings, upstreams, book_id, make_runner):
    hasty = create_app(settings.model_copy(update={"request_timeout_s": 3.0}), upstreams).test_client()
    body = {"book_id": book_id, "engine": "bart"}
    late = hasty.post("/generate-summary", json=body)
    assert problem(late, 504)["job"] == late.headers["Location"]
    run_job(make_runner(), late.headers["Location"].rpartition("/")[2])
    answer = hasty.post("/generate-summary", json=body)
    assert answer.status_code == 200
    assert (answer.json["engine"], answer.json["degraded"]) == ("fake", False)
    assert hasty.get(answer.json["result"]).json["summary"] == answer.json["summary"]


def test_a_failed_job_is_answered_with_its_problem(client, book_id, make_runner, bart):
    bart.failing = [422] * 8
    path, body = f"/books/{book_id}/summaries", {"engine": "bart"}
    job = client.post(path, json=body).json
    run_job(make_runner(), job["id"])
    failed = client.get(f"/jobs/{job['id']}").json
    assert (failed["state"], failed["problem"]["status"]) == ("failed", 422)
    assert client.post(path, json=body).status_code == 202  # a failure is not kept: it is tried anew


def test_the_document_of_the_api_has_every_route_of_jobs(client):
    paths = client.get("/openapi.json").json["paths"]
    assert {"/books/{book_id}/summaries", "/books/{book_id}/recap", "/jobs/{job_id}/events"} <= set(paths)
    assert set(paths["/jobs/{job_id}"]) == {"get", "delete"}


@pytest.mark.parametrize(
    ("scope", "field", "message"),
    [
        ("page", "scope", 'must be "book", {"chapter": n} or {"pages": [first, last]}'),
        ({}, "scope", 'must be "book", {"chapter": n} or {"pages": [first, last]}'),
        ({"pages": [5, 2]}, "scope", "pages must be the first page and the last one, in this order"),
        ({"pages": [1]}, "scope.pages", "must have at least 2 items"),
        ({"chapter": 0}, "scope.chapter", "must be greater than or equal to 1"),
    ],
)
def test_a_wrong_scope_is_explained_for_the_kind_that_was_meant(client, book_id, scope, field, message):
    answer = problem(client.post(f"/books/{book_id}/summaries", json={"scope": scope}), 422)
    assert answer["errors"] == [{"field": field, "message": message}]
