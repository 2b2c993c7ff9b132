"""The part of a page that a search shows."""

import pytest

from catalog_service.snippets import WIDTH
from catalog_service.snippets import snippet as cut


def snippet(text, phrases):
    return cut(text, phrases).html


LONG = "before " * 200 + "the green lamp burned" + " after" * 200


def test_a_short_text_is_shown_whole():
    assert snippet("A lamp.", [("lamp",)]) == "A <mark>lamp</mark>."


def test_a_long_text_is_cut_at_white_space_about_the_match():
    shown = snippet(LONG, [("green", "lamp")])
    assert "<mark>green lamp</mark> burned" in shown
    assert shown.startswith("...before")
    assert shown.endswith("after...")
    assert len(shown) < WIDTH + 40


def test_the_stretch_with_most_matches_is_chosen():
    text = "lamp " + "x " * 500 + "lamp lamp lamp"
    assert snippet(text, [("lamp",)]).count("<mark>") == 3


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Café noir", ("cafe",), "<mark>Café</mark> noir"),
        ("ÉCOLE", ("ecole",), "<mark>ÉCOLE</mark>"),
        ("lamps lamp", ("lamp",), "lamps <mark>lamp</mark>"),
        ("green-\nlamp", ("green", "lamp"), "<mark>green- lamp</mark>"),
        ("a <b> & lamp", ("lamp",), "a &lt;b&gt; &amp; <mark>lamp</mark>"),
        ("_lamp_", ("lamp",), "_<mark>lamp</mark>_"),
        ("nothing here", ("lamp",), "nothing here"),
    ],
)
def test_words_are_marked_whole_without_regard_to_case_and_accents(text, words, marked):
    assert snippet(text, [words]) == marked


def test_words_of_a_script_without_spaces_are_found_inside_a_sentence():
    assert snippet("古い灯台守の話。", [("灯", "台", "守")]) == "古い<mark>灯台守</mark>の話。"


def test_the_place_of_the_first_match_is_that_in_the_text_as_it_is_written():
    text = "A so\u00adft ﬁnish in the café."
    found = cut(text, [("finish",)])
    assert text[found.start : found.end] == "ﬁnish"
    found = cut(text, [("cafe",)])
    assert text[found.start : found.end] == "café"
