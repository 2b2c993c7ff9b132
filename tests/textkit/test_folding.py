"""What people take for the same word is the same, and titles are sorted as people sort them."""

from __future__ import annotations

import pytest

from textkit import folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("STRASSE Straße", "strasse strasse"),
        ("ﬁnal eﬀect", "final effect"),
        ("soft\u00adhyphen", "softhyphen"),
        ("İstanbul ısı", "istanbul isi"),
        ("cafe\u0301 café", "cafe cafe"),
        ("Ὀδύσσεια", "οδυσσεια"),
        ("Ёлка йод", "ёлка йод"),
        ("がく", "がく"),
        ("سَلَام", "سلام"),
        ("ﾃｽﾄ", "テスト"),
    ],
)
def test_letters_are_folded_by_script(text, folded):
    assert folding.fold(text) == folded


@pytest.mark.parametrize("text", ["plain", "Łódź ﬁ\u00adn", "古い灯台", "e\u0301a", ""])
def test_places_lead_back_to_the_text(text):
    folded, places = folding.fold_with_places(text)
    assert len(places) == len(folded) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


def test_each_character_of_a_script_without_spaces_is_a_word():
    assert folding.searchable("古い灯台, B12.").split() == ["古", "い", "灯", "台", "b12"]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        (None, ["Apple", "The Äpfel", "apple pie", "Zebra", "Łódź"]),
        ("de", ["Der Prozess", "Die Verwandlung", "Amerika"]),
        ("fr", ["L'Étranger", "La Peste", "Les Misérables"]),
    ],
)
def test_titles_are_sorted_without_case_accents_and_articles(language, titles):
    expected = {
        None: ["The Äpfel", "Apple", "apple pie", "Łódź", "Zebra"],
        "de": ["Amerika", "Der Prozess", "Die Verwandlung"],
        "fr": ["L'Étranger", "Les Misérables", "La Peste"],
    }[language]
    assert sorted(titles, key=lambda title: folding.sort_key(title, language)) == expected


@pytest.mark.parametrize(("title", "language"), [("A", "en"), ("Die Hard", "en"), ("!!!", "en")])
def test_a_title_is_never_reduced_to_nothing_by_its_article(title, language):
    assert folding.sort_key(title, language) == title.lower().strip("!")


@pytest.mark.parametrize(
    ("text", "words"), [("काम, कम", ["काम", "कम"]), ("தமிழ்", ["தமிழ்"]), ("เก่า", ["เ", "ก่", "า"]), ("a_b", ["a", "b"])]
)
def test_vowel_signs_belong_to_their_words(text, words):
    assert folding.searchable(text).split() == words
