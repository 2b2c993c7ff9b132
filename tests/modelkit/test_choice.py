"""Which engine answers, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelkit import choice
from modelkit.choice import Candidate, Engines, MissingEngine, choose
from modelkit.engine import Request, Result, TooSlow
from servicekit.problems import Busy, NotInstalled, NotReady, TooLarge
from tests.modelkit.fakes import FakeEngine

PLAIN = Result("extractive", "sentence-graph", ("plain",))
MADE = Result("neural", "fake", ("made",))


def engines(neural: FakeEngine | None, *, named: bool = False) -> Engines:
    return Engines(FakeEngine([PLAIN], name="extractive"), neural, "the model is on disk", named=named)


@pytest.mark.parametrize(
    ("state", "named", "selected"),
    [
        ("ready", False, "neural"),
        ("loading", False, "neural"),
        ("failed", False, "extractive"),
        ("ready", True, "neural"),
        ("failed", True, "neural"),
    ],
)
def test_a_failed_model_is_passed_over_unless_a_setting_names_it(state, named, selected) -> None:
    made = engines(FakeEngine(state=state), named=named)
    assert made.selected().name == selected
    assert (made.not_ready() is None) == (state == "ready" or selected == "extractive")


def test_a_request_for_a_model_that_is_not_there_says_why() -> None:
    with pytest.raises(NotInstalled, match="on disk"):
        engines(None).pick("neural")
    assert engines(None).pick("auto").name == "extractive"


@pytest.mark.parametrize(("state", "retry_after"), [("loading", "5"), ("failed", "60")])
def test_a_model_that_is_not_ready_says_when_to_retry(state, retry_after) -> None:
    with pytest.raises(NotReady, match=state) as caught:
        engines(FakeEngine(state=state)).pick("neural")
    assert caught.value.headers["Retry-After"] == retry_after
    assert engines(FakeEngine(state=state)).pick("extractive").name == "extractive"


@pytest.mark.parametrize("refusal", [TooLarge("too long"), TooSlow("too slow")])
def test_auto_is_answered_by_the_extractive_engine_where_the_text_is_too_much(refusal) -> None:
    made = engines(FakeEngine([refusal]))
    assert list(made.answer("auto", Request("text"))) == [replace(PLAIN, degraded_reason=refusal.detail)]
    with pytest.raises(type(refusal)):
        list(made.answer("neural", Request("text")))


def test_a_busy_model_is_not_passed_over() -> None:
    with pytest.raises(Busy):
        list(engines(FakeEngine([Busy("full")])).answer("auto", Request("text")))


def test_each_engine_says_why_it_is_or_is_not_selected() -> None:
    reasons = {status.engine: (selected, why) for status, selected, why in engines(FakeEngine([MADE])).describe()}
    assert reasons == {
        "extractive": (False, "answers requests that name it, and needs no model"),
        "neural": (True, "the model is on disk"),
    }
    reasons = {
        status.engine: (selected, why) for status, selected, why in engines(FakeEngine(state="failed")).describe()
    }
    assert reasons["extractive"] == (True, "the model does not serve: the model is failed")
    assert reasons["neural"] == (False, "the model is on disk; the model is failed")


def test_all_engines_are_started_and_closed() -> None:
    made = engines(FakeEngine())
    made.start()
    made.close()
    assert made.extractive.calls == made.neural.calls == ["start", "close"]


@pytest.fixture
def installed(monkeypatch):
    def pretend(*packages: str) -> None:
        monkeypatch.setattr(choice, "find_spec", lambda name: name if name in packages else None)

    return pretend


def chosen(value: str, absent: str | None = None) -> Engines:
    candidates = [
        Candidate("fast", ("fastlib",), lambda: FakeEngine(name="fast"), "it is the fastest"),
        Candidate("slow", ("slowlib",), lambda: FakeEngine(name="slow")),
    ]
    return choose("X_ENGINE", value, extractive=FakeEngine(name="extractive"), candidates=candidates, absent=absent)


def test_auto_takes_the_first_engine_whose_packages_are_installed(installed) -> None:
    installed("fastlib", "slowlib")
    assert (chosen("auto").selected().name, chosen("auto").why) == (
        "fast",
        "the model is on disk, and it is the fastest",
    )
    installed("slowlib")
    assert chosen("auto").selected().name == "slow"
    installed()
    assert "fastlib or slowlib" in chosen("auto").why


def test_auto_without_a_model_says_what_is_absent(installed) -> None:
    installed("fastlib")
    assert (chosen("auto", "no file").neural, chosen("auto", "no file").why) == (None, "no file")


def test_a_named_engine_is_taken_whatever_is_on_disk(installed) -> None:
    installed("slowlib")
    made = chosen("slow", "no file")
    assert (made.selected().name, made.named, made.why) == ("slow", True, "X_ENGINE is slow")
    missing = chosen("fast")
    assert isinstance(missing.neural, MissingEngine)
    assert "Python package fastlib" in (missing.not_ready() or "")
    with pytest.raises(NotReady, match="fastlib"):
        missing.pick("auto")


def test_the_extractive_engine_by_name_leaves_the_model_alone(installed) -> None:
    installed("fastlib")
    assert chosen("extractive").neural is None
