import pytest
from hypothesis import given
from hypothesis import strategies as st

from textkit.words import count, fold, is_stop_word, measure, stem, terms, words


def test_words_keep_their_marks_and_apostrophes() -> None:
    assert words("Orme’s well-kept mill, नमस्ते दुनिया। don't 3.14 _so_") == [
        "Orme’s", "well-kept", "mill", "नमस्ते", "दुनिया", "don't", "3", "14", "so",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("walked", "walking"),
        ("walks", "walk"),
        ("houses", "house"),
        ("running", "run"),
        ("pities", "pity"),
        ("boxes", "box"),
    ],
)
def test_inflections_share_a_stem(first: str, second: str) -> None:
    assert stem(first) == stem(second)


def test_terms_leave_out_stop_words_and_pair_unspaced_characters() -> None:
    assert terms(["The", "Miller’s", "wheels", "don’t", "今天很冷"]) == ["miller", "wheel", "今天", "天很", "很冷"]


@pytest.mark.parametrize("word", ["the", "The", "don’t", "don't"])
def test_stop_words_are_known_in_any_case_and_with_either_apostrophe(word: str) -> None:
    assert is_stop_word(word)


def test_unspaced_and_endless_words_have_a_length_too() -> None:
    assert measure(["one", "two"]) == 2
    assert measure(["今天很冷我们"]) == 3
    assert measure(["a" * 1000]) == 100


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a _very_\r\n  cold\nday", "a very cold day"),
        ("a well-\nkept mill--\nthe last", "a well-kept mill--the last"),
        ("snake_case stays_as it is", "snake_case stays_as it is"),
        ("\ufeffsoft\u00adly", "softly"),
        ("two - \n dashes", "two - dashes"),
    ],
)
def test_folding_undoes_hard_wraps_and_italics_only(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet=st.characters(exclude_characters="_-—\ufeff\u00ad\u200b\u2060")))
def test_folding_changes_nothing_but_white_space(text: str) -> None:
    assert fold(text) == " ".join(text.split())


@pytest.mark.parametrize("unit", ["a", "a-", "a'", "_", "_a", "-\n", "ा", "aा", "今"])
def test_a_million_characters_of_anything_are_read(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert len(fold(text)) <= len(text)
    assert sum(map(len, words(text))) <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("One two--three.", 2),
        ("王小明走进花园。", 3),
        ("王 said 走进花园。 twice", 5),
        ("...", 1),
        ("。。", 1),
    ],
)
def test_words_are_counted_as_a_reader_would(text: str, expected: int) -> None:
    assert count(text) == expected
