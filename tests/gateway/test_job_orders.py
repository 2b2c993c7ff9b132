"""How much of a summary will be spoken is known before it is made, about."""

from __future__ import annotations

import pytest

from contract.jobs import Extent
from gateway.job_orders import CHARACTERS_PER_WORD, expected_speech
from textkit.lengths import TARGET_WORDS


@pytest.mark.parametrize(
    ("chapters", "characters", "expected"),
    [
        (1, 100_000, TARGET_WORDS["medium"] * CHARACTERS_PER_WORD),
        (10, 1_000_000, (TARGET_WORDS["medium"] + 10 * TARGET_WORDS["short"]) * CHARACTERS_PER_WORD),
        (1, 70, 70),
    ],
)
def test_a_summary_and_those_of_the_chapters_are_expected_but_no_more_than_the_text(chapters, characters, expected):
    extent = Extent(book_id=1, revision=1, characters=characters, chapters=chapters)
    assert expected_speech(extent, "medium") == expected
