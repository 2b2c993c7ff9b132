"""Books are cut into sections the same way each time, and nothing is lost."""

from __future__ import annotations

import pytest

from textkit.sections import Chapter, NotInBook, cut, heading, sized


def sentence(number):
    return f"The keeper wrote line number {number} in the book of the tower."


def text(first, last):
    return " ".join(sentence(number) for number in range(first, last + 1))


PAGES = [
    "A Title Page",
    f"CHAPTER I.\n{text(1, 4)}",
    f"{text(5, 6)}\n\nCHAPTER II.\nOf Lamps\n\n{text(7, 8)}",
    text(9, 12),
]
CHAPTERS = [
    Chapter("Chapter I", 2, 3),
    Chapter("Chapter II. Of Lamps", 3, 4, first_offset=PAGES[2].index("CHAPTER II")),
]


def test_a_chapter_holds_its_own_text_without_its_heading_and_nothing_of_the_next():
    one, two = cut(PAGES, CHAPTERS)
    assert (one.number, one.first_page, one.last_page) == (1, 2, 3)
    assert one.text.split() == text(1, 6).split()
    assert (two.number, two.first_page, two.last_page) == (2, 3, 4)
    assert two.text.split() == text(7, 12).split()


def test_a_heading_alone_at_the_foot_of_a_page_counts_for_where_the_chapter_begins():
    pages = ["The end of something.\n\nCHAPTER I", text(1, 2)]
    (section,) = cut(pages, [Chapter("Chapter I", 1, 2, first_offset=23)])
    assert (section.first_page, section.last_page) == (1, 2)
    assert section.text == text(1, 2)
    assert section.pages_of(0, 5) == [2]


def test_a_place_in_a_section_is_on_the_pages_it_came_from():
    one, two = cut(PAGES, CHAPTERS)
    assert one.pages_of(0, 10) == [2]
    start = one.text.index(sentence(5))
    assert one.pages_of(start, start + 5) == [3]
    assert one.pages_of(start - 20, start + 5) == [2, 3]
    assert two.pages_of(0, len(two.text)) == [3, 4]


def test_what_comes_before_the_first_chapter_is_a_section_unless_it_is_short():
    letters = text(1, 200)
    found = cut([letters, *PAGES[1:]], CHAPTERS)
    assert [section.number for section in found] == [0, 1, 2]
    assert found[0].text == letters


def test_a_book_without_chapters_is_one_section():
    (section,) = cut(PAGES, [])
    assert (section.number, section.title, section.first_page, section.last_page) == (1, "", 1, 4)


@pytest.mark.parametrize("pages", [[], [" \n "]])
def test_a_book_without_text_has_no_section(pages):
    assert cut(pages, []) == []
    assert cut(pages, [Chapter("I", 1, 1)] if pages else []) == []
    assert sized([0] * len(pages), []) == []


def test_some_pages_of_a_book_give_what_the_chapters_have_on_them():
    one, two = cut(PAGES, CHAPTERS, {"pages": [3, 3]})
    assert one.text == text(5, 6)
    assert two.text == text(7, 8)
    assert cut(PAGES, CHAPTERS, {"pages": [2, 2]})[0].text == text(1, 4)


def test_a_sentence_broken_off_at_the_end_is_left_out():
    pages = [f"{text(1, 2)} And then the lamp went", "out."]
    (section,) = cut(pages, [], {"pages": [1, 1]})
    assert section.text == text(1, 2)
    (whole,) = cut(pages, [])
    assert whole.text == "\n".join(pages)


def test_a_title_is_found_whatever_its_case_and_marks():
    pattern = heading("Chapter 4. Of Ships")
    assert pattern.match("_CHAPTER 4._\n\nOF SHIPS.\nThe ships")
    assert pattern.match("Chapter 44. Of Ships") is None
    assert heading("...") is None


@pytest.mark.parametrize(
    ("scope", "chapters"),
    [
        ("book", {1: (2, 3), 2: (3, 4)}),
        ({"chapter": 2}, {2: (3, 4)}),
        ({"pages": [3, 4]}, {1: (3, 3), 2: (3, 4)}),
        ({"before": 3}, {1: (2, 2)}),
    ],
)
def test_a_scope_holds_its_chapters_on_its_pages(scope, chapters):
    assert {one.number: (one.first_page, one.last_page) for one in cut(PAGES, CHAPTERS, scope)} == chapters


@pytest.mark.parametrize("scope", ["book", {"chapter": 1}, {"pages": [3, 4]}, {"before": 4}])
def test_sizes_of_pages_alone_give_the_same_chapters_with_at_least_their_text(scope):
    found, measured = cut(PAGES, CHAPTERS, scope), sized([len(page) for page in PAGES], CHAPTERS, scope)
    assert [span.number for span in measured] == [section.number for section in found]
    for span, section in zip(measured, found, strict=True):
        assert len(section.text) - len(section.pages) <= span.end - span.begin <= len(section.text) + 40


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ({"chapter": 3}, "The book has no chapter 3: its chapters are 1 to 2."),
        ({"pages": [1, 5]}, "The book has no page 5: its pages are 1 to 4."),
        ({"pages": [8, 9]}, "The book has no page 9: its pages are 1 to 4."),
        ({"before": 6}, "The book has no page 6: its pages are 1 to 4."),
    ],
)
def test_a_scope_outside_the_book_says_what_the_book_has(scope, message):
    with pytest.raises(NotInBook) as raised:
        cut(PAGES, CHAPTERS, scope)
    assert str(raised.value) == message
