from __future__ import annotations

import pytest

from bart_service.speech.normalise import RULES, ends_in_abbreviation, roman, spell

ENGLISH = [
    ("Mr. and Mrs. Smith met Dr. Jones.", "Mister and Missus Smith met Doctor Jones."),
    ("Baker St. near St. Paul's", "Baker Street near Saint Paul's"),
    ("King Henry VIII and Louis XIV", "King Henry the eighth and Louis the fourteenth"),
    ("Henry I of England", "Henry the first of England"),
    ("Henry I think you know", "Henry I think you know"),
    ("Chapter IV of World War II", "Chapter four of World War two"),
    ("XIV.", "fourteen."),
    ("IV. The Storm", "four. The Storm"),
    ("It was I. The door", "It was I. The door"),
    ("C. Auguste Dupin", "C. Auguste Dupin"),
    ("J. R. R. Tolkien of the U.S. Navy", "J R R Tolkien of the U S Navy"),
    ("in 1984", "in nineteen eighty four"),
    ("by 2005", "by two thousand and five"),
    ("2000 men", "two thousand men"),
    ("since 1905", "since nineteen oh five"),
    ("12,345 of them", "twelve thousand three hundred and forty-five of them"),
    ("the 1980s and '90s", "the nineteen eighties and nineties"),
    ("1914–18", "nineteen fourteen to eighteen"),
    ("pages 10-20", "pages ten to twenty"),
    ("3.14", "three point one four"),
    ("007", "zero zero seven"),
    ("$5.50 and £1,000", "five dollars and fifty cents and one thousand pounds"),
    ("$0.05, $1", "five cents, one dollar"),
    ("€3 million", "three million euros"),
    ("£3 10s. 6d. in all", "three pounds ten shillings and sixpence in all"),
    ("At 10:30 a.m. or 9:05", "At ten thirty a m or nine oh five"),
    ("at 12:00", "at twelve o'clock"),
    ("at 5 p.m.", "at five p m."),
    ("On May 12, 1850 he", "On May twelfth, eighteen fifty he"),
    ("on 12 May 1850", "on the twelfth of May eighteen fifty"),
    ("on 2020-05-12", "on May twelfth twenty twenty"),
    ("the 21st of June", "the twenty-first of June"),
    ("vol. 3, p. 5, No. 7", "volume three, page five, number seven"),
    ("3.5 km at 20 °C", "three point five kilometres at twenty degrees Celsius"),
    ("1 kg of 50%", "one kilogram of fifty percent"),
    ("2½ miles, ¾ of it, 1/2", "two and a half miles, three quarters of it, one half"),
    ("-5 °C", "minus five degrees Celsius"),
    ("version 1.2.3", "version one dot two dot three"),
    ("555-1234", "five five five one two three four"),
    ("AT&T & me", "AT and T and me"),
    ("e.g. this, i.e. that, etc.", "for example this, that is that, et cetera."),
    ("*Never*, she _said_, **never**.", "Never, she said, never."),
    ("## The End", "The End"),
    ("He left.12 The note [3] and word² end", "He left. The note and word end"),
    ("see https://www.example.org/a/b?c=1.", "see example dot org."),
    ("[the map](http://example.org/a)", "the map"),
    ("me@example.org", "me at example dot org"),
    ("<i>one</i> two", "one two"),
    ("CHAPTER III. IT WAS US", "chapter three. it was us"),
    ("hard\nwrapped  line", "hard wrapped line"),
    ("a--b", "a — b"),
    ("snake_case", "snake_case"),
]
OTHERS = [
    ("de", "Am 3. Mai 1850 kam Dr. Müller.", "Am dritten Mai achtzehnhundertfünfzig kam Doktor Müller."),
    ("de", "Heinrich VIII. war da, Elisabeth II. auch", "Heinrich der Achte war da, Elisabeth die Zweite auch"),
    ("de", "5,50 € und 1.000 km", "fünf Euro und fünfzig Cent und eintausend Kilometer"),
    ("de", "Um 10:30 Uhr, um 9 Uhr, um 10.15 Uhr", "Um zehn Uhr dreißig, um neun Uhr, um zehn Uhr fünfzehn"),
    ("de", "z. B. S. 5 im 19. Jahrhundert", "zum Beispiel Seite fünf im neunzehnten Jahrhundert"),
    ("de-AT", "den 12. Mann", "den zwölften Mann"),
    ("fr", "M. Dupont, le 1er mai, au XIXe siècle", "Monsieur Dupont, le premier mai, au dix-neuvième siècle"),
    ("fr", "Louis XIV et François Ier", "Louis quatorze et François premier"),
    ("fr", "à 10h30, 5,50 €", "à dix heures trente, cinq euros et cinquante centimes"),
    ("es", "El Sr. García y Felipe II, siglo XIX", "El señor García y Felipe segundo, siglo diecinueve"),
    ("es", "3ª, 5,50 €", "tercera, cinco euros con cincuenta céntimos"),
    ("it", "Vittorio Emanuele II, XIX secolo", "Vittorio Emanuele secondo, diciannovesimo secolo"),
    ("pt-BR", "D. Pedro II, 19 km", "dom Pedro segundo, dezenove quilômetros"),
    ("pt", "19 km", "dezanove quilómetros"),
    ("nl", "Willem III, 10.30 uur", "Willem de derde, tien uur dertig"),
    ("pl", "Ala *ma* kota w 1984 r.", "Ala ma kota w 1984 r."),
    ("zh-CN", "他在1984年说。", "他在1984年说。"),
]


