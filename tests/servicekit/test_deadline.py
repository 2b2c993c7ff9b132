"""How long the caller will still wait (the header's own tests are in test_hooks)."""

from __future__ import annotations

import pytest
from flask import Flask

from servicekit import deadline


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


def test_outside_of_a_request_the_default_applies() -> None:
    assert deadline.remaining_s(7.0) == 7.0


def test_a_request_without_a_deadline_has_the_default(app: Flask) -> None:
    with app.test_request_context():
        assert deadline.remaining_s(7.0) == 7.0


def test_time_passes_and_never_becomes_negative(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(deadline.time, "monotonic", lambda: now)
    with app.test_request_context():
        deadline.start("2500", 60.0)
        assert deadline.remaining_s() == pytest.approx(2.5)
        now = 1002.0
        assert deadline.remaining_s() == pytest.approx(0.5)
        now = 1003.0
        assert deadline.remaining_s() == 0.0
