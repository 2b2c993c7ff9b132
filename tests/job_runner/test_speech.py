"""How much of a summary will be spoken is known before it is made, about."""

from __future__ import annotations

import pytest

from gateway.jobs import speech
from gateway.jobs.planner import Section
from textkit.extractive import TARGET_WORDS


def sections(count, characters):
    return [Section(number, f"Chapter {number}", "x" * characters, (0,), (1,)) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "characters", "expected"),
    [
        (1, 100_000, TARGET_WORDS["medium"] * speech.CHARACTERS_A_WORD),
        (10, 100_000, (TARGET_WORDS["medium"] + 10 * TARGET_WORDS["short"]) * speech.CHARACTERS_A_WORD),
        (1, 70, 70),
    ],
)
def test_a_summary_and_those_of_the_chapters_are_expected_but_no_more_than_the_text(count, characters, expected):
    assert speech.expected_characters(sections(count, characters), "medium") == expected
