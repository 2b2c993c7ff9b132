"""Reading files of every format, sound and hostile, by the parser's child process."""

import os
import sys

import pytest

from benchmarks import catalog_corpus as corpus
from bookreader import parser as parser_module
from bookreader.document import FileProblemError, Metadata, Progress
from bookreader.limits import Limits
from bookreader.parser import Parser
from bookreader.turns import Client, ClientGoneError, ParserBusyError

PARTS = [(title, corpus.prose(number, 60)) for number, title in enumerate(("The Gate", "The Race", "The Pool"))]


@pytest.fixture(scope="module")
def bombs():
    return corpus.bombs()


@pytest.fixture
def read(tmp_path):
    def run(content, name, wall_s=100, **limits):
        path = tmp_path / "file"
        path.write_bytes(content)
        return Parser(Limits(**limits), wall_s=wall_s).read(path, name)

    return run


def test_a_pdf_page_is_a_page(read):
    document = read(corpus.pdf(["One fish.\nTwo fish.", "", "Red (fish)."]), "a.pdf")
    assert [page.text for page in document.pages] == ["One fish.\nTwo fish.", "", "Red (fish)."]
    assert (document.metadata.title, document.metadata.author) == ("The Weir", "B. Sallow")
    assert document.metadata.publication_date is None


def test_a_page_of_a_pdf_that_cannot_be_read_is_empty_and_says_why(read):
    broken = corpus.pdf(["a", "b", "c"]).replace(b"/Kids [5 0 R 7 0 R", b"/Kids [5 0 R 99 0 R")
    pages = read(broken, "a.pdf").pages
    assert [(page.text, page.problem) for page in pages] == [("a", None), ("", "the page is damaged"), ("c", None)]


def test_a_pdf_title_that_names_its_author_is_split(read):
    metadata = read(corpus.pdf(["x"], title="Night Ferry, by Q. Alder"), "a.pdf").metadata
    assert (metadata.title, metadata.author) == ("Night Ferry", "Q. Alder")


def test_an_epub_gives_metadata_pages_and_chapters(read):
    document = read(corpus.epub(PARTS), "a.epub")
    assert document.metadata == Metadata("epub", "The Weir", ("B. Sallow",), "en-GB", "2011-05-06")
    assert [chapter.title for chapter in document.chapters] == [title for title, _ in PARTS]
    assert {chapter.source for chapter in document.chapters} == {"contents"}
    assert document.chapters[0].first_page == 1
    assert document.chapters[-1].last_page == len(document.pages)
    whole = " ".join(page.text for page in document.pages).split()
    assert whole == " ".join(f"{title} {text}" for title, text in PARTS).split()
    assert [name for page in document.pages for name in page.images] == ["OPS/cover.png"] * 3


def test_html_headings_become_chapters_and_scripts_stay_out(read):
    body = "".join(f"<h2>{title}</h2><p>{text}<br>End &amp; over</p>" for title, text in PARTS)
    page = (
        f"<html lang=de><head><title>Ufer</title><meta name=author content='K. Moos'><script>x()</script></head>{body}"
    )
    document = read(page.encode("latin-1"), "a.html")
    assert (document.metadata.title, document.metadata.author, document.metadata.language) == ("Ufer", "K. Moos", "de")
    assert [chapter.title for chapter in document.chapters] == [title for title, _ in PARTS]
    text = "\n".join(page.text for page in document.pages)
    assert "End & over" in text
    assert "x()" not in text


