import pytest

from textkit.quality import Speech, clarity, form, is_apparatus
from textkit.sentences import ends_like_sentence
from textkit.words import measure, words

NAMES = frozenset({"Orme", "Anna"})
GOOD = "Anna Orme sold the mill by the river to a stranger in the spring."


def worth(text: str) -> float:
    share, cut = Speech().share(text)
    return form(text, words(text), measure(words(text)), share, cut) * clarity(text, NAMES)


def test_a_plain_statement_about_a_named_person_is_worth_most() -> None:
    assert worth(GOOD) == 1


@pytest.mark.parametrize(
    "text",
    [
        "CHAPTER IV. The Storm",
        "THE MILL BY THE RIVER WAS SOLD TO A STRANGER.",
        "sold the mill by the river to a stranger in the spring.",
        "Too short.",
        "“Sold the mill by the river to a stranger in the spring.",
        "“I sold the mill by the river to a stranger in the spring.”",
        "The mill, which Anna Orme sold by the river to a stranger in the spring,",
        "Produced by Anna Orme and the volunteers of the reading room in spring.",
        "1 2 3 4 5 6 7 8 pages of the mill.",
        "Letter From Anna Orme To Captain Hale Of The Old Mill.",
        "The mill by the river was sold to a stranger in the spring.”",
    ],
)
def test_fragments_headings_speeches_and_credits_are_worth_nothing(text: str) -> None:
    assert worth(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "She sold the mill by the river to a stranger in the spring.",
        "But Anna Orme sold the mill by the river to a stranger in the spring.",
        "Anna Orme sold the mill by the river to a stranger because of that.",
        "Had Anna Orme sold the mill by the river to a stranger in the spring?",
        "“Indeed,” said Anna Orme, who sold the mill by the river to a stranger from the coast in the spring.",
        "Anna Orme sold you the mill by the river one day in the early spring.",
        "Its miller sold the wheel to a stranger before the time arrived.",
        "The miller’s widow sold him the wheel by the river in the spring.",
        "Such people sold the mill by the river to a stranger in the spring.",
        "It was opened by a stranger who lived near the mill by the river.",
        "Sold the mill by the river to a stranger and wrote to Anna Orme.",
        "Anna said; but was dreadfully puzzled by the stranger and the mill.",
        "Anna Orme sold the mill to the stranger before the affair was settled.",
        "Run `python -m mill.sell --to stranger` in the folder `river/mill`.",
    ],
)
def test_sentences_that_lean_on_others_are_worth_less(text: str) -> None:
    assert 0 < worth(text) < 0.8 * worth(GOOD)


def test_a_quotation_over_several_sentences_is_followed() -> None:
    speech = Speech()
    assert speech.share("“It is late.")[1]
    assert speech.share("Let us go.") == (1.0, True)
    assert speech.share("Now!” she said.")[1]
    assert speech.share("They went.") == (0.0, False)


@pytest.mark.parametrize(
    "text", ["'Come!' said Anna.", "‘Come,’ said Anna.", '"Come," said Anna.', "«Come», said Anna."]
)
def test_quotation_marks_of_all_kinds_open_and_close(text: str) -> None:
    share, cut = Speech().share(text)
    assert 0.2 < share < 0.6
    assert not cut


def test_apostrophes_are_not_quotation_marks() -> None:
    assert Speech().share("The miller’s sons’ horses don’t like it.") == (0.0, False)


@pytest.mark.parametrize("text", ["So it was.", "Was it?”", "很冷。", "चलो।", "And so on…"])
def test_full_stops_of_many_scripts_end_a_sentence(text: str) -> None:
    assert ends_like_sentence(text)


def test_web_addresses_and_licences_are_apparatus() -> None:
    assert is_apparatus("See www.example.org for more.")
    assert not is_apparatus("The mill stood by the river.")
