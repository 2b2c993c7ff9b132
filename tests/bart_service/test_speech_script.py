from __future__ import annotations

import pytest

from bart_service.speech import script
from bart_service.speech.script import NotSpeakable, lines

TEXT = """CHAPTER I

*The Harbour*

Mr. Smith bought 3.5 km of rope. "Why?" she asked.

* * *

On May 12 he left.[3]
"""


def said(text: str, language: str = "en") -> list[tuple[str, float]]:
    return [(line.said.text, line.pause_s) for line in lines(text, language)]


def test_lines_have_the_silence_of_what_ends_there():
    assert said(TEXT) == [
        ("chapter one", script.HEADING_S),
        ("The Harbour", script.HEADING_S),
        ("Mister Smith bought three point five kilometres of rope.", script.SENTENCE_S),
        ('"Why?" she asked.', script.BREAK_S),
        ("On May twelfth he left.", script.PARAGRAPH_S),
    ]


def test_lines_stand_for_their_place_in_the_text():
    places = [TEXT[line.start : line.end] for line in lines(TEXT, "en")]
    assert places[2] == "Mr. Smith bought 3.5 km of rope."
    assert places[3] == '"Why?" she asked.'


def test_a_long_sentence_is_cut_after_clauses_and_nothing_is_lost():
    text = "The boat, which was old, lay at the wall, and nobody saw it, " * 20
    found = list(lines(text, "en"))
    assert len(found[0].said.text) <= script.FIRST_CHARS
    assert all(len(line.said.text) <= script.LONGEST_CHARS for line in found)
    assert all(line.said.text.endswith(",") and line.pause_s == script.CLAUSE_S for line in found[:-1])
    assert " ".join(line.said.text for line in found) == text.strip()
    assert [text[line.start : line.end] for line in found] == [line.said.text for line in found]


def test_text_without_spaces_is_cut_too():
    found = [line.said.text for line in lines("日" * 1000, "ja")]
    assert "".join(found) == "日" * 1000


def test_a_sentence_goes_on_after_an_abbreviation_of_its_language():
    assert [text for text, _ in said("Am 3. Mai kam Hr. Müller. Er ging.", "de")] == [
        "Am dritten Mai kam Herr Müller.", "Er ging."
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "  \n", "...", "* * *\n\n—", "[Illustration: a boat]", "«»", "😀🎉"])
def test_a_text_with_nothing_to_say_is_refused(text):
    with pytest.raises(NotSpeakable, match="nothing"):
        next(lines(text, "en"))


def test_an_endless_word_is_refused_with_its_length():
    with pytest.raises(NotSpeakable, match="100,000 letters, aaaa"):
        next(lines("One " + "a" * 100_000, "en"))


def test_lines_of_a_large_text_are_made_as_they_are_asked_for():
    text = "The boat lay at the wall. Nobody saw it.\n\n" * 500_000
    found = lines(text, "en")
    assert next(found).said.text == "The boat lay at the wall."
    assert next(found).said.text == "Nobody saw it."


@pytest.mark.parametrize(
    "unit", ["1,", "1 000 ", "a.", "<a", "[1", "@a.", "- ", "Henry ", "ab\n", "___a", "I. ", "1-", "£"]
)
def test_hostile_text_takes_linear_time(unit):
    text = unit * 5_000 + " end"
    assert "".join(line.said.text for line in lines(text, "en")).endswith("end")
