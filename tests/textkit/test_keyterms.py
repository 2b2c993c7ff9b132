from textkit.keyterms import find_terms, stem_weights
from textkit.words import words

STORY = [
    "Every spring Mr. Orme opened the water gate.",
    "The neighbours said that Mr. Orme loved the water gate more than his wife Anna.",
    "One night the Grey Lady came to Anna at the water gate.",
    "She told Anna’s sister that the Grey Lady wept.",
    "Nobody but Mr. Orme believed in the Grey Lady and her lantern.",
    "HERON sailed, and with the HERON went the lantern.",
]


def found() -> list[str]:
    return [term for term, _ in find_terms([words(line) for line in STORY]).ranked(8)]


def test_names_come_with_their_titles_and_without_possessives() -> None:
    assert {"Mr. Orme", "Anna", "Grey Lady"} <= set(found())


def test_a_phrase_that_keeps_coming_back_is_a_term() -> None:
    assert "water gate" in found()


def test_a_part_of_a_weightier_term_is_left_out() -> None:
    assert not {"Orme", "Grey", "water", "gate"} & set(found())


def test_no_term_of_a_text_without_repetition() -> None:
    assert find_terms([words("Every word here differs.")]).ranked(5) == []


def test_weights_of_stems_are_between_zero_and_one() -> None:
    weights = stem_weights(find_terms([words(line) for line in STORY]), 8)
    assert max(weights.values()) == 1
    assert min(weights.values()) > 0
    assert "orm" in weights or "orme" in weights
