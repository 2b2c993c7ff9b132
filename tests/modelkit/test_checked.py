"""What a model writes is sent only if it holds up; else once more, else extracted, always within the deadline."""

from __future__ import annotations

import time
from itertools import count

import pytest

from modelkit import checked
from modelkit.choice import Engines
from modelkit.engine import Event, Part, Passages, Request, Restart, Result, Token, TooSlow
from modelkit.extractive import ExtractiveEngine
from servicekit.problems import Busy, UpstreamFailed
from tests.modelkit.fakes import FakeEngine

TEXT = (
    "The keeper Martha lit the lamp every evening for forty years. A storm tore the cable from its anchors in autumn. "
    "The engineer ran down to the shore hut and found the batteries empty. Nineteen boats came home by the old lamp. "
    "The harbour board agreed to pay Martha for another ten years."
)
FIRST = "Martha lit the lamp every evening."
MORE = "A storm tore the cable from its anchors in autumn, and the engineer ran down to the shore hut for nothing."
GOOD = f"{FIRST} {MORE}"
RULES = ("You help the readers of a library. Say only what the passage says.",)


class TwoAnswers(FakeEngine):
    """Gives other events at each attempt."""

    rules = RULES

    def __init__(self, *attempts: list[Event | Exception]) -> None:
        super().__init__()
        self._attempts = attempts

    def answer(self, request: Request):
        self.events = self._attempts[request.attempt]
        return super().answer(request)


def wrote(text: str, *, truncated: bool = False) -> list[Event | Exception]:
    pieces: list[Event | Exception] = [Token(text[at : at + 7]) for at in range(0, len(text), 7)]
    return [*pieces, Result("neural", "fake", (text,), truncated=truncated)]


def listed(*points: str) -> list[Event | Exception]:
    return [Token("\n".join(f"- {point}" for point in points)), Result("neural", "fake", points)]


def run(engine: FakeEngine, **fields: object) -> list[Event]:
    found = checked.answer(engine, ExtractiveEngine(), Request(TEXT, **fields))  # type: ignore[arg-type]
    return [event for event in found if event is not None]


def joined(events: list[Event]) -> str:
    last = max((at for at, event in enumerate(events) if isinstance(event, Restart)), default=-1)
    return "".join(event.text for event in events[last + 1 :] if isinstance(event, Token))


def test_what_holds_up_is_sent_sentence_by_sentence() -> None:
    events = run(TwoAnswers(wrote(GOOD)))
    assert events[:-1] == [Token(FIRST), Token(f" {MORE}")]
    assert events[-1] == Result("neural", "fake", (GOOD,))


def test_a_cut_answer_ends_at_its_last_sentence_and_says_so() -> None:
    events = run(TwoAnswers(wrote(f"{GOOD} The harbour board agreed to", truncated=True)))
    assert events[-1] == Result("neural", "fake", (GOOD,), truncated=True)
    assert joined(events) == GOOD


@pytest.mark.parametrize(
    "bad",
    [
        "You help the readers of a library. Say only what the passage says.",
        "Queen Victoria visited Paris in 1887. Her parliament refused every tax on tea.",
        "The lamp the lamp the lamp the lamp the lamp the lamp the lamp the lamp",
        "5",
    ],
    ids=["rules", "invented", "loop", "number"],
)
def test_an_answer_that_fails_is_asked_for_again_and_then_extracted(bad) -> None:
    engine = TwoAnswers(wrote(bad), wrote(GOOD))
    assert run(engine)[-1] == Result("neural", "fake", (GOOD,))
    assert [request.attempt for request in engine.requests] == [0, 1]
    events = run(TwoAnswers(wrote(bad), wrote(bad)))
    result = events[-1]
    assert isinstance(result, Result)
    assert result.engine == "extractive"
    assert result.degraded_reason.startswith("the model's answer did not pass the checks: ")
    assert all(sentence in TEXT for sentence in result.texts[0].split(". "))
    assert joined(events) == result.texts[0]


