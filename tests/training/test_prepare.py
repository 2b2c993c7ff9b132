"""Prepare: sources of books, kinds of targets, refusals, and what is printed and saved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.shelf import story
from tests.training.test_lexicon import write_wordnet
from training import files, prepare
from training.config import PrepareConfig
from training.errors import LexiconMissing, NoData, SourceFailed, TargetsCopied, TargetsTooShort, TooFewBooks
from training.gap import words
from training.splits import SPLITS

LONG = "A summary that is long enough to be a target, because it has more than ten words in it."


def run(out: Path, **changes: Any) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    facts = prepare.main(PrepareConfig(out=out, **{"quiet": True, "most_words": 120, **changes}))
    return facts, {name: files.read_lines(out / f"{name}.jsonl") for name in SPLITS}


def write_pairs(path: Path, summary: Callable[[int, str], str], books: int = 4, rows: int = 5) -> Path:
    """A .jsonl of pairs with summaries made by a function of the row's number and text."""
    made = []
    for number in range(books * rows):
        text = story(number, 5)
        made.append({"book": f"book {number % books}", "text": text, "summary": summary(number, text)})
    path.write_text("".join(json.dumps(row) + "\n" for row in made), "utf-8")
    return path


def test_books_become_three_splits_that_share_no_book(write_shelf: Callable[..., Path], tmp_path: Path) -> None:
    facts, rows = run(tmp_path / "out", books=write_shelf(5))
    books = {name: {row["book"] for row in found} for name, found in rows.items()}
    assert all(books.values())
    assert len(set().union(*books.values())) == sum(map(len, books.values())) == 5
    assert facts["rows"] == {name: len(found) for name, found in rows.items()}
    assert facts["books_read"] == 5
    assert sum(facts["source_words"]["histogram"].values()) == sum(facts["rows"].values())
    for row in rows["train"]:
        assert len(words(row["summary"])) >= 10
        assert words(row["text"])[: len(words(row["summary"]))] != words(row["summary"])


def test_same_seed_same_files_and_another_seed_others(write_shelf: Callable[..., Path], tmp_path: Path) -> None:
    shelf = write_shelf(5)
    assert run(tmp_path / "a", books=shelf) == run(tmp_path / "b", books=shelf)
    assert run(tmp_path / "c", books=shelf, seed=8)[1] != run(tmp_path / "a", books=shelf)[1]


