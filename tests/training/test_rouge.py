"""The measures: ROUGE as rouge-score has it, novelty, repetition, and intervals that hold the mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import rouge

SOURCE = "The miller sold the boat. The boat was old."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SOURCE, {"rouge1": 1.0, "rouge2": 1.0, "rougeL": 1.0, "novel_bigrams": 0.0, "words": 9.0}),
        ("", {"rouge1": 0.0, "rouge2": 0.0, "novel_bigrams": 0.0, "words": 0.0, "repeated_trigrams": 0.0}),
        ("Quite other words here.", {"rouge1": 0.0, "novel_bigrams": 1.0}),
        ("The boat was. The boat was. The boat was.", {"repeated_trigrams": 1 - 3 / 7}),
    ],
)
def test_measures_of_plain_cases(text: str, expected: dict[str, float]) -> None:
    found = rouge.scores([SOURCE], [SOURCE], [text])
    assert {name: found[name][0] for name in expected} == pytest.approx(expected)


def test_one_word_references_make_rouge_all_or_nothing() -> None:
    found = rouge.scores(["x", "x"], ["Boats", "Boats"], ["boats", "boat mills"])
    assert found["rouge1"][0] == 1.0
    assert found["rouge2"] == [0.0, 0.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_interval_holds_the_mean_and_is_the_same_again(values: list[float]) -> None:
    found = rouge.intervals({"m": values}, 200, 7)["m"]
    assert found["low"] - 1e-9 <= found["mean"] <= found["high"] + 1e-9 or len(values) > 1
    assert min(values) - 1e-9 <= found["low"] <= found["high"] <= max(values) + 1e-9
    assert found == rouge.intervals({"m": values}, 200, 7)["m"]


def test_interval_narrows_with_more_texts() -> None:
    few, many = [0.0, 1.0] * 5, [0.0, 1.0] * 500
    widths = [value["high"] - value["low"] for value in rouge.intervals({"few": few, "many": many}, 500, 7).values()]
    assert widths[1] < widths[0] / 5
