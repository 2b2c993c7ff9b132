"""The frame that Project Gutenberg puts around a text."""

import pytest

from bookreader import gutenberg

BODY = "THE REEF\n\nNobody waved.\n\nEnd of the line, said the guard."


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (
            "*** START OF THIS PROJECT GUTENBERG EBOOK THE REEF ***",
            "*** END OF THIS PROJECT GUTENBERG EBOOK THE REEF ***",
        ),
        ("*** START OF THE PROJECT GUTENBERG EBOOK THE REEF ***", "End of Project Gutenberg's The Reef, by A. Tull"),
        ("***START OF THE PROJECT GUTENBERG EBOOK\nTHE REEF***", "***END OF THE PROJECT GUTENBERG EBOOK THE REEF***"),
        (
            "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
            "End of The Project Gutenberg Etext of The Reef",
        ),
    ],
)
def test_only_the_text_is_left(start, end):
    head = "Project Gutenberg's The Reef\n\nTitle: The Reef\n\nAuthor: A. Tull\n\n"
    framed = gutenberg.strip(f"{head}{start}\n\nProduced by Nobody\n\n{BODY}\n\n{end}\n\nLicence.")
    assert framed.text == BODY
    assert (framed.title, framed.authors) == ("The Reef", ("A. Tull",))


@pytest.mark.parametrize("text", [BODY, "Title: The Reef\n\nNobody waved.", "*** START OF IT ***\n\nNobody waved."])
def test_a_text_without_the_frame_stays_whole(text):
    assert gutenberg.strip(text) == gutenberg.Framed(text)


@pytest.mark.parametrize(
    ("name", "tag"), [("English", "en"), ("French, English", "fr"), ("Klingon", None), ("", None), (None, None)]
)
def test_a_language_becomes_its_tag(name, tag):
    assert gutenberg.language_tag(name) == tag


HEAD = "Project Gutenberg's The Reef\n\nTitle: The Reef\n\nAuthor: A. Tull\nLanguage: French\n\n"
START = "*** START OF THIS PROJECT GUTENBERG EBOOK THE REEF ***"
END = "*** END OF THIS PROJECT GUTENBERG EBOOK THE REEF ***"


def test_of_several_framed_texts_every_body_is_kept_and_every_licence_left_out():
    one = f"{HEAD}{START}\n\nFirst body.\n\nEnd of Project Gutenberg's The Reef\n{END}\n\nLicence.\n\n"
    framed = gutenberg.strip(one + one.replace("First", "Second").replace("The Reef\n\nA", "The Bar\n\nA"))
    assert framed.text == "First body.\n\n\nSecond body."
    assert framed.title == "The Reef"


def test_pages_lose_the_frame_and_nothing_else():
    pages = [HEAD, f"{START}\nOne.", "Two.", f"Three.\n{END}\nLicence.", "Licence.", f"{START} \nFour."]
    frame = gutenberg.PageFrame(pages[:5])
    assert frame.framed == gutenberg.Framed("", "The Reef", ("A. Tull",), "fr")
    assert [frame.strip(page) for page in pages] == ["", "One.", "Two.", "Three.", "", "Four."]


def test_pages_without_the_frame_stay_whole():
    pages = ["Title: The Reef", f"Nobody waved.\n{END}", "More."]
    frame = gutenberg.PageFrame(pages)
    assert frame.framed == gutenberg.Framed("")
    assert [frame.strip(page) for page in pages] == pages