def test_markdown_is_read_with_front_matter_and_headings(read):
    body = "\n\n".join(f"## {title}\n\n- *one*\n- two\n\n{text}" for title, text in PARTS)
    document = read(f"---\ntitle: Ufer\nauthor: K. Moos\ndate: 2020-01-02\n---\n{body}".encode(), "a.md")
    assert (document.metadata.title, document.metadata.publication_date) == ("Ufer", "2020-01-02")
    assert [chapter.title for chapter in document.chapters] == [title for title, _ in PARTS]
    assert "one\ntwo" in document.pages[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_the_encoding_of_a_text_is_found(read, encoding):
    text = "Café “Zur Brücke” — déjà vu, señor. " * 20
    document = read(text.encode(encoding), "a.txt")
    assert " ".join(page.text for page in document.pages).split() == text.split()


def test_pages_of_running_text_end_at_sentence_ends_near_1800_characters(read):
    document = read(corpus.prose(1, 600).encode(), "a.txt")
    assert len(document.pages) > 10
    for page in document.pages[:-1]:
        assert 1350 <= len(page.text) <= 2250
        assert page.text.endswith(".")


def test_chapters_of_a_text_are_found_by_wording_and_the_contents_left_out(read):
    contents = "\n".join(f" CHAPTER {n}" for n in range(1, 6))
    body = "\n\n".join(f"CHAPTER {n}\n\nTHE ROAD\n\n{corpus.prose(n, 60)}" for n in range(1, 6))
    document = read(f"CONTENTS\n\n{contents}\n\n{body}".encode(), "a.txt")
    assert [chapter.title for chapter in document.chapters] == [f"CHAPTER {n}. THE ROAD" for n in range(1, 6)]
    firsts = [chapter.first_page for chapter in document.chapters]
    assert firsts == sorted(firsts)
    assert sum(chapter.share for chapter in document.chapters) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("zip-bomb.epub", "unpacks to more than"),
        ("many-files.epub", "more than 10,000 files"),
        ("unclosed-comments.html", "no text"),
        ("encrypted.pdf", "encrypted"),
        ("empty.txt", "empty"),
        ("wrong.pdf", "says PDF"),
        ("wrong.epub", "says EPUB"),
        ("picture.txt", "not a book format"),
        ("nul.txt", "not a PDF, EPUB"),
    ],
)
def test_a_hostile_file_is_refused_by_its_defect(read, bombs, name, reason):
    with pytest.raises(FileProblemError, match=reason):
        read(bombs[name], name)


@pytest.mark.parametrize(
    "name",
    [
        "one-word.txt",
        "headings.txt",
        "deep.html",
        "broken-xref.pdf",
        "stops.txt",
        "unclosed-tags.html",
        "unclosed-end-tags.html",
        "entities.epub",
        "external.epub",
        "traversal.epub",
        "absolute.epub",
    ],
)
def test_an_odd_file_is_read(read, bombs, name):
    assert read(bombs[name], name).pages


def test_a_mutant_is_read_or_refused(read):
    outcomes = set()
    for name, content in corpus.mutants(24, seed=7):
        try:
            outcomes.add(bool(read(content, name).pages))
        except FileProblemError:
            outcomes.add("refused")
    assert True in outcomes


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"max_pages": 2}, "3 pages, and a book may have 2"),
        ({"max_text_chars": 1024}, "longer than the 1,024 characters"),
        ({"wall_s": 0.01}, "takes longer than"),
    ],
)
def test_a_file_over_a_limit_is_refused_by_the_limit(read, limits, reason):
    with pytest.raises(FileProblemError, match=reason):
        read(corpus.pdf(["word " * 200] * 3), "a.pdf", **limits)


def test_a_file_that_takes_too_much_computing_is_refused(read):
    with pytest.raises(FileProblemError, match="computing"):
        read(b"<p>word " * 3_000_000, "a.html", cpu_s=1)


def test_a_file_that_takes_too_much_memory_is_refused(read):
    with pytest.raises(FileProblemError, match="128 MiB"):
        read(b"word " * 12_000_000, "a.txt", memory_mb=128)


