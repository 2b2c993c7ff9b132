"""Texts are cut into parts the same way each time, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from job_runner import planner
from job_runner.planner import Task


def sentence(number):
    return f"The keeper wrote line number {number} in the book of the tower."


def text(first, last):
    return " ".join(sentence(number) for number in range(first, last + 1))


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


def test_the_count_of_parts_is_what_a_short_book_needs():
    assert planner.counted([["a"]], points=False, audio=False) == 1
    assert planner.counted([["a", "b"]], points=True, audio=True) == 2 + 1 + 1 + 1
    assert planner.counted([["a", "b"], ["c"]], points=True, audio=True) == 3 + 1 + 1 + 1 + 3
