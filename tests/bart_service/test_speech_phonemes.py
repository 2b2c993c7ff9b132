from __future__ import annotations

from bart_service.speech.phonemes import Phonemiser, align


def test_two_words_written_as_one_are_paired_with_it():
    assert align(["ˌaʊt", "ʌv", "ðə", "ɹˈeɪn"], ["ˌaʊɾəv", "ðə", "ɹˈeɪn"]) == [(0, 2, 0, 1), (2, 3, 1, 2), (3, 4, 2, 3)]


def test_one_word_written_as_several_is_paired_with_them():
    assert align(["ɪn", "twˈɛntifˈaɪv", "mˈɛn"], ["ɪn", "twˈɛnti", "fˈaɪv", "mˈɛn"]) == [
        (0, 1, 0, 1), (1, 2, 1, 3), (2, 3, 3, 4)
    ]  # fmt: skip


def test_what_cannot_be_paired_is_one_run():
    assert align(["a"] * 9, ["b"]) == [(0, 9, 0, 1)]
    assert align([], []) == []


def test_clauses_keep_their_marks_and_words_their_places(espeak):
    text = 'Out of the rain — "I don\'t know," she said... Really?!'
    clauses = Phonemiser(espeak.phonemes, "en-us").write(text)
    assert [clause.mark for clause in clauses] == ["—", ",", "...", "?"]
    words = [[text[word.start : word.start + word.length] for word in clause.words] for clause in clauses]
    assert words == [["Out of", "the", "rain"], ['"I', "don't", "know"], ["she", "said"], ["Really"]]
    assert clauses[0].words[2].phonemes == "ɹˈeɪn"


def test_marks_alone_are_no_clause(espeak):
    assert Phonemiser(espeak.phonemes, "en-us").write('... — "!"') == []
