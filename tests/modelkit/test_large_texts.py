"""Large texts are extracted from in child processes, which end with their clients and never hold up short texts."""

from __future__ import annotations

import subprocess

import pytest

from modelkit import large_texts
from modelkit.engine import Request, Result
from modelkit.extractive import ExtractiveEngine
from modelkit.large_texts import LARGE, LargeTexts, extract
from servicekit.problems import Busy

SENTENCES = [f"The keeper of lamp {n} wrote {n * 7 % 90} letters about ship {n * 13 % 70}." for n in range(5000)]
TEXT = " ".join(SENTENCES)


@pytest.fixture
def children(monkeypatch) -> list[subprocess.Popen]:
    """The processes that are started."""
    started: list[subprocess.Popen] = []
    original = subprocess.Popen

    def start(*args, **kwargs):
        started.append(original(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(large_texts.subprocess, "Popen", start)
    monkeypatch.setattr(large_texts, "TICK_S", 0.01)
    return started


@pytest.mark.parametrize("count", [0, 3])
def test_a_large_text_is_answered_by_a_child_as_it_would_be_here(children, count) -> None:
    assert len(TEXT) > LARGE
    result = list(ExtractiveEngine().answer(Request(TEXT, "short", count)))[-1]
    assert isinstance(result, Result)
    assert result.texts == extract(TEXT, "short", count)
    assert [child.returncode for child in children] == [0]


def test_the_child_ends_with_its_client(children) -> None:
    events = ExtractiveEngine().answer(Request(TEXT * 20))
    assert next(events) is None
    assert children[0].returncode is None
    events.close()
    assert children[0].returncode == -9


def test_a_short_text_is_answered_while_large_ones_are_read(children) -> None:
    engine = ExtractiveEngine()
    large = [engine.answer(Request(TEXT * 20)) for _ in range(3)]
    assert [next(events) for events in large] == [None] * 3
    assert list(engine.answer(Request("The lamp was lit.")))[-1].texts == ("The lamp was lit.",)
    assert len(children) == large_texts.PARALLEL
    for events in large:
        events.close()


def test_more_large_texts_than_may_wait_are_refused(children) -> None:
    texts = LargeTexts(parallel=1, waiting=1)
    reading, waiting = (texts.extract(TEXT * 20, "short", 0) for _ in range(2))
    assert (next(reading), next(waiting)) == (None, None)
    with pytest.raises(Busy):
        next(texts.extract(TEXT, "short", 0))
    reading.close()
    assert next(waiting) is None
    assert len(children) == 2
    waiting.close()
    assert [child.returncode for child in children] == [-9, -9]


def test_a_text_that_takes_too_much_memory_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(large_texts.sys, "executable", "/bin/false")
    with pytest.raises(large_texts.TooLarge):
        list(LargeTexts().extract(TEXT, "short", 0))