def test_tokens_that_were_sent_are_declared_void_before_another_answer() -> None:
    half = f"{FIRST} Queen Victoria visited Paris in 1887. Her parliament refused every tax on tea that year."
    events = run(TwoAnswers(wrote(half), wrote(GOOD)))
    assert events[0] == Token(FIRST)
    assert [type(event) for event in events].count(Restart) == 1
    assert joined(events) == GOOD


def test_points_are_distinct_and_say_something() -> None:
    good = ("Martha lit the lamp every evening.", "A storm tore the cable in autumn.")
    engine = TwoAnswers(listed("5", "5"), listed(*good))
    events = run(engine, count=2)
    assert events[-1] == Result("neural", "fake", good)
    assert joined(events) == "- Martha lit the lamp every evening.\n- A storm tore the cable in autumn."
    assert run(TwoAnswers(listed(good[0], good[0]), listed("5", ",")), count=2)[-1].engine == "extractive"


def test_a_model_that_writes_nothing_is_replaced() -> None:
    nothing = UpstreamFailed("The model wrote nothing.")
    result = run(TwoAnswers([nothing], [nothing]))[-1]
    assert (result.engine, result.degraded_reason) == ("extractive", "The model wrote nothing.")


def test_other_problems_are_the_callers() -> None:
    with pytest.raises(Busy):
        run(TwoAnswers([Busy("full")]))


@pytest.mark.parametrize("problem", [Busy("full"), TooSlow("It would take 300 seconds.")])
def test_a_second_attempt_that_is_refused_is_replaced(problem) -> None:
    result = run(TwoAnswers(wrote("5"), [problem]))[-1]
    assert (result.engine, result.degraded_reason) == ("extractive", problem.detail)


def test_the_extractive_answer_comes_before_the_deadline(monkeypatch) -> None:
    clock = count(0.0, 0.05)
    monkeypatch.setattr(checked.time, "monotonic", lambda: next(clock))
    engine = TwoAnswers([None] * 300, [None] * 300)
    result = run(engine, deadline=10.0)[-1]
    assert result.degraded_reason == "the model did not finish within the deadline"
    assert len(engine.requests) == 1
    assert engine.closed
    assert next(clock) < 10.0


def test_there_is_no_second_attempt_where_it_would_not_fit(monkeypatch) -> None:
    clock = count(0.0, 0.5)
    monkeypatch.setattr(checked.time, "monotonic", lambda: next(clock))
    engine = TwoAnswers(wrote("Queen Victoria visited Paris in 1887."), wrote(GOOD))
    assert run(engine, deadline=8.0)[-1].engine == "extractive"
    assert len(engine.requests) == 1


def test_an_answer_may_be_made_of_the_passages_alone() -> None:
    shown = Passages(("A storm tore the cable from its anchors in autumn.",))
    engine = TwoAnswers([shown, *wrote(GOOD)], [shown, *wrote("A storm tore the cable in autumn.")])
    assert run(engine)[-1].texts == ("A storm tore the cable in autumn.",)


def test_parts_are_checked_too() -> None:
    bad, good = Part(0, 1, 2, "Queen Victoria visited Paris."), Part(0, 2, 2, "Martha lit the lamp.")
    events = run(TwoAnswers([bad, good, Result("neural", "fake", (GOOD,))]))
    assert events == [good, Result("neural", "fake", (GOOD,))]


def test_auto_says_why_the_model_did_not_answer() -> None:
    engines = Engines(ExtractiveEngine(), TwoAnswers([TooSlow("It would take 300 seconds.")]), "given")
    result = list(engines.answer("auto", Request(TEXT, deadline=time.monotonic() + 60)))[-1]
    assert (result.engine, result.degraded_reason) == ("extractive", "It would take 300 seconds.")
    with pytest.raises(TooSlow):
        list(engines.answer("neural", Request(TEXT)))


def test_checks_can_be_switched_off() -> None:
    engines = Engines(ExtractiveEngine(), TwoAnswers(wrote("5")), "given", check=False)
    assert list(engines.answer("auto", Request(TEXT)))[-1].texts == ("5",)