def test_progress_is_reported_for_each_page(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(corpus.pdf(["a", "b", "c"]))
    *progress, document = Parser(Limits(), wall_s=100).reading(path, "a.pdf")
    assert progress == [Progress(done, 3) for done in (1, 2, 3)]
    assert [page.text for page in document.pages] == ["a", "b", "c"]


def test_what_no_database_can_hold_is_taken_out_of_every_text(read):
    body = "<h2>A\x00 \x02one</h2><p>x\x00y</p><h2>B</h2><p>" + "word " * 50 + "</p>"
    document = read(f"<html><title>T\x00\x01itle</title>{body}".encode() + b" " * 2000, "a.html")
    assert document.metadata.title == "Title"
    assert document.chapters[0].title == "A one"
    assert "xy" in document.pages[0].text


def test_the_frame_of_a_pdf_gives_metadata_and_is_left_out(read):
    head = "Project Gutenberg's Reef\nTitle: The Reef\nAuthor: A. Tull\nLanguage: Danish\n"
    start = "*** START OF THIS PROJECT GUTENBERG EBOOK REEF ***"
    pages = [f"{head}{start}\nTHE REEF", "One two.", "Three.\nEnd of Project Gutenberg's Reef", "Licence"]
    document = read(corpus.pdf(pages), "a.pdf")
    assert document.metadata == Metadata("pdf", "The Reef", ("A. Tull",), "da")
    assert [page.text for page in document.pages] == ["THE REEF", "One two.", "Three.", ""]
    assert [page.problem for page in document.pages] == [None, None, None, "licence text left out"]
    assert document.word_count == 5


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "cp866"])
def test_a_russian_text_is_not_taken_for_western(read, encoding):
    text = "Старый паром стоял у берега, и никто не помнил его имени. Вечером пришла Анна. " * 30
    document = read(text.encode(encoding), "a.txt")
    assert " ".join(page.text for page in document.pages).split() == text.split()


def test_a_chapter_has_the_offset_of_its_heading_on_its_first_page(read):
    body = "\n\n\n".join(f"CHAPTER {n}\n\n{corpus.prose(n, 40 * n)}" for n in range(1, 7))
    document = read(f"Some words before.\n\n\n{body}".encode(), "a.txt")
    assert len(document.chapters) == 6
    for number, chapter in enumerate(document.chapters, 1):
        assert document.pages[chapter.first_page - 1].text[chapter.first_offset :].startswith(f"CHAPTER {number}\n")


def test_a_chapter_of_a_pdf_may_begin_within_a_page(read):
    pages = [f"{corpus.prose(n, 20)}\nChapter {n}\n{corpus.prose(n, 20)}" for n in range(1, 5)]
    document = read(corpus.pdf(pages), "a.pdf")
    assert [chapter.first_page for chapter in document.chapters] == [1, 2, 3, 4]
    for number, chapter in enumerate(document.chapters, 1):
        assert document.pages[chapter.first_page - 1].text[chapter.first_offset :].startswith(f"Chapter {number}")


def test_rich_text_is_refused_by_its_name_and_html_read_whatever_it_is_called(read):
    with pytest.raises(FileProblemError, match="this is RTF"):
        read(b"{\\rtf1\\ansi One fish.}", "a.txt")
    assert read(b"<head><title>Reef</title></head><body><p>One fish.</p>", "a.txt").metadata.format == "html"


def test_a_very_long_author_is_shortened(read):
    assert read(corpus.pdf(["x"]).replace(b"B. Sallow", b"A" * 5000), "a.pdf").metadata.author == "A" * 500


def test_a_word_of_a_pdf_that_has_a_hyphen_keeps_it_at_the_end_of_a_line(read):
    pages = read(
        corpus.pdf(["She sat in the dining-\nparlour, an under-\nstanding soul.", "The dining-parlour."]), "a.pdf"
    ).pages
    assert pages[0].text.split() == "She sat in the dining-parlour, an under-standing soul.".split()


def test_a_title_of_a_pdf_that_runs_over_several_lines_is_whole(read):
    pages = [
        f"# Chapter {n}. The Keeper of\n# the Old Lamp\n{corpus.prose(n, 2)}\n{corpus.prose(9, 20)}" for n in (1, 2)
    ]
    pages += [
        f"# CHAPTER 3\n# The Ferry\n{corpus.prose(3, 20)}",
        f"Chapter 4\n{corpus.prose(4, 9)}\nThe End\nof it\nall",
    ]
    chapters = read(corpus.pdf(pages), "a.pdf").chapters
    assert [chapter.title for chapter in chapters] == [
        "Chapter 1. The Keeper of the Old Lamp",
        "Chapter 2. The Keeper of the Old Lamp",
        "CHAPTER 3. The Ferry",
        "Chapter 4",
    ]


