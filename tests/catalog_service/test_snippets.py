"""The part of a page that a search shows."""

import pytest

from catalog_service.snippets import WIDTH, fold, snippet

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
        ("ÉCOLE", ("école",), "<mark>ÉCOLE</mark>"),
        ("lamps lamp", ("lamp",), "lamps <mark>lamp</mark>"),
        ("green-\nlamp", ("green", "lamp"), "<mark>green- lamp</mark>"),
        ("a <b> & lamp", ("lamp",), "a &lt;b&gt; &amp; <mark>lamp</mark>"),
        ("_lamp_", ("lamp",), "_<mark>lamp</mark>_"),
        ("nothing here", ("lamp",), "nothing here"),
    ],
)
def test_words_are_marked_whole_without_regard_to_case_and_accents(text, words, marked):
    assert snippet(text, [words]) == marked


def test_folding_keeps_every_place():
    text = "İstanbul ß ﬁ Åé \U0001f600 Ω"
    assert len(fold(text)) == len(text)
