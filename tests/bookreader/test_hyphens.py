"""Words that a PDF breaks at the ends of its lines."""

import pytest

from bookreader.hyphens import join_broken


@pytest.mark.parametrize(
    ("pages", "whole"),
    [
        (["her self\ufffe\r\ndenial,", "by self-denial alone"], "her self-denial,"),
        (["the under\ufffe\nstanding", "an understanding man"], "the understanding"),
        (["a good\ufffe\nnatured son", "a dining\ufffe\nroom", "The dining-room was"], "a good-natured son"),
        (["a good\ufffe\nnatured son", "a morn\ufffe\ning", "This morning was"], "a goodnatured son"),
        (["some morn\ufffe\ning"], "some morning"),
        (["an Anglo\ufffe\nSaxon"], "an Anglo-Saxon"),
        (["of 1914\ufffe\n1918"], "of 1914-1918"),
        (["A CHAP\ufffe\nTER"], "A CHAPTER"),
        (["a son\ufffe\nin\ufffe\nlaw", "my son-in and in-law"], "a son-in-law"),
        (["ends half\ufffe", "way"], "ends half-"),
    ],
)
def test_a_broken_word_is_spelled_as_elsewhere_in_the_text_or_as_most_are(pages, whole):
    assert join_broken(pages)[0] == whole


def test_pages_without_broken_words_stay_as_they_are():
    assert join_broken(["One - two.", ""]) == ["One - two.", ""]