def test_table_shows_what_was_used(
    write_shelf: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, _ = run(tmp_path / "out", books=write_shelf(4), quiet=False)
    shown = capsys.readouterr().err
    assert f"train      {facts['rows']['train']:6} rows from" in shown
    assert "source_words: min" in shown
    assert "####" in shown


def test_summaries_of_people_are_taken_where_there_are_some(tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path / "pairs.jsonl", lambda number, text: f"{LONG} It is number {number}.")
    facts, rows = run(tmp_path / "out", books=pairs)
    assert facts["targets"] == {"given": 20}
    assert all(row["summary"].startswith(LONG) for row in rows["train"])
    assert run(tmp_path / "gap", books=pairs, targets="gap")[0]["targets"].keys() == {"gap"}


def test_summary_file_beside_a_book_is_its_target(write_shelf: Callable[..., Path], tmp_path: Path) -> None:
    shelf = write_shelf(4)
    (shelf / "book-1.summary.txt").write_text(LONG)
    (shelf / "book-2.summary.txt").write_text("  ")
    facts, rows = run(tmp_path / "out", books=shelf, most_words=4000)
    assert facts["targets"]["given"] == 1
    assert [row["summary"] for found in rows.values() for row in found if row["book"] == "book-1"] == [LONG]


def test_summary_of_a_text_beyond_the_window_gives_way_to_gap_sentences(
    write_shelf: Callable[..., Path], tmp_path: Path
) -> None:
    shelf = write_shelf(4)
    for number in range(4):
        (shelf / f"book-{number}.summary.txt").write_text(f"{LONG} {number}")
    facts, _ = run(tmp_path / "auto", books=shelf)
    assert (facts["targets"].keys(), facts["left_out"]["summary_of_long_text"]) == ({"gap"}, 4)
    assert run(tmp_path / "given", books=shelf, targets="given")[0]["targets"] == {"given": 4}


@pytest.mark.parametrize(
    ("summary", "refusal", "numbers"),
    [
        (lambda number, text: "Boats", TargetsTooShort, "median of 20 targets has 1 words, 20 have one word"),
        (lambda number, text: "Nine words are too few for a good target", TargetsTooShort, "has 9 words, 0 have one"),
        (lambda number, text: text.split(".")[0] + ".", TargetsCopied, r"20 of 20 targets \(100%\) are the start"),
        (
            lambda number, text: text.split(".")[0] if number < 3 else LONG,
            TargetsCopied,
            r"3 of 20 targets \(15%\) are the start of their own text; at most 10%",
        ),
    ],
)
def test_bad_targets_are_refused_with_the_numbers(
    summary: Callable[[int, str], str], refusal: type[Exception], numbers: str, tmp_path: Path
) -> None:
    pairs = write_pairs(tmp_path / "pairs.jsonl", summary)
    with pytest.raises(refusal, match=numbers):
        run(tmp_path / "out", books=pairs)
    assert not (tmp_path / "out").exists()


def test_few_copied_targets_are_left_out_and_counted(tmp_path: Path) -> None:
    pairs = write_pairs(
        tmp_path / "pairs.jsonl", lambda number, text: text.split(".")[0] if number == 3 else f"{LONG} {number}"
    )
    facts, _ = run(tmp_path / "out", books=pairs)
    assert facts["left_out"]["target_copied"] == 1
    assert sum(facts["rows"].values()) == 19


@pytest.mark.parametrize(("count", "numbers"), [(0, "0 books with"), (1, "1 book cannot"), (2, "2 books cannot")])
def test_too_small_a_shelf_is_refused(
    count: int, numbers: str, write_shelf: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises((NoData, TooFewBooks), match=numbers):
        run(tmp_path / "out", books=write_shelf(count))


def test_same_book_three_times_is_refused(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    rows = [{"book": name, "text": story(n, 5), "summary": LONG} for name in "abc" for n in range(4)]
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with pytest.raises(TooFewBooks, match=r"nothing is left for train and validation after 8 equal"):
        run(tmp_path / "out", books=pairs)


@pytest.mark.parametrize("text", ["", "   \n\n ", "!!! ??? ...", "word"])
def test_books_without_sentences_are_an_empty_shelf(text: str, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in ("a", "b", "c"):
        (shelf / f"{name}.txt").write_text(text, "utf-8")
    with pytest.raises(NoData, match=r"^0 "):
        run(tmp_path / "out", books=shelf)


@pytest.mark.parametrize("row", [{"book": "a", "text": "t"}, {"book": "a", "text": "t", "summary": "  "}, {"book": 1}])
def test_incomplete_pair_is_named(row: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text(json.dumps(row))
    with pytest.raises(SourceFailed, match="row 1 needs"):
        run(tmp_path / "out", books=tmp_path / "pairs.jsonl")


def test_augmentation_changes_training_sources_only(write_shelf: Callable[..., Path], tmp_path: Path) -> None:
    shelf = write_shelf(5)
    _, plain = run(tmp_path / "plain", books=shelf)
    kinds = ("synonyms", "deletion", "swap", "insertion")
    facts, rows = run(tmp_path / "more", books=shelf, augment=kinds, wordnet=write_wordnet(tmp_path / "wordnet"))
    assert rows["validation"] == plain["validation"]
    assert rows["test"] == plain["test"]
    assert rows["train"][: len(plain["train"])] == plain["train"]
    added = rows["train"][len(plain["train"]) :]
    assert len(added) == facts["augmented"] > len(plain["train"])
    assert {row["augmentation"] for row in added} == set(kinds)
    assert {row["summary"] for row in added} <= {row["summary"] for row in plain["train"]}


def test_synonyms_without_wordnet_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(LexiconMissing, match="or leave out synonyms"):
        run(tmp_path / "out", books=tmp_path / "absent", augment=("synonyms",), wordnet=tmp_path)


def test_keywords_are_an_option_and_leave_targets_alone(write_shelf: Callable[..., Path], tmp_path: Path) -> None:
    shelf = write_shelf(4)
    _, plain = run(tmp_path / "plain", books=shelf)
    _, rows = run(tmp_path / "clean", books=shelf, clean="keywords")
    assert [row["summary"] for row in rows["test"]] == [row["summary"] for row in plain["test"]]
    assert " the " in plain["test"][0]["text"]
    assert not any(" the " in row["text"] or row["text"] != row["text"].lower() for row in rows["test"])
