from __future__ import annotations

import pytest

from gateway.app import create_app
from gateway.config import Settings
from gateway.cors import EXPOSED
from tests.faults.services import fake_service, served

OURS = "https://reader.example"


@pytest.fixture(scope="module")
def make():
    with served(fake_service()) as (host, port):
        urls = {f"{name}_url": f"http://{host}:{port}" for name in ("catalog", "bart", "llama")}
        yield lambda **settings: create_app(Settings(**urls, **settings)).test_client()


def test_a_page_of_an_allowed_origin_may_read_the_answer_and_its_headers(make):
    response = make(cors_origins=f"{OURS}, https://other.example").get("/books/1", headers={"Origin": OURS})
    assert response.headers["Access-Control-Allow-Origin"] == OURS
    assert set(response.headers["Access-Control-Expose-Headers"].split(", ")) == set(EXPOSED)
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"]


def test_problems_can_be_read_too(make):
    response = make(cors_origins=OURS, anonymous="never").get("/books/1", headers={"Origin": OURS})
    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == OURS


@pytest.mark.parametrize("path", ["/books/", "/books/1", "/summaries/generate", "/summaries/generate/audio", "/models"])
def test_a_preflight_is_answered_without_a_key(make, path):
    response = make(cors_origins=OURS, anonymous="never").options(
        path,
        headers={
            "Origin": OURS,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == OURS
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "Content-Type", "Idempotency-Key"} <= set(
        response.headers["Access-Control-Allow-Headers"].split(", ")
    )


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://reader.example.evil.example", "null", "http://reader.example"]
)
def test_other_origins_get_nothing(make, origin):
    response = make(cors_origins=OURS).get("/books/1", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_all_origins_can_be_allowed(make):
    response = make(cors_origins="*").get("/books/1", headers={"Origin": "https://any.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_without_origins_there_are_no_cors_headers(make):
    response = make().get("/books/1", headers={"Origin": OURS})
    assert not [name for name in response.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


@pytest.mark.parametrize("value", ["reader.example", "https://reader.example/path", "ftp://x", "https://a b"])
def test_an_invalid_origin_is_refused_at_the_start(value):
    with pytest.raises(ValueError, match="is not an origin"):
        Settings(cors_origins=value)
