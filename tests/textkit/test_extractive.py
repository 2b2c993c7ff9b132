import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textkit.extractive import MOST_CHARS, key_points, key_terms, summarise, target_words
from textkit.lengths import TARGET_WORDS

BOOKS = sorted((Path(__file__).parents[3] / "shared" / "books").glob("*.txt"))
PEOPLE = ["Anna Orme", "Captain Hale", "Old Martha", "Peter Vane", "the miller's widow"]
DEEDS = [
    "sold the {0} to a stranger from the coast before the winter came",
    "found a letter about the {0} under the floor of the chapel",
    "swore in front of the whole village that the {0} was cursed",
    "walked round the {0} every evening and counted the stones in the wall",
    "wrote to the magistrate in Westbridge and asked for the {0} back",
    "dreamt of three black horses drinking beside the {0} at midnight",
    "buried a chest of Spanish silver forty paces north of the {0}",
    "quarrelled with the bishop over the rent that the {0} paid him",
    "planted a row of young walnut trees to hide the {0} from the road",
    "lost the {0} at cards to a sergeant of the Westbridge garrison",
    "married the daughter of the carpenter who had built the {0}",
    "heard the wolves howl behind the {0} when the frost was hardest",
    "taught the orphans to read in a warm corner of the {0}",
    "refused to leave the {0} although the flood had reached the windows",
    "painted the doors of the {0} blue for the feast of the harvest",
    "hid two deserters in the loft of the {0} until the army marched on",
]
THINGS = [
    "mill",
    "ferry",
    "orchard",
    "lighthouse",
    "tower",
    "quarry",
    "bridge",
    "garden",
    "harbour",
    "forge",
    "tannery",
]


def make_story(paragraphs: int) -> str:
    """A story of our own: every paragraph has a statement, a line of dialogue and a sentence that leans on it."""
    parts = ["THE MILL\n\nby Nobody\n\nCHAPTER I"]
    for number in range(paragraphs):
        person = PEOPLE[number % len(PEOPLE)]
        thing = THINGS[number * 7 % len(THINGS)]
        deed = DEEDS[number // 3 % len(DEEDS)].format(thing)
        parts.append(
            f"In the year {1700 + number}, {person} {deed}.\nHe never spoke of it. “Is that so?” said she. "
            "“I did\nnot know.”"
        )
    return "\n\n".join(parts)


STORY = make_story(400)


@pytest.mark.parametrize("length", ["short", "medium", "long"])
def test_summary_is_near_its_target_and_made_of_sentences_of_the_text(length: str) -> None:
    found = summarise(STORY, length)  # type: ignore[arg-type]
    target = target_words(length, len(STORY.split()))  # type: ignore[arg-type]
    assert 0.5 * target <= len(found.summary.split()) <= 1.3 * target
    assert found.summary == " ".join(" ".join(sentence.text.split()) for sentence in found.sentences)
    assert all(STORY[start:end] == text for start, end, text in found.sentences)


def test_summary_covers_the_text_from_beginning_to_end_in_order() -> None:
    starts = [sentence.start for sentence in summarise(STORY, "medium").sentences]
    assert starts == sorted(starts)
    fifths = {start * 5 // len(STORY) for start in starts}
    assert fifths == {0, 1, 2, 3, 4}


def test_summary_leaves_out_headings_dialogue_and_sentences_that_lean_on_others() -> None:
    summary = summarise(STORY, "long").summary
    assert "CHAPTER" not in summary
    assert "“" not in summary
    assert "He never spoke" not in summary


def test_no_sentence_is_said_twice() -> None:
    text = "Anna Orme sold the mill to a stranger from the coast. " * 50 + make_story(30)
    sentences = [sentence.text for sentence in summarise(text, "medium").sentences]
    assert len(sentences) == len(set(sentences))


def test_short_text_is_given_back_whole_without_headings_and_line_breaks() -> None:
    text = "CHAPTER I\n\nThe mill stood by the _river_. It had\nnot turned for years. Why?"
    assert summarise(text).summary == "The mill stood by the river. It had not turned for years. Why?"


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff"])
def test_blank_text_has_an_empty_summary_and_no_points(text: str) -> None:
    assert summarise(text).summary == ""
    assert key_points(text) == []
    assert key_terms(text) == []


def test_unknown_length_is_refused() -> None:
    with pytest.raises(ValueError, match="short, medium, long"):
        summarise(STORY, "huge")  # type: ignore[arg-type]


def test_targets_grow_mildly_with_the_text() -> None:
    assert target_words("short", 10) == TARGET_WORDS["short"]
    assert TARGET_WORDS["short"] < target_words("short", 100_000) < 2 * TARGET_WORDS["short"]


@pytest.mark.parametrize("count", [1, 5, 12])
def test_key_points_are_as_many_short_sentences_as_asked_for(count: int) -> None:
    points = key_points(STORY, count)
    assert len(points) == count == len(set(points))
    assert all(8 <= len(point.split()) <= 30 for point in points)
    assert [STORY.replace("\n", " ").index(point) for point in points] == sorted(
        STORY.replace("\n", " ").index(point) for point in points
    )


def test_key_points_of_a_list_are_its_items_without_marks() -> None:
    assert key_points("- buy oats\n- sell the mill\n- pay the captain", 3) == [
        "buy oats", "sell the mill", "pay the captain",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Rain.",
        "no punctuation at all just words going on and on",
        "?!",
        "12345",
        "今天天气很好，我们去公园散步。",
        "यह एक छोटा वाक्य है।",
        "“Come!”",
        "THE END",
        "🙂",
        "*** START OF THIS PROJECT GUTENBERG EBOOK X ***\n\n",
    ],
)
def test_any_text_that_is_not_blank_has_a_point_and_a_summary(text: str) -> None:
    assert len(key_points(text, 3)) >= 1
    assert summarise(text).summary


def test_points_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="count"):
        key_points("a", 0)


