"""Every answer of the public service says what a browser may do with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/models", "/nothing", "/books/x", "/healthz", "/openapi.json"])
def test_answers_and_problems_can_neither_be_framed_nor_run(gateway: FlaskClient, path: str) -> None:
    headers = gateway.get(path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/docs", "/problems"])
def test_our_pages_load_scripts_of_this_origin_alone(gateway: FlaskClient, path: str) -> None:
    page = gateway.get(path)
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text


def test_pages_of_allowed_origins_may_embed(make_gateway: Callable[..., FlaskClient]) -> None:
    headers = make_gateway(cors_origins="https://reader.example").get("/models").headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
