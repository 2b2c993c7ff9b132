from textkit import words
from textkit.ranking import Candidate, score
from textkit.selection import choose
from textkit.sentences import Sentence

FILLER = [
    "The road from the village to the harbour was mended with stone in the autumn.",
    "Most of the barley was carried into the great barn before the storm came.",
    "A new roof of slate was laid on the chapel by workmen from the coast.",
    "The price of salt doubled because no boat could cross the bar that winter.",
    "Three horses were lost in the marsh when the frost broke in the spring.",
    "The bells of the abbey were cast in bronze by a founder from the south.",
]


def candidates(sentences: list[str], following: frozenset[int] = frozenset()) -> list[Candidate]:
    made = []
    for number, text in enumerate(sentences):
        found = words.words(text)
        place = Sentence(number * 1000, number * 1000 + len(text), text)
        made.append(Candidate(place, text, found, words.terms(found), len(found), 0.0, False, number in following))
    return made


def chosen(sentences: list[str], count: int, following: frozenset[int] = frozenset(), whole: bool = True) -> list[str]:
    return [one.text for one in choose(candidates(sentences, following), count, 15, 60, whole)]


def test_a_sentence_that_leans_on_another_comes_with_it() -> None:
    head = "Anna Orme inherited the mill by the river from her father in the year of the flood."
    leaning = "She sold the mill and its wheel, murdered the captain, and escaped with the treasure to the coast."
    story = [*FILLER[:3], head, leaning, *FILLER[3:]]
    shown = chosen(story, 4, frozenset({4}))
    assert shown[shown.index(leaning) - 1] == head
    assert leaning not in chosen(story, 2)
    assert leaning not in chosen(story, 2, frozenset({4}), whole=False)


def test_the_main_names_are_named() -> None:
    story = []
    for number in range(12):
        story += [
            FILLER[number % 6].replace("The", "In the end the"),
            f"In that year the friends of Peter Vane and Anna Orme came to the house number {number}.",
        ]
    shown = " ".join(chosen(story, 3))
    assert "Vane" in shown
    assert "Orme" in shown
    assert set(score(candidates(story), 60).weights) >= {"Vane", "Orme"}


def test_a_stretch_with_nothing_worth_showing_leaves_its_turn_to_another() -> None:
    story = [*FILLER[:3], *["He looked at her and it was so with them too."] * 3, *FILLER[3:]]
    assert not any(sentence.startswith("He looked") for sentence in chosen(story, 3))


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose([], 3, 10, 60) == []
