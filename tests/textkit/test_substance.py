import pytest

from textkit.substance import NOVEL_WORDS, minor_names, weigh

NAMES = {"Orme", "Hale", "Vane"}


def weight(text: str, minor: tuple[str, ...] = ()) -> float:
    return weigh(text, text.replace(",", "").rstrip(".;!").split(), NAMES, minor)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Orme kept the ferry of the village.", "Orme grinned at the ferry of the village."),
        ("Orme was killed near the old ferry.", "Orme kept house near the old ferry."),
        ("We have a pilot and he knows the bar.", "We have a pilot, Orme; he knows the bar."),
        ("The ferry is ready to cross.", "The ferry is ready, sir, to cross."),
        ("Orme kept the ferry.", "The next morning Orme kept the ferry."),
        ("Orme kept the ferry after Hale left it.", "Row and row and row and row and row."),
    ],
)
def test_what_changes_a_story_weighs_more_than_what_fills_a_scene(better: str, worse: str) -> None:
    assert weight(better) > weight(worse)


def test_a_minor_name_in_front_weighs_less_than_one_further_on() -> None:
    assert weight("Vane found the letter.", ("Vane",)) < weight("Orme found the letter of Vane.", ("Vane",)) == 1.0


def test_names_are_minor_by_their_share_and_only_in_long_texts() -> None:
    sentence = ["Orme’s", "ferry", "crossed", "the", "river"]
    long = [sentence] * (NOVEL_WORDS // 5) + [["Vane", "crossed"]]
    assert minor_names(long, NAMES) == {"Vane"}
    assert minor_names(long[-40:], NAMES) == frozenset()
