import pytest

from textkit.support import SUPPORTED, Support, SupportIndex

PASSAGES = [
    "Anna Orme inherited the mill by the river in 1843. She was the youngest of three daughters. "
    "The roof leaked, and the wheel had not turned for twelve years.",
    "Captain Hale bought the mill in the spring for 900 crowns. He paid in silver. "
    "His brother Peter repaired the wheel before the autumn rains.",
    "The village never forgave the Captain. Old Martha said that the river would take the mill back. "
    "In the great flood the wheel was carried down to the sea.",
]


@pytest.fixture(scope="module")
def index() -> SupportIndex:
    return SupportIndex(PASSAGES)


@pytest.mark.parametrize(
    "sentence",
    [
        "Anna Orme inherited the mill by the river in 1843.",
        "The village never forgave the Captain.",
        "His brother Peter repaired the wheel before the autumn rains.",
    ],
)
def test_a_copied_sentence_is_wholly_supported(index: SupportIndex, sentence: str) -> None:
    assert index.score(sentence).score == pytest.approx(1)


@pytest.mark.parametrize(
    "sentence",
    [
        "Captain Hale bought the mill for 900 crowns.",
        "Peter repaired the wheel.",
        "The wheel was carried to the sea in the flood.",
        "The river would take back the mill, old Martha said.",
        "Captain Hale bought the mill in the spring, and his brother Peter repaired the wheel.",
    ],
)
def test_a_shortened_or_joined_sentence_is_supported(index: SupportIndex, sentence: str) -> None:
    assert index.score(sentence).supported


@pytest.mark.parametrize(
    "sentence",
    [
        "Martha Orme inherited the mill by the river in 1843.",
        "Captain Hale bought the mill in the spring for 950 crowns.",
        "Anna Orme inherited the mill by the river in 1834.",
        "The wheel had not turned for twenty years.",
        "The village forgave the Captain.",
        "His brother Peter never repaired the wheel before the autumn rains.",
        "Anna Orme married the baker and moved to London with her children.",
        "Peter sold the silver to a travelling priest.",
    ],
)
def test_a_false_sentence_is_not_supported(index: SupportIndex, sentence: str) -> None:
    assert index.score(sentence).score < SUPPORTED


def test_the_best_stretch_is_named(index: SupportIndex) -> None:
    found = index.score("Peter repaired the wheel before the autumn rains.")
    assert found.passage == 1
    assert PASSAGES[1][found.start : found.end] == "His brother Peter repaired the wheel before the autumn rains."


@pytest.mark.parametrize("sentence", ["", "   ", "Zebras gallop.", "?!"])
def test_nothing_in_common_scores_zero(sentence: str) -> None:
    assert SupportIndex(PASSAGES).score(sentence) == Support(0.0, -1, 0, 0)


@pytest.mark.parametrize("passages", [[], [""], ["\n\n"]])
def test_no_passages_support_nothing(passages: list[str]) -> None:
    assert SupportIndex(passages).score("Anna sold the mill.").score == 0


def test_a_window_does_not_join_two_passages() -> None:
    sentence = "Hale bought the mill and Peter repaired the roof."
    apart = SupportIndex(["Hale bought the mill.", "Peter repaired the roof."]).score(sentence)
    together = SupportIndex(["Hale bought the mill. Peter repaired the roof."]).score(sentence)
    assert apart.score < together.score


def test_other_scripts_are_scored() -> None:
    index = SupportIndex(["今天很冷。我们昨天去了河边的磨坊。"])
    assert index.score("我们昨天去了河边的磨坊。").supported
    assert not index.score("船长卖掉了他的银子。").supported


def test_a_denial_ends_with_its_clause() -> None:
    source = "The relief boat did not come, and she burned her own furniture to keep the lamp alight."
    assert SupportIndex([source]).score("She burned her own furniture.").supported
    assert not SupportIndex([source]).score("She did not burn her own furniture.").supported


@pytest.mark.parametrize(
    ("sentence", "overlap"),
    [
        ("Peter repaired the wheel.", 1.0),
        ("A brother of the captain makes the wheel turn again.", 3 / 5),
        ("Peter baked a cake.", 1 / 3),
        ("Zebras gallop.", 0.0),
        ("It was so.", 0.0),
    ],
)
def test_overlap_is_the_share_of_content_words_in_the_best_stretch(
    index: SupportIndex, sentence: str, overlap: float
) -> None:
    assert index.overlap(sentence) == pytest.approx(overlap)


@pytest.mark.parametrize(
    ("sentence", "unknown"),
    [
        ("In 1834 the mill of Anna Orme burned.", ("1834",)),
        ("The mill was bought for 900 crowns by twelve men and 3 boys.", ()),
        ("Anna met Mr. Wickham in London on a Monday in March.", ("Wickham", "London", "Monday", "March")),
        ("Wheels and Crowns and Rivers", ()),
        ("The Captains of the Ormes came.", ()),
    ],
)
def test_names_and_numbers_that_no_passage_has_are_unknown(
    index: SupportIndex, sentence: str, unknown: tuple[str, ...]
) -> None:
    assert sorted(index.unknown(sentence)) == sorted(unknown)
