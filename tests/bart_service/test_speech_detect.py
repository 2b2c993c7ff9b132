from __future__ import annotations

import pytest

from bart_service.speech.detect import Detector

OTHERS = ["de-DE", "fr", "es", "it", "nl", "pl", "ru", "el", "ja", "ko", "zh-CN", "da", "no"]


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Niemand auf der Brücke sagte auch nur ein Wort dazu.", "de"),
        ("Le vieil homme descendait lentement vers le port ce matin-là.", "fr"),
        ("El viejo bajaba despacio hacia el puerto por la mañana.", "es"),
        ("Il vecchio scendeva lentamente verso il porto quella mattina.", "it"),
        ("Старик медленно спускался утром к гавани и молчал.", "ru"),
        ("Ο γέρος κατέβαινε αργά προς το λιμάνι εκείνο το πρωί.", "el"),
        ("老人は朝ゆっくりと港へ下りて行きました。", "ja"),
        ("노인은 아침에 천천히 항구로 내려갔습니다.", "ko"),
    ],
)
def test_a_whole_sentence_in_another_language_is_found(sentence, language):
    assert Detector("en-GB", OTHERS).other(sentence) == language


@pytest.mark.parametrize(
    "sentence",
    ["The old man walked slowly down to the harbour.", "Guten Morgen!", "C'est la vie, said the captain of the ship.",
     "Count Ludwig von Hohenstein-Rothenburg, Herzog zu Sachsen", "", "... 1234567890 1234567890 1234567890 123456789"],
)  # fmt: skip
def test_doubt_leaves_the_texts_own_language(sentence):
    assert Detector("en", OTHERS).other(sentence) is None


def test_neighbours_and_unknown_languages_are_never_found():
    assert Detector("da", OTHERS).other("Den gamle mannen gikk langsomt ned til havnen den morgenen.") is None
    assert Detector("tlh", OTHERS).other("Niemand auf der Brücke sagte auch nur ein Wort dazu.") is None
    assert Detector("en", []).other("Niemand auf der Brücke sagte auch nur ein Wort dazu.") is None
