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
