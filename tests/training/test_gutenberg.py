"""Gutenberg's catalogue, folders, header and footer."""

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


def test_licence_is_taken_off_both_ends_and_the_header_read() -> None:
    raw = (
        "\ufeffThe Project Gutenberg eBook of X\r\n\r\nTitle: The Kettle\r\nAuthor: A. Writer\r\n\r\n"
        "*** START OF THE PROJECT GUTENBERG EBOOK THE KETTLE ***\r\n\r\nIt boiled.\r\nTitle: not this\r\n\r\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK THE KETTLE ***\r\nLicence\r\n"
    )
    assert gutenberg.read(raw) == ("The Kettle", "A. Writer", "It boiled.\nTitle: not this")


def test_text_from_elsewhere_is_left_as_it_is() -> None:
    assert gutenberg.read("Just a text.\n") == (None, None, "Just a text.")
