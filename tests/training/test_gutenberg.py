"""Project Gutenberg's catalogue, and the folders of a mirror."""

import pytest

from tests.training.shelf import CATALOGUE
from training import gutenberg
from training.errors import SourceFailed


def test_entries_are_texts_of_the_language_and_letters_in_order() -> None:
    found = gutenberg.entries(CATALOGUE, "A-F", "en")
    assert [(entry.id, entry.title, entry.author) for entry in found] == [
        (5, "Second", "Fox, F."),
        (7, "A Tale in Two Lines", "Abel, Ann, 1800-1850"),
    ]
    assert [entry.id for entry in gutenberg.entries(CATALOGUE, "g", "en")] == [6]


def test_other_csv_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(SourceFailed, match="lacks the columns Authors, Language"):
        gutenberg.entries("Text#,Type,Title\n", "A-F", "en")


@pytest.mark.parametrize(("number", "folders"), [(5, "0"), (12, "1"), (12345, "1/2/3/4")])
def test_folders_on_a_mirror(number: int, folders: str) -> None:
    assert gutenberg.folders(number) == folders
