import pytest
from hypothesis import given
from hypothesis import strategies as st

from textkit.sentences import paragraphs, split

TEXTS = st.one_of(st.text(), st.text(alphabet="aAI. .!?…\"'“”‘’\n\r\f\t-—_()。।؟1"))


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mill stood. The wheel turned.", ["The mill stood.", "The wheel turned."]),
        ("Mr. Orme met Dr. Vane in St. Ives.", ["Mr. Orme met Dr. Vane in St. Ives."]),
        ("J. R. Orme wrote it. It sold.", ["J. R. Orme wrote it.", "It sold."]),
        ("It was I. Nobody else came.", ["It was I.", "Nobody else came."]),
        ("We left at 5 p.m. The boat was late.", ["We left at 5 p.m.", "The boat was late."]),
        ("See No. 7 and fig. 3. They differ.", ["See No. 7 and fig. 3.", "They differ."]),
        ("It cost 3.14 crowns. Cheap!", ["It cost 3.14 crowns.", "Cheap!"]),
        ("“Come in!” said he. He sat.", ["“Come in!” said he.", "He sat."]),
        ("“Who is it?” I asked. “Me.”", ["“Who is it?” I asked.", "“Me.”"]),
        ("“Who is it?” Anna Orme cried.", ["“Who is it?” Anna Orme cried."]),
        ("“Go now. I shall stay.” Anna went.", ["“Go now.", "I shall stay.”", "Anna went."]),
        ("He waited... and waited... Then he left.", ["He waited... and waited...", "Then he left."]),
        ("He waited . . . and then . . . Nothing.", ["He waited . . . and then . . .", "Nothing."]),
        ("Stop!—and think. Now go.", ["Stop!—and think.", "Now go."]),
        ("It was _very_ cold._ So we left.", ["It was _very_ cold._", "So we left."]),
        ("A line that\nwraps. Another\nthat wraps.", ["A line that\nwraps.", "Another\nthat wraps."]),
        ("A heading\n\nThe text.", ["A heading", "The text."]),
        ("CHAPTER IV. The Storm\n\nIt rained.", ["CHAPTER IV. The Storm", "It rained."]),
        ("Chapter 12\nIt rained. We sat.", ["Chapter 12", "It rained.", "We sat."]),
        ("It ended.\nChapter 2 \r\nIt rained.", ["It ended.", "Chapter 2", "It rained."]),
        ("CHAPTER V. The Old Mill \r\nIt rained.", ["CHAPTER V. The Old Mill", "It rained."]),
        ("CHAPTER VI. A Long\nTitle\nIt rained.", ["CHAPTER VI. A Long\nTitle", "It rained."]),
        ("- oats\n- barley\n- rye", ["- oats", "- barley", "- rye"]),
        ("1. Boil it.\n2. Eat it.", ["1. Boil it.", "2. Eat it."]),
        ("Oats\nBarley\nRye and wheat", ["Oats", "Barley", "Rye and wheat"]),
        ("one page.\fanother page.", ["one page.", "another page."]),
        ("first line.\r\n\r\nsecond line.", ["first line.", "second line."]),
        ("no capitals here. not one of them. never.", ["no capitals here.", "not one of them.", "never."]),
        ("今天很冷。我们走吧！好吗？", ["今天很冷。", "我们走吧！", "好吗？"]),
        ("「行くよ。」と言った。雨だ。", ["「行くよ。」", "と言った。", "雨だ。"]),
        ("पानी ठंडा है। चलो।", ["पानी ठंडा है।", "चलो।"]),
        ("هل وصلت؟ نعم وصلت.", ["هل وصلت؟", "نعم وصلت."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_text_is_cut_where_a_reader_would_stop(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@given(TEXTS)
def test_spans_are_in_order_and_hold_every_character_that_is_not_space(text: str) -> None:
    position = 0
    for start, end, piece in split(text):
        assert not text[position:start].strip()
        assert text[start:end] == piece == piece.strip() != ""
        position = end
    assert not text[position:].strip()


@given(TEXTS)
def test_paragraphs_hold_the_sentences_of_the_whole(text: str) -> None:
    assert [sentence for paragraph in paragraphs(text) for sentence in paragraph] == split(text)


# A quadratic splitter would need hours for these, not the seconds the whole file takes.
@pytest.mark.parametrize(
    "unit", ["a", "!", "! ", ".", ". a", "\n", "\n ", "\r", "”", "A. ", "a\n", "\n- ", "'", "。", "“", "_"]
)
def test_a_million_characters_of_anything_are_split(unit: str) -> None:
    text = unit * (300_000 // len(unit)) + "." + " " * 700_000 + "x"
    assert split(text)[-1] == (len(text) - 1, len(text), "x") or split(text)[-1].end == len(text)


def test_a_scene_break_is_a_sentence_of_its_own() -> None:
    text = "She put the lamp out\n* * * * *\n'What a night!' said Agnes.\n---\nThe sea was calm."
    assert [sentence.text for sentence in split(text)] == [
        "She put the lamp out",
        "* * * * *",
        "'What a night!' said Agnes.",
        "---",
        "The sea was calm.",
    ]
