"""Every answer of a public service limits what a browser may do with it."""

from __future__ import annotations

import pytest
from flask import Response

from servicekit import security_headers


def test_data_may_load_nothing_and_be_framed_by_nobody() -> None:
    headers = security_headers.add(Response("{}", content_type="application/json")).headers
    assert headers["Content-Security-Policy"] == security_headers.NOTHING
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "image/svg+xml", "application/xhtml+xml"])
def test_a_document_that_could_run_scripts_is_put_in_a_sandbox(kind: str) -> None:
    policy = security_headers.add(Response("<p>", content_type=kind)).headers["Content-Security-Policy"]
    assert policy.endswith("; sandbox")
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none';")


def test_a_page_of_ours_may_load_its_own_scripts_and_no_others() -> None:
    answer = security_headers.add(security_headers.page(Response("<p>", content_type="text/html")))
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_what_a_view_has_set_stays() -> None:
    answer = Response("x", headers={"Referrer-Policy": "same-origin", "Content-Security-Policy": "default-src 'self'"})
    headers = security_headers.add(answer, readers="cross-origin").headers
    assert headers.getlist("Referrer-Policy") == ["same-origin"]
    assert headers.getlist("Content-Security-Policy") == ["default-src 'self'"]
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_an_answer_without_a_type_has_the_headers_too() -> None:
    answer = Response(status=204)
    del answer.headers["Content-Type"]
    assert security_headers.add(answer).headers["Content-Security-Policy"] == security_headers.NOTHING
