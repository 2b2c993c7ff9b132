from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway import limits
from gateway.app import create_app
from gateway.config import Settings
from gateway.keys import Keys, Quotas
from gateway.limits import CALLERS, Limits
from servicekit.problems import RateLimited
from tests.faults.services import fake_service, served


@pytest.fixture(scope="module")
def services():
    with served(fake_service()) as (host, port):
        yield {f"{name}_url": f"http://{host}:{port}" for name in ("catalog", "bart", "llama")}


@pytest.fixture
def make(tmp_path, services):
    def make(*scopes, quotas=None, **settings):
        client = create_app(Settings(home=tmp_path, anonymous="never", **services, **settings)).test_client()
        key, _ = Keys(tmp_path / "gateway" / "keys.json").create("test", scopes or ["read", "generate"], quotas=quotas)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client

    return make


def test_requests_over_the_quota_are_refused_and_given_a_time_to_retry(make):
    client = make(quotas=Quotas(requests_per_minute=3))
    answers = [client.get("/books/1") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"].partition(";t=")[0] for answer in answers] == [
        f'"requests";r={left}' for left in (2, 1, 0, 0)
    ]
    assert answers[0].headers["RateLimit-Policy"] == '"requests";q=3;w=60'
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].content_type == "application/problem+json"
    assert answers[3].json["resource"] == "requests"


@pytest.mark.parametrize("path", ["/summaries/generate", "/generate-summary", "/generate-points"])
def test_characters_are_counted_before_the_work_is_done(make, path):
    client = make(quotas=Quotas(characters_per_hour=100))
    assert client.post(path, json={"text": "x" * 60}).status_code == 200
    refused = client.post(path, json={"text": "x" * 60})
    assert refused.status_code == 429
    assert refused.json["resource"] == "characters"
    assert client.post(path, json={"text": "x" * 40}).status_code == 200


def test_the_text_of_a_book_is_counted_too(make):
    refused = make(quotas=Quotas(characters_per_hour=14)).post("/generate-points", json={"book_id": 1})
    assert refused.status_code == 429
    assert "This request needs 15 characters" in refused.json["detail"]
    allowed = make(quotas=Quotas(characters_per_hour=15)).post("/generate-points", json={"book_id": 1})
    assert allowed.status_code != 429
    assert '"characters";r=0' in allowed.headers["RateLimit"]


def test_seconds_of_audio_are_counted(make):
    client = make(quotas=Quotas(audio_seconds_per_hour=2))
    first = client.post("/summaries/generate/audio", json={"text": "The lamp burns."})
    assert first.status_code == 200
    assert '"audio_seconds";r=1' in first.headers["RateLimit"]
    client.post("/summaries/generate/audio", json={"text": "The lamp burns."})
    refused = client.post("/summaries/generate/audio", json={"text": "The lamp burns."})
    assert refused.status_code == 429
    assert refused.json["resource"] == "audio_seconds"
    assert "2 seconds of audio" in refused.json["detail"]


def test_seconds_of_audio_that_a_job_will_make_are_counted_before_it_is_made(make):
    client = make(quotas=Quotas(audio_seconds_per_hour=1))
    order = {"engine": "extractive", "audio": True}
    accepted = client.post("/books/1/summaries", json=order)
    assert accepted.status_code != 429
    assert '"audio_seconds";r=0' in accepted.headers["RateLimit"]
    refused = client.post("/books/1/summaries", json=order)
    assert refused.status_code == 429
    assert refused.json["resource"] == "audio_seconds"
    assert client.post("/books/1/summaries", json={**order, "audio": False}).status_code != 429


def test_the_refusal_of_a_text_over_the_whole_quota_says_so(make):
    refused = make(quotas=Quotas(characters_per_hour=10)).post("/summaries/generate", json={"text": "x" * 11})
    assert refused.status_code == 429
    assert "This request needs 11 characters" in refused.json["detail"]


def test_the_deployments_quotas_apply_to_keys_without_their_own(make):
    client = make(requests_per_minute=1)
    assert [client.get("/books/1").status_code for _ in range(2)] == [200, 429]
    unlimited = make(requests_per_minute=1, quotas=Quotas(requests_per_minute=0))
    assert [unlimited.get("/books/1").status_code for _ in range(3)] == [200] * 3


def test_without_quotas_there_are_no_headers(make):
    assert "RateLimit" not in make().get("/books/1").headers


def test_a_window_starts_again():
    now = [0.0]
    meter = Limits(Quotas(requests_per_minute=2), lambda: now[0]).meter("a", Quotas())
    for _ in range(2):
        meter.spend(requests=1)
    now[0] = 59.9
    with pytest.raises(RateLimited) as refused:
        meter.spend(requests=1)
    assert refused.value.headers["Retry-After"] == "1"
    now[0] = 60.0
    meter.spend(requests=1)


def test_a_request_over_one_of_its_quotas_uses_none_of_the_others():
    meter = Limits(Quotas(characters_per_hour=100, audio_seconds_per_hour=10)).meter("a", Quotas())
    with pytest.raises(RateLimited) as refused:
        meter.spend(characters=60, audio_seconds=11)
    assert refused.value.members["resource"] == "audio_seconds"
    meter.spend(characters=100, audio_seconds=10)


def test_requests_at_the_same_time_never_use_more_than_the_quota():
    meter = Limits(Quotas(characters_per_hour=1000)).meter("a", Quotas())

    def spend() -> bool:
        try:
            meter.spend(characters=7)
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        allowed = sum(pool.map(lambda _: spend(), range(500)))
    assert allowed == 1000 // 7


def test_callers_do_not_share_their_quota():
    table = Limits(Quotas(requests_per_minute=1))
    table.meter("a", Quotas()).spend(requests=1)
    table.meter("b", Quotas()).spend(requests=1)
    with pytest.raises(RateLimited):
        table.meter("a", Quotas()).spend(requests=1)


def test_the_table_of_callers_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "CALLERS", 10)
    table = Limits(Quotas(requests_per_minute=1))
    for caller in range(100):
        table.meter(str(caller), Quotas())
    assert len(table._meters) == 10 < CALLERS
