import pytest

from textkit.matter import body, is_narration
from textkit.sentences import split

STORY = "The mill stood by the river.\n\nThe wheel turned."


def test_body_lies_between_the_marks_of_a_library() -> None:
    text = (
        "Title: The Mill\n\n*** START OF THIS PROJECT GUTENBERG EBOOK THE MILL ***\n\n"
        + STORY
        + "\n\nEnd of the Project Gutenberg EBook of The Mill\n\n*** END OF THIS PROJECT GUTENBERG EBOOK ***\nLicence."
    )
    start, end = body(text)
    assert text[start:end].strip() == STORY


def test_body_without_marks_is_the_whole_text() -> None:
    assert body(STORY) == (0, len(STORY))


def test_body_without_an_end_mark_runs_to_the_end() -> None:
    text = "*** START OF THE PROJECT GUTENBERG EBOOK THE MILL ***\n" + STORY
    assert text[slice(*body(text))].strip() == STORY


def test_a_quotation_that_never_closes_is_narration() -> None:
    assert is_narration(split("“I was born by the river. My father said ‘work’ and so I did."))


def test_dialogue_and_plain_prose_are_not() -> None:
    assert not is_narration(split("“Come,” she said. They went."))
    assert not is_narration(split("The mill stood. It turned."))


PARAGRAPH = "The mill stood by the river, and the wheel turned day and night until the flood carried it away.\n\n"


def book(front: str, back: str, heading: str = "CHAPTER {}") -> str:
    contents = "CONTENTS\n\n" + "\n".join(heading.format(number) for number in (1, 2, 3)) + "\n\n"
    chapters = [f"{heading.format(number)}\n\n{PARAGRAPH * 90}" for number in (1, 2, 3)]
    return front + contents + "".join(chapters) + back


@pytest.mark.parametrize("heading", ["CHAPTER {}", "Letter {}", "{}", "Chapter {}. The Mill", "STAVE {}"])
def test_what_stands_before_the_first_chapter_and_after_the_last_is_left_out(heading: str) -> None:
    text = book("INTRODUCTION\n\nThe author was born at Westbridge.\n\n", "NOTES\n\nSee page 3.\n", heading)
    start, end = body(text)
    assert text[start:end].startswith(f"{heading.format(1)}\n\n{PARAGRAPH}")
    assert text[start:end].rstrip().endswith(PARAGRAPH.strip())


def test_a_prologue_belongs_to_the_book() -> None:
    text = book("A NOTE BY THE EDITOR\n\nI found this.\n\nPROLOGUE\n\n" + PARAGRAPH * 12, "")
    assert text[slice(*body(text))].startswith("PROLOGUE")


@pytest.mark.parametrize(
    "text",
    [
        "INTRODUCTION\n\n" + PARAGRAPH * 300,
        book("", "").replace("CHAPTER 2", "CHAPTER X").replace("CHAPTER 3", "CHAPTER Y"),
        PARAGRAPH * 100 + "CHAPTER 1\n\n" + PARAGRAPH * 100 + "CHAPTER 2\n\n" + PARAGRAPH * 100,
        "CHAPTER 1\n\nA short text.\n\nNOTES\n\nSee page 3.",
    ],
)
def test_where_no_numbered_chapters_begin_nothing_is_left_out(text: str) -> None:
    assert body(text) == (0, len(text))


def test_notes_in_the_middle_of_a_book_stay() -> None:
    text = book("", "").replace("CHAPTER 2\n\nThe", "CHAPTER 2\n\nNOTES\n\nThe")
    assert body(text)[1] == len(text)