@pytest.mark.parametrize(("text", "said"), ENGLISH)
def test_english_is_written_as_it_is_said(text, said):
    assert spell(text, "en-GB").text == said


@pytest.mark.parametrize(("language", "text", "said"), OTHERS)
def test_other_languages_have_rules_of_their_own(language, text, said):
    assert spell(text, language).text == said


def test_a_lexicon_says_whole_words_as_it_has_them_and_goes_first():
    said = spell("Siobhan paid $5 to Siobhana, Dr. No.", "en", {"Siobhan": "Shivawn", "Dr. No": "Doctor No"})
    assert said.text == "Shivawn paid five dollars to Siobhana, Doctor No."
    assert said.origin(0, 7) == (0, 7)
    assert spell("Siobhan", "en").text == "Siobhan"


def test_every_part_of_the_spoken_text_points_at_the_original():
    text = "On *May 12* Mr. Smith paid $5.50 for 3 km."
    said = spell(text, "en")

    def original(words: str) -> str:
        start, end = said.origin(said.text.index(words), len(words))
        return text[start:end]

    assert original("twelfth") == "May 12"
    assert original("Mister") == "Mr."
    assert original("Smith") == "Smith"
    assert original("fifty cents") == "$5.50"
    assert original("paid") == "paid"
    assert original("kilometres") == "3 km"


def test_a_part_that_is_cut_off_keeps_its_places():
    text = "In 1984 he bought 3 km of rope and left."
    said = spell(text, "en")
    half = said.cut(said.text.index("of rope"), len(said.text))
    start, end = half.origin(half.text.index("rope"), 4)
    assert (half.text, text[start:end]) == ("of rope and left.", "rope")


@pytest.mark.parametrize("language", [*RULES, "pl"])
@pytest.mark.parametrize(
    "text", ["", " ", "...", "1", "I", "12:99", "1,", "£", "99999999999999999999", "½", "3/0", "²"]
)
def test_odd_texts_are_taken_by_every_language(language, text):
    said = spell(text, language)
    assert said.origin(0, len(said.text))[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "language", "goes_on"),
    [("am 3.", "de", True), ("Es waren 3.", "de", False), ("Hr.", "de", True), ("usw.", "de", False),
     ("M.", "fr", True), ("Il dort.", "fr", False), ("p.", "en", True), ("etc.", "en", False)],
)  # fmt: skip
def test_an_abbreviation_does_not_end_a_sentence(text, language, goes_on):
    assert ends_in_abbreviation(text, language) is goes_on


@pytest.mark.parametrize(
    ("numeral", "value"), [("I", 1), ("IV", 4), ("IX", 9), ("XIV", 14), ("XL", 40), ("LXXXVIII", 88)]
)
def test_roman_numerals_have_their_value(numeral, value):
    assert roman(numeral) == value
