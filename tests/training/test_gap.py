"""Gap-sentence targets: the score is ROUGE-1 against the rest, and a target is never the start of its source."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from training.gap import MASK, choose, pair, scores, words

WORDS = st.lists(st.sampled_from(["river", "boat", "the", "miller", "sings", "of"]), min_size=1, max_size=8)
SENTENCES = st.lists(WORDS.map(lambda found: " ".join(found) + "."), min_size=1, max_size=8)


@given(SENTENCES)
def test_scores_are_rouge_1_of_each_sentence_against_the_others(sentences: list[str]) -> None:
    scorer = RougeScorer(["rouge1"])
    for place, score in enumerate(scores(sentences)):
        rest = " ".join(sentences[:place] + sentences[place + 1 :])
        assert score == pytest.approx(scorer.score(rest, sentences[place])["rouge1"].fmeasure)


def test_the_sentence_that_shares_most_with_the_rest_is_chosen() -> None:
    sentences = ["It rained.", "The miller sold the boat and the mill.", "The boat was old.", "The mill was new."]
    assert choose(sentences, 0.25, 50) == [1]


@given(SENTENCES, st.floats(0.05, 0.95), st.integers(3, 30), st.sampled_from(["keep", "remove", "mask"]))
def test_pair_keeps_its_promises(sentences: list[str], share: float, most: int, mode: str) -> None:
    made = pair(sentences, share, most, mode)
    if made is None:
        return
    assert len(words(made.target)) <= most
    target = words(made.target)
    if mode == "keep":
        assert words(made.source) == words(" ".join(sentences))
        assert choose(sentences, share, most, first_allowed=False)[0] > 0
    else:
        rest = words(made.source.replace(MASK, " "))
        assert sorted(rest + target) == sorted(words(" ".join(sentences)))
        assert (MASK in made.source) == (mode == "mask")


@pytest.mark.parametrize("sentences", [[], ["Only one."], ["...", "!!!"], ["a b", "c d"]])
def test_passage_with_nothing_to_choose_gives_no_pair(sentences: Sequence[str]) -> None:
    assert pair(sentences, 0.3, 50, "keep") is None


def test_other_scripts_are_scored_too() -> None:
    sentences = ["Река течёт.", "Мельник продал лодку у реки.", "Лодку продал он."]
    assert max(scores(sentences)) > 0