def test_the_last_chapter_of_a_pdf_ends_with_the_text_not_with_the_licence(read):
    start, end = (f"*** {word} OF THIS PROJECT GUTENBERG EBOOK REEF ***" for word in ("START", "END"))
    body = [f"Chapter {n}\n{corpus.prose(n, 20)}" for n in (1, 2)]
    document = read(corpus.pdf([start, *body, f"{end}\nLicence", "Licence"]), "a.pdf")
    assert [(chapter.first_page, chapter.last_page) for chapter in document.chapters] == [(2, 2), (3, 3)]


def test_a_file_that_ends_within_something_unclosed_loses_no_text(read):
    for opened in ("<a href=x ", "<!-- ", "</p ", "<!x "):
        page = f"<h2>A</h2><p>One two.</p><p>Three {opened}four &amp; five"
        assert read(page.encode(), "a.html").pages[0].text.split()[-3:] == ["four", "&", "five"]


def test_what_follows_an_unclosed_comment_is_read_as_html(read):
    page = f"<h2>A</h2><p>{corpus.prose(1, 40)}<!-- <h2>B</h2><p>Three &amp; four.</p><h2>C</h2><p>Five."
    document = read(page.encode(), "a.html")
    assert [chapter.title for chapter in document.chapters] == ["A", "B", "C"]
    assert "Three & four." in document.pages[-1].text


def test_a_file_beyond_the_queue_is_refused_as_busy(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(corpus.pdf(["a", "b"]))
    parser = Parser(Limits(), wall_s=100)
    first = parser.reading(path, "a.pdf")
    next(first)
    with pytest.raises(ParserBusyError, match="waiting"):
        parser.read(path, "a.pdf")
    first.close()
    assert len(parser.read(path, "a.pdf").pages) == 2


def test_a_file_that_waits_longer_than_its_timeout_is_refused_as_busy(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(corpus.pdf(["a", "b"]))
    parser = Parser(Limits(), wall_s=100, queue=1)
    first = parser.reading(path, "a.pdf")
    next(first)
    with pytest.raises(ParserBusyError, match="took too long"):
        parser.read(path, "a.pdf", Client(timeout_s=0.01))
    first.close()


@pytest.fixture
def children(monkeypatch):
    """The processes that parsers start."""
    started = []
    popen = parser_module.subprocess.Popen

    def start(*arguments, **named):
        started.append(popen(*arguments, **named))
        return started[-1]

    monkeypatch.setattr(parser_module.subprocess, "Popen", start)
    return started


def endless(tmp_path):
    """A PDF that takes longer to read than any test may run."""
    path = tmp_path / "a.pdf"
    path.write_bytes(corpus.drawn_pdf(pages=2000, strokes=200_000))
    return path


def test_the_process_ends_when_the_client_has_gone(tmp_path, children):
    seen = []
    with pytest.raises(ClientGoneError):
        Parser(Limits(), wall_s=100).read(endless(tmp_path), "a.pdf", Client(gone=lambda: bool(seen) or seen.append(1)))
    (child,) = children
    assert child.poll() is not None


def test_a_file_that_only_takes_long_is_refused_and_one_that_came_too_late_is_not_to_blame(tmp_path, children):
    path = endless(tmp_path)
    with pytest.raises(FileProblemError, match="longer than the 1 s allowed"):
        Parser(Limits(), wall_s=1).read(path, "a.pdf")
    with pytest.raises(ParserBusyError, match="took too long"):
        Parser(Limits(), wall_s=100).read(path, "a.pdf", Client(timeout_s=0.5))
    assert all(child.poll() is not None for child in children)


def test_more_output_than_the_text_may_have_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(parser_module, "_CHILD", (sys.executable, "-c", "print('x' * 10_000_000)"))
    path = tmp_path / "a.txt"
    path.touch()
    with pytest.raises(FileProblemError, match="longer than allowed"):
        Parser(Limits(max_text_chars=1000), wall_s=100).read(path, "a.txt")


def test_the_process_gives_way_to_others(tmp_path, children):
    path = tmp_path / "a.pdf"
    path.write_bytes(corpus.pdf(["One.", "Two."]))
    reading = Parser(Limits(nice=7), wall_s=100).reading(path, "a.pdf")
    next(reading)
    assert os.getpriority(os.PRIO_PROCESS, children[0].pid) == os.getpriority(os.PRIO_PROCESS, 0) + 7
    reading.close()