def test_key_terms_name_the_people() -> None:
    assert {"Captain Hale", "Anna Orme"} <= set(key_terms(STORY, 12))


@pytest.mark.parametrize("unit", ["a", "今", "! ", "-", "1 "])
def test_an_endless_word_is_cut_short(unit: str) -> None:
    text = unit * (500_000 // len(unit))
    assert len(key_points(text, 3)[0]) <= MOST_CHARS + 1
    assert len(summarise(text, "short").summary) <= 5 * MOST_CHARS


def test_an_endless_sentence_is_covered_from_end_to_end() -> None:
    text = " ".join(f"and then {name} went to the {thing}" for name in PEOPLE * 40 for thing in THINGS)
    found = summarise(text, "medium")
    assert {sentence.start * 3 // len(text) for sentence in found.sentences} == {0, 1, 2}
    assert 60 <= len(found.summary.split()) <= 600


def test_a_text_over_one_part_is_ranked_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textkit.extractive.PART_CHARS", 5_000)
    monkeypatch.setattr("textkit.extractive.WINNERS_PER_PART", 20)
    starts = [sentence.start for sentence in summarise(STORY, "medium").sentences]
    assert {start * 5 // len(STORY) for start in starts} == {0, 1, 2, 3, 4}


@settings(max_examples=60)
@given(st.text(min_size=1), st.integers(1, 8))
def test_no_text_is_refused(text: str, count: int) -> None:
    points = key_points(text, count)
    assert len(points) <= count
    assert bool(points) == bool(summarise(text, "short").summary)
    assert all(text[start:end] == piece for start, end, piece in summarise(text, "short").sentences)


def test_answer_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "import sys; from textkit.extractive import *; text = sys.stdin.read();"
        "print(summarise(text).summary, key_points(text, 9), key_terms(text, 20))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=STORY.encode(),
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


@pytest.mark.skipif(not BOOKS, reason="needs the books in ../shared/books")
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_real_books_give_full_sentences_and_no_licence(book: Path) -> None:
    text = book.read_text(encoding="utf-8")
    summary = summarise(text, "medium")
    assert 100 <= len(summary.summary.split()) <= 400
    assert "Gutenberg" not in summary.summary
    assert all(sentence.text[0].isupper() or sentence.text[0] in "“‘" for sentence in summary.sentences)
    assert len(key_points(text, 7)) == 7


@pytest.mark.skipif(not BOOKS, reason="needs the books in ../shared/books")
def test_characters_of_a_novel_are_its_key_terms() -> None:
    text = next(book for book in BOOKS if book.stem == "pride-and-prejudice").read_text(encoding="utf-8")
    assert {"Elizabeth", "Mr. Darcy", "Jane"} <= set(key_terms(text, 10))


def test_items_that_differ_in_what_matters_are_all_points() -> None:
    items = "\n".join(f"{number}. The council agreed on a plan for the {thing}" for number, thing in enumerate(THINGS))
    assert len(key_points(items, 6)) == 6


def test_sentences_of_unspaced_scripts_are_joined_without_spaces() -> None:
    assert summarise("今天很冷。我们走吧！").summary == "今天很冷。我们走吧！"


def test_key_terms_of_other_languages_are_no_function_words() -> None:
    text = "La vieille horloge de Valmont sonnait pour les habitants. " * 3
    assert key_terms(text, 3) == ["Valmont", "habitants", "horloge"]
    assert "磨坊" in key_terms("我们去了磨坊。磨坊很老。老人在磨坊里。", 3)


def test_a_run_of_tiny_sentences_is_read_in_stretches_and_nothing_of_it_is_lost() -> None:
    found = summarise("a. b. " * 5000, "short")
    assert 1 <= len(found.sentences) < 20
    assert all(len(sentence.text) > 100 for sentence in found.sentences)


def test_whoever_is_met_once_does_not_open_a_point_of_a_whole_novel() -> None:
    novel = make_story(1200) + "\n\nIn the year 2950, Anna Orme sold the mill and Gregor Stane wrote the deed of sale."
    novel += "\n\nGregor Stane carried the long letter about the tower to Westbridge and gave it to the magistrate."
    assert not any(point.startswith("Gregor Stane") for point in key_points(novel, 7))


def test_the_check_is_called_every_few_hundred_sentences_and_may_end_the_work() -> None:
    class EndedError(Exception):
        pass

    asked: list[int] = []

    def check() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise EndedError

    with pytest.raises(EndedError):
        summarise(make_story(900), "short", check)
    asked.clear()
    assert key_points(make_story(100), 3, check) == key_points(make_story(100), 3)
    assert asked
