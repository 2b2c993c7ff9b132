"""HTML and Markdown files: their metadata and chapters."""

import pytest

from tests.bookreader.books import codes, prose, read, text, titles

LONG = "Alpha looked at the quiet harbour again. " * 40


def test_chapters_stand_below_those_of_the_title_page(tmp_path):
    parts = "".join(
        f"<h3>{number}. The {name}</h3>{prose(name)}"
        for number, name in zip("123", ("Quay", "Storm", "Return"), strict=True)
    )
    document = read(tmp_path, f"<h1>THE WEIR</h1><h2>B. SALLOW</h2><h2>CONTENTS</h2><p>1. Quay</p>{parts}", "a.html")
    assert [(one.title, one.level) for one in document.chapters] == [
        ("CONTENTS", 1),
        ("1. The Quay", 2),
        ("2. The Storm", 2),
        ("3. The Return", 2),
    ]


def test_a_number_and_the_name_below_it_are_one_chapter(tmp_path):
    body = "".join(f"<h2>Chapter {n}</h2><h3>The Quay</h3>{prose('Alpha')}" for n in (1, 2))
    assert titles(read(tmp_path, f"<h1>THE WEIR</h1>{body}", "a.html")) == [
        "Chapter 1. The Quay",
        "Chapter 2. The Quay",
    ]


def test_parts_and_their_chapters_have_levels(tmp_path):
    body = "".join(
        f"<h1>Part {part}</h1>" + "".join(f"<h2>Chapter {n} of {part}</h2>{prose('Alpha')}" for n in (1, 2))
        for part in ("One", "Two")
    )
    chapters = read(tmp_path, body, "a.html").chapters
    assert [(one.title, one.level) for one in chapters] == [
        ("Part One", 1), ("Chapter 1 of One", 2), ("Chapter 2 of One", 2),
        ("Part Two", 1), ("Chapter 1 of Two", 2), ("Chapter 2 of Two", 2),
    ]  # fmt: skip


def test_the_head_of_an_html_file_is_metadata(tmp_path):
    head = (
        "<title>The Weir</title><meta name='author' content='Ada Example; Bob Second'>"
        "<meta name='DC.language' content='ger'><meta name=keywords content='rivers, boats'>"
        "<meta property='article:published_time' content='1999-03-04T10:00:00Z'>"
        "<meta name=description content='A tale.'><meta name='citation_isbn' content='0-306-40615-2'>"
        "<meta name='dc.publisher' content='Weir'>"
    )
    found = read(tmp_path, f"<html lang=en><head>{head}</head><body><p>One.</p></body></html>", "a.html").metadata
    assert (found.title, found.authors, found.language) == ("The Weir", ("Ada Example", "Bob Second"), "de")
    assert (found.publication_date, found.subjects, found.description) == ("1999-03-04", ("rivers", "boats"), "A tale.")
    assert (found.isbn, found.publisher) == ("9780306406157", "Weir")


def test_html_without_a_title_is_called_by_its_first_heading(tmp_path):
    assert read(tmp_path, "<body><h1>The Weir</h1><p>One.</p>", "a.html").metadata.title == "The Weir"


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: The Weir\nauthor:\n  - Ada Example\n  - Bob Second\nlang: en-GB\ndate: 1999-03-04\n---\n",
        "---\ntitle: 'The Weir'\nauthor: [Ada Example, Bob Second]\nlanguage: en-gb\ndate: 1999-03-04\n...\n",
        "---\nTitle: The Weir\nauthor:\n- name: Ada Example\n  affiliation: none\n- name: Bob Second\nlang: en-GB\n"
        "date: '1999-03-04'\n---\n",
        '+++\ntitle = "The Weir"\nauthors = ["Ada Example", "Bob Second"]\nlanguage = "en-GB"\n'
        "date = 1999-03-04\n+++\n",
        "Title: The Weir\nAuthor: Ada Example; Bob Second\nLanguage: en-GB\nDate: 1999-03-04\n\n",
    ],
)
def test_front_matter_is_metadata(tmp_path, front):
    document = read(tmp_path, f"{front}\n# The Quay\n\n{LONG}\n\n# The Storm\n\n{LONG}", "a.md")
    found = document.metadata
    assert (found.title, found.authors, found.language) == ("The Weir", ("Ada Example", "Bob Second"), "en-GB")
    assert found.publication_date == "1999-03-04"
    assert titles(document) == ["The Quay", "The Storm"]
    assert "Ada" not in text(document)
    assert document.warnings == []


def test_a_title_block_of_pandoc_is_metadata(tmp_path):
    document = read(tmp_path, f"% The Weir\n% Ada Example; Bob Second\n% March 1999\n\n{LONG}", "a.md")
    found = document.metadata
    assert (found.title, found.authors, found.publication_date) == ("The Weir", ("Ada Example", "Bob Second"), "1999")
    assert text(document).startswith("Alpha")


def test_front_matter_that_is_no_yaml_is_read_by_its_lines(tmp_path):
    document = read(tmp_path, f"---\ntitle: The Weir: a: tale\n\tauthor: [Ada\n---\n\n{LONG}", "a.md")
    assert document.metadata.title == "The Weir: a: tale"
    assert codes(document) == {"front_matter_damaged"}


def test_a_line_across_the_page_is_no_front_matter(tmp_path):
    assert text(read(tmp_path, "---\n\nOne.\n\nTwo.", "a.md")) == "One.\n\nTwo."


def test_markdown_of_pandoc_leaves_no_signs_behind(tmp_path):
    source = (
        f"# The Quay {{#quay .x}}\n\n::: note\nOne[^1] ~~two~~ <b>three</b><!-- four -->.\n:::\n\n[^1]: Five.\n\n{LONG}"
    )
    document = read(tmp_path, source, "a.md")
    assert document.metadata.title == "The Quay"
    assert text(document).startswith("The Quay\n\nOne[1] two three.\n\nAlpha")
    assert text(document).endswith("Five.")
