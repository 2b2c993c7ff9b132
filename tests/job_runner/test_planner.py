"""Books are cut into sections and parts the same way each time, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.jobs import planner
from gateway.jobs.planner import Chapter, Page, Task


def sentence(number):
    return f"The keeper wrote line number {number} in the book of the tower."


def text(first, last):
    return " ".join(sentence(number) for number in range(first, last + 1))


PAGES = [
    Page(1, "A Title Page"),
    Page(2, f"CHAPTER I.\n{text(1, 4)}"),
    Page(3, f"{text(5, 6)}\n\nCHAPTER II.\nOf Lamps\n\n{text(7, 8)}"),
    Page(4, text(9, 12)),
]
CHAPTERS = [
    Chapter("Chapter I", 2, 3),
    Chapter("Chapter II. Of Lamps", 3, 4, first_offset=PAGES[2].text.index("CHAPTER II")),
]


def test_a_chapter_holds_its_own_text_without_its_heading_and_nothing_of_the_next():
    one, two = planner.sections(PAGES, CHAPTERS)
    assert (one.number, one.first_page, one.last_page) == (1, 2, 3)
    assert one.text.split() == text(1, 6).split()
    assert (two.number, two.first_page, two.last_page) == (2, 3, 4)
    assert two.text.split() == text(7, 12).split()


def test_a_heading_alone_at_the_foot_of_a_page_counts_for_where_the_chapter_begins():
    pages = [Page(1, "The end of something.\n\nCHAPTER I"), Page(2, text(1, 2))]
    (section,) = planner.sections(pages, [Chapter("Chapter I", 1, 2, first_offset=23)])
    assert (section.first_page, section.last_page) == (1, 2)
    assert section.text == text(1, 2)
    assert section.pages_of(0, 5) == [2]


def test_a_place_in_a_section_is_on_the_pages_it_came_from():
    one, two = planner.sections(PAGES, CHAPTERS)
    assert one.pages_of(0, 10) == [2]
    start = one.text.index(sentence(5))
    assert one.pages_of(start, start + 5) == [3]
    assert one.pages_of(start - 20, start + 5) == [2, 3]
    assert two.pages_of(0, len(two.text)) == [3, 4]


def test_what_comes_before_the_first_chapter_is_a_section_unless_it_is_short():
    letters = Page(1, text(1, 200))
    found = planner.sections([letters, *PAGES[1:]], CHAPTERS)
    assert [section.number for section in found] == [0, 1, 2]
    assert found[0].text == letters.text


def test_a_book_without_chapters_is_one_section():
    (section,) = planner.sections(PAGES, [])
    assert (section.number, section.title, section.first_page, section.last_page) == (1, "", 1, 4)


@pytest.mark.parametrize("pages", [[], [Page(1, " \n ")]])
def test_a_book_without_text_has_no_section(pages):
    assert planner.sections(pages, []) == []
    assert planner.sections(pages, [Chapter("I", 1, 1)] if pages else []) == []


def test_some_pages_of_a_book_give_what_the_chapters_have_on_them():
    one, two = planner.sections(PAGES, CHAPTERS, 3, 3)
    assert one.text == text(5, 6)
    assert two.text == text(7, 8)
    assert planner.sections(PAGES, CHAPTERS, 2, 2)[0].text == text(1, 4)


def test_a_sentence_broken_off_at_the_end_is_left_out():
    pages = [Page(1, f"{text(1, 2)} And then the lamp went"), Page(2, "out.")]
    (section,) = planner.sections(pages, [], 1, 1)
    assert planner.whole_sentences(section).text == text(1, 2)
    (whole,) = planner.sections(pages, [])
    assert planner.whole_sentences(whole) == whole


def test_parts_hold_every_word_and_fit_but_for_a_small_tail():
    long = text(1, 500)
    found = planner.parts(long, 3000)
    assert " ".join(found).split() == long.split()
    assert max(map(len, found[:-1])) <= 3000
    assert 3000 * planner.SMALL_TAIL <= len(found[-1]) <= 3000 * (1 + planner.SMALL_TAIL)


def test_reading_further_does_not_change_the_parts_before():
    long = text(1, 500)
    whole = planner.parts(long, 3000)
    for end in range(4000, len(long), 2777):
        read = planner.parts(long[:end], 3000)
        assert read[:-2] == whole[: len(read) - 2]


@given(st.lists(st.integers(0, 50).map(lambda size: "x" * size), max_size=30), st.integers(1, 120))
def test_groups_keep_every_text_in_order_and_fit_unless_one_alone_does_not(texts, size):
    found = planner.groups(texts, size)
    assert [one for group in found for one in group] == texts
    assert all(len(group) == 1 or sum(map(len, group)) <= size for group in found)


def test_equal_tasks_share_a_key_and_others_do_not():
    task = Task("summary", "text", "short")
    others = [
        Task("points", "text", "short"),
        Task("summary", "text.", "short"),
        Task("summary", "text", "long"),
        Task("summary", "text", "short", {"seed": 1}),
    ]
    keys = {one.key("model") for one in [task, *others]} | {task.key("other model")}
    assert len(keys) == 6
    assert Task("summary", "text", "short").key("model") == task.key("model")


def test_a_title_is_found_whatever_its_case_and_marks():
    pattern = planner.heading("Chapter 4. Of Ships")
    assert pattern.match("_CHAPTER 4._\n\nOF SHIPS.\nThe ships")
    assert pattern.match("Chapter 44. Of Ships") is None
    assert planner.heading("...") is None


def test_the_count_of_parts_is_what_a_short_book_needs():
    assert planner.counted([["a"]], points=False, audio=False) == 1
    assert planner.counted([["a", "b"]], points=True, audio=True) == 2 + 1 + 1 + 1
    assert planner.counted([["a", "b"], ["c"]], points=True, audio=True) == 3 + 1 + 1 + 1 + 3
