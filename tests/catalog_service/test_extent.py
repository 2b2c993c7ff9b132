"""How much text an order is about is measured without reading the text."""

from __future__ import annotations

import pytest

from bookreader.document import Chapter, PageRead
from textkit.sections import Chapter as Cut
from textkit.sections import cut

PAGES = ["Title", "CHAPTER I\nOne two three.", "", "CHAPTER II\nFour five six seven."]


@pytest.fixture
def book_id(library):
    pages = [PageRead(text) for text in PAGES]
    chapters = [
        Chapter("Chapter I", 2, 3, share=0.4, confidence=1.0, source="headings"),
        Chapter("Chapter II", 4, 4, share=0.6, confidence=1.0, source="headings"),
    ]
    return library.books.add({"title": "T", "author": "A"}, pages, chapters)


def extent(client, book_id, query="", status=200):
    answer = client.get(f"/internal/books/{book_id}/extent{query}")
    assert answer.status_code == status, answer.text
    return answer.json


@pytest.mark.parametrize(
    ("query", "scope", "characters"),
    [
        ("", "book", len(PAGES[1]) + len(PAGES[3])),
        ("?chapter=2", {"chapter": 2}, len(PAGES[3])),
        ("?first_page=1&last_page=2", {"pages": [1, 2]}, len(PAGES[1])),
        ("?before=2", {"before": 2}, len(PAGES[0])),
    ],
)
def test_the_extent_counts_the_sections_that_a_job_reads(client, book_id, library, query, scope, characters):
    chapters = [Cut(one["title"], one["first_page"], one["last_page"]) for one in library.books.chapters(book_id, 1)]
    sections = len(cut(PAGES, chapters, scope))
    found = extent(client, book_id, query)
    assert found == {"book_id": book_id, "revision": 1, "characters": characters, "chapters": sections}


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("?chapter=3", 404, "its chapters are 1 to 2"),
        ("?first_page=2&last_page=5", 404, "its pages are 1 to 4"),
        ("?before=9", 404, "its pages are 1 to 4"),
        ("?first_page=3&last_page=3", 422, "no text to summarise"),
    ],
)
def test_a_scope_without_text_is_refused_with_what_there_is(client, book_id, query, status, detail):
    assert detail in extent(client, book_id, query, status)["detail"]


def test_a_book_that_does_not_exist_has_no_extent(client):
    extent(client, 999, status=404)
