from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textkit.chunks import pack, split_pages
from textkit.sentences import split

PROSE = st.lists(
    st.sampled_from(
        ["The mill stood.", "A b c d e f g.", "Rain!", "word " * 30, "\n\n", "x" * 90, "今天很冷。", "\r\n", " "]
    )
).map(" ".join)


def count_words(text: str) -> int:
    return len(text.split())


def count_characters(text: str) -> int:
    return len(text)


@given(st.one_of(PROSE, st.text()), st.integers(1, 60), st.sampled_from([0.0, 0.1, 0.5]))
def test_every_character_of_every_sentence_is_in_a_chunk_within_the_budget(
    text: str, budget: int, overlap: float
) -> None:
    chunks = pack(text, count_characters, budget, overlap=overlap)
    covered: set[int] = set()
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.tokens <= budget
        assert len(chunk.text) <= budget
        covered.update(range(chunk.start, chunk.end))
    for sentence in split(text):
        assert covered.issuperset(place for place in range(sentence.start, sentence.end) if not text[place].isspace())
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)


def test_sentences_are_packed_together_up_to_the_budget() -> None:
    text = "One two three. Four five. Six seven eight nine. Ten."
    assert [chunk.text for chunk in pack(text, count_words, 5)] == [
        "One two three. Four five.",
        "Six seven eight nine. Ten.",
    ]


def test_each_sentence_is_counted_once() -> None:
    asked: list[str] = []

    def count(text: str) -> int:
        asked.append(text)
        return count_words(text)

    pack("One two. Three four. Five.", count, 100)
    assert [text.strip() for text in asked] == ["One two.", "Three four.", "Five."]


def test_a_batch_counter_is_asked_once_for_all() -> None:
    calls: list[int] = []

    def count_many(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return [count_words(text) for text in texts]

    text = "One two. Three four. Five."
    assert pack(text, count_words, 3, count_many=count_many) == pack(text, count_words, 3)
    assert calls == [3]


def test_a_sentence_over_the_budget_is_cut_at_words_with_overlap() -> None:
    text = " ".join(f"w{number}" for number in range(200)) + "."
    chunks = pack(text, count_words, 40, overlap=0.2)
    assert len(chunks) > 4
    for before, after in pairwise(chunks):
        assert before.start < after.start < before.end
        assert text[after.start - 1] == " "


def test_a_million_letters_without_a_space_are_cut_to_the_budget() -> None:
    chunks = pack("a" * 1_000_000, lambda text: -(-len(text) // 4), 500)
    assert chunks[-1].end == 1_000_000
    assert max(chunk.tokens for chunk in chunks) <= 500


def test_a_character_over_the_budget_stands_alone() -> None:
    assert [chunk.text for chunk in pack("ab", lambda text: 3 * len(text), 2)] == ["a", "b"]


@pytest.mark.parametrize(("budget", "overlap"), [(0, 0.1), (10, 0.6), (10, -0.1)])
def test_a_senseless_budget_or_overlap_is_refused(budget: int, overlap: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        pack("a b", count_words, budget, overlap=overlap)


@given(st.one_of(PROSE, st.text()), st.integers(1, 200))
def test_pages_joined_are_the_text(text: str, target: int) -> None:
    pages = split_pages(text, target)
    assert "".join(pages) == text
    assert all(0 < len(page) <= max(1, int(target * 1.25)) + 1 for page in pages)


def test_pages_end_at_paragraphs_near_the_target() -> None:
    paragraph = "The mill stood by the water and the wheel went round. " * 3
    text = "\n\n".join([paragraph.strip()] * 20)
    pages = split_pages(text, 600)
    assert all(page.endswith(".\n\n") for page in pages[:-1])
    assert all(450 <= len(page) <= 750 for page in pages[:-1])


def test_pages_of_one_paragraph_end_at_sentences() -> None:
    pages = split_pages("The mill stood by the water and the wheel went round. " * 60, 600)
    assert all(page.rstrip().endswith("round.") for page in pages)


def test_page_target_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="target"):
        split_pages("a", 0)
