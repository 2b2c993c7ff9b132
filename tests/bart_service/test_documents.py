from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bart_service import documents
from bart_service.batching import BatchLimits
from bart_service.engine import Generation
from bart_service.worker import ModelWorker, Priority
from modelkit.engine import Part, Request
from servicekit.problems import UpstreamTimeout
from tests.bart_service import tiny
from tests.bart_service.fakes import FakeEngine, FakeObserver
from textkit import sentences


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def worker(engine: FakeEngine) -> Iterator[ModelWorker]:
    worker = ModelWorker(engine, observer=FakeObserver(), limits=BatchLimits(4, 400))
    worker.start()
    yield worker
    engine.gate.set()
    worker.stop()


def request(text: str, **fields: object) -> Request:
    return Request(text, **{"deadline": time.monotonic() + 20, **fields})


def run(worker: ModelWorker, engine: FakeEngine, text: str, final: int = 1, **fields: object) -> list[Part]:
    plan = documents.cut(engine, text)
    made = documents.summarise(worker, engine, plan, request(text, **fields), final=final, wanted=engine.generation)
    return [part for part in made if part is not None]


@pytest.mark.parametrize("count", [1, 7, 60, 400])
def test_every_sentence_is_in_a_chunk(engine, count):
    text = tiny.prose(count, count)
    plan = documents.cut(engine, text)
    for sentence in sentences.split(text):
        assert any(sentence.text in chunk for chunk in plan.texts)
    assert all(engine.count_tokens([chunk])[0] <= engine.window for chunk in plan.texts)


@pytest.mark.parametrize(
    "text", ["word " * 3000, "x" * 1_000_000, "日本語のテキストです。" * 3000, "😀" * 5000, "a. " * 4000, "\n\n\n.\n"]
)
def test_no_word_is_lost_of_texts_without_sentences(engine, text):
    plan = documents.cut(engine, text)
    assert "".join("".join(plan.texts).split()).count(text[0]) >= "".join(text.split()).count(text[0])


def test_chunks_are_of_about_the_same_size(engine):
    text = "One two three four five. " * 11
    sizes = engine.count_tokens(documents.cut(engine, text).texts)
    assert sizes == [30, 25]


def test_a_text_that_fits_is_summarised_at_once(worker, engine):
    parts = run(worker, engine, "One two three four five six seven.")
    assert [(part.level, part.summary) for part in parts] == [(0, "One two three four five.")]
    assert len(engine.batches) == 1


def test_a_long_text_is_reduced_level_by_level_to_one_summary(worker, engine):
    parts = run(worker, engine, tiny.prose(3, 300))
    levels = [max(part.part for part in parts if part.level == level) for level in range(parts[-1].level + 1)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] == 1
    assert len(levels) >= 3
    for level, count in enumerate(levels):
        assert sorted(part.part for part in parts if part.level == level) == list(range(1, count + 1))


def test_a_long_summary_keeps_several_parts_of_a_short_text(worker, engine):
    assert len(run(worker, engine, "One two three four five six. " * 8, final=3)) == 3
    assert len(run(worker, engine, "One two three.", final=3)) == 1


def test_only_a_few_parts_of_one_text_are_queued_at_a_time(worker, engine):
    engine.gate.clear()
    text = tiny.prose(4, 300)
    parts = documents.summarise(
        worker, engine, documents.cut(engine, text), request(text), final=1, wanted=engine.generation
    )
    assert next(parts) is None  # nothing is done yet
    assert worker.queue_length() + len(engine.batches[0]) <= worker.window
    engine.gate.set()


def test_parts_past_the_deadline_are_not_computed(worker, engine):
    with pytest.raises(UpstreamTimeout):
        run(worker, engine, tiny.prose(4, 300), deadline=time.monotonic())
    assert engine.batches == []


def test_closing_a_stream_that_waits_drops_its_parts(worker, engine):
    engine.gate.clear()
    text = tiny.prose(4, 300)
    parts = documents.summarise(
        worker, engine, documents.cut(engine, text), request(text), final=1, wanted=engine.generation
    )
    assert next(parts) is None
    parts.close()
    engine.gate.set()
    run(worker, engine, "One two three.")
    assert len(engine.batches) <= 2  # the batch at work, and the new text


def test_closing_the_stream_cancels_what_waits(worker, engine):
    text = tiny.prose(4, 300)
    plan = documents.cut(engine, text)
    parts = documents.summarise(worker, engine, plan, request(text), final=1, wanted=engine.generation)
    next(part for part in parts if part is not None)
    parts.close()
    run(worker, engine, "One two three.")
    assert sum(len(batch) for batch in engine.batches) < len(plan.texts)


@pytest.mark.parametrize(
    ("length", "given", "expected"),
    [
        ("medium", {}, (54, 139)),
        ("short", {}, (20, 60)),
        ("long", {}, (54, 139)),
        ("medium", {"max_tokens": 30}, (30, 30)),
        ("medium", {"min_tokens": 200}, (200, 200)),
        ("short", {"min_tokens": 5, "max_tokens": 9}, (5, 9)),
    ],
)
def test_lengths_are_always_set_and_agree(engine, length, given, expected):
    engine.generation = Generation(min_tokens=54, max_tokens=139)
    made = documents.generation_for(engine, length, **given)
    assert (made.min_tokens, made.max_tokens) == expected


def test_beams_of_the_request_replace_those_of_the_checkpoint(engine):
    assert documents.generation_for(engine, "medium", num_beams=2).num_beams == 2


@pytest.mark.parametrize("words", range(1, 400, 13))
def test_a_short_text_is_not_padded_with_inventions(words):
    made = Generation().within(words)
    assert made.min_tokens <= words / 3
    assert made.min_tokens <= made.max_tokens <= max(16, words)


@pytest.mark.parametrize(("background", "expected"), [(False, Priority.INTERACTIVE), (True, Priority.BACKGROUND)])
def test_a_short_text_goes_first_unless_it_is_a_part_of_a_job(worker, engine, monkeypatch, background, expected):
    asked = []
    submit = worker.submit

    def recording(piece, **options):
        asked.append(options["priority"])
        return submit(piece, **options)

    monkeypatch.setattr(worker, "submit", recording)
    run(worker, engine, "One two three.", background=background)
    assert asked == [expected]
