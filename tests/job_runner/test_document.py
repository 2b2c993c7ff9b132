"""Every sentence of a document names the pages it rests on; planted falsehoods are flagged."""

from __future__ import annotations

import pytest

from job_runner import document
from textkit import sections as book_sections
from textkit.sections import Chapter

PAGES = [
    "CHAPTER I\nAgnes Marrow kept the lamp at Corrow Head for thirty years. She never once let it go out.",
    "The supply boat stayed away in the winter of the great storm, and she burned her own furniture.",
    "CHAPTER II\nHer brother Tom went to sea on the Petrel in May. He wrote her two letters from Lisbon.",
]
CHAPTERS = [Chapter("Chapter I", 1, 2), Chapter("Chapter II", 3, 3)]


@pytest.fixture(scope="module")
def sections():
    return book_sections.cut(PAGES, CHAPTERS)


@pytest.mark.parametrize(
    ("sentence", "pages"),
    [
        ("Agnes Marrow kept the lamp at Corrow Head for thirty years.", [1]),
        ("In the winter of the great storm the supply boat stayed away.", [2]),
        ("Tom went to sea on the Petrel.", [3]),
    ],
)
def test_a_true_sentence_is_supported_by_its_page(sections, sentence, pages):
    spot = document.Evidence(sections).of(sentence)
    assert spot.supported
    assert spot.pages == pages


@pytest.mark.parametrize(
    "sentence",
    [
        "Agnes Marrow kept the lamp at Corrow Head for ninety years.",
        "Bertha Quill kept the lamp at Corrow Head for thirty years.",
        "The supply boat came in the winter of the great storm and brought oranges.",
        "Tom married the daughter of a wealthy banker in Vienna.",
        "Agnes let the lamp go out every night.",
    ],
)
def test_a_planted_falsehood_is_flagged(sections, sentence):
    assert not document.Evidence(sections).of(sentence).supported


def test_a_document_counts_what_is_unsupported_and_keeps_every_sentence(sections):
    summaries = ["Agnes Marrow kept the lamp. She burned her own furniture.", "He wrote her two letters from Lisbon."]
    built = document.build(
        {"title": "T"},
        sections,
        summaries,
        "Tom ruled over Prussia. She burned her own furniture.",
        ["Tom went to sea."],
    )
    assert [row["text"] for row in built["sentences"]] == ["Tom ruled over Prussia.", "She burned her own furniture."]
    assert [row["supported"] for row in built["sentences"]] == [False, True]
    assert [chapter["title"] for chapter in built["chapters"]] == ["Chapter I", "Chapter II"]
    assert [row["pages"] for row in built["chapters"][0]["sentences"]] == [[1], [2]]
    assert built["points"][0]["pages"] == [3]
    assert built["unsupported"] == 1


def test_a_chapters_sentence_is_not_supported_by_another_chapter(sections):
    built = document.build({}, sections, ["Tom wrote two letters from Lisbon.", "Tom went to sea."], "", [])
    first, second = (chapter["sentences"][0] for chapter in built["chapters"])
    assert not first["supported"]
    assert second["supported"]
