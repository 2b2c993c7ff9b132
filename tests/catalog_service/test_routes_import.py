"""Imports and extractions over Flask's test client, with the real parser."""

import io
import json

import pytest

from benchmarks import catalog_corpus
from bookreader.document import FileProblemError, Progress
from catalog_service.receipts import RequestKey
from catalog_service.routes import books

FRAME = """\
The Project Gutenberg EBook of Night Ferry, by Q. Alder

This eBook is for the use of anyone anywhere under the terms of the licence.

Title: Night Ferry
       A Crossing

Author: Q. Alder

Release Date: March 4, 2009 [EBook #0]

Language: English

*** START OF THIS PROJECT GUTENBERG EBOOK NIGHT FERRY ***

Produced by Nobody and
Somebody Else

NIGHT FERRY

The ferry left at nine. Nobody waved.

End of the Project Gutenberg EBook of Night Ferry, by Q. Alder

*** END OF THIS PROJECT GUTENBERG EBOOK NIGHT FERRY ***

The licence follows here.
"""


def test_a_gutenberg_text_gives_its_particulars_and_keeps_its_frame_out(send, client):
    book = send(FRAME.replace("\n", "\r\n").encode("utf-8-sig"), "10.txt").json
    assert (book["title"], book["author"]) == ("Night Ferry A Crossing", "Q. Alder")
    assert (book["language"], book["publication_date"], book["source"]) == ("en", None, "10.txt")
    text = client.get(f"/books/{book['id']}/pages/1").json["text"]
    assert text == "NIGHT FERRY\n\nThe ferry left at nine. Nobody waved."


def test_what_the_sender_says_wins(send):
    book = send(FRAME.encode(), title="Other", author="Me", publication_date="1999-01-02").json
    assert (book["title"], book["author"], book["publication_date"]) == ("Other", "Me", "1999-01-02")


def test_the_same_bytes_give_the_same_book(send, client):
    first, second = send(b"A short tale."), send(b"A short tale.", "other.txt")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert client.get("/books/").headers["X-Total-Count"] == "1"


def test_a_deleted_book_can_be_imported_again(send, client, library):
    book = send(b"A short tale.").json
    client.delete(f"/books/{book['id']}")
    assert list(library.files.all()) == []
    assert send(b"A short tale.").status_code == 201


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.txt"),
        (b" \n\n", "a.txt"),
        (b"", "a.pdf"),
        (b"no pdf", "a.pdf"),
        (b"%PDF-1.7\n1 0 obj\n<<", "a.pdf"),
        (bytes(range(256)) * 100, "a.txt"),
        (b"MZ\x90\x00\x03", "a.exe"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_leaves_nothing(send, client, library, tmp_path, content, name):
    answer = send(content, name)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "file"
    assert client.get("/books/").json == []
    assert list(library.files.all()) == list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("x" * 300 + ".txt", "x" * 196 + ".txt")],
)
def test_a_file_name_is_made_harmless(send, name, kept):
    assert send(b"A tale.", name).json["source"] == kept


def test_an_extraction_stores_nothing(client, library):
    found = client.post("/internal/extractions?name=book.txt", data=FRAME.encode()).json
    assert found["title"] == "Night Ferry A Crossing"
    assert found["pages"] == [{"page_number": 1, "text": "NIGHT FERRY\n\nThe ferry left at nine. Nobody waved."}]
    assert client.get("/books/").json == []
    assert list(library.files.all()) == []


def streamed(answer):
    """The events of an answer: (name, data) each."""
    assert answer.content_type == "text/event-stream; charset=utf-8"
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in answer.text.split("\n\n") if block]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


STREAM = {"Accept": "text/event-stream"}


def test_an_import_shows_its_progress_by_page_and_ends_with_the_book(send, client, monkeypatch):
    monkeypatch.setattr(books, "PROGRESS_S", 0.0)
    content = catalog_corpus.pdf([f"Page {number} is short." for number in range(1, 6)])
    *progress, last = streamed(send(content, "five.pdf", headers=STREAM))
    of_pages = {"type": "progress", "total": 5, "unit": "pages"}
    assert progress == [("progress", {**of_pages, "done": done}) for done in range(1, 6)]
    book = last[1]["result"]
    assert (last[0], book["page_count"]) == ("done", 5)
    assert client.get(f"/books/{book['id']}").json == book
    assert streamed(send(content, "five.pdf", headers=STREAM)) == [("done", {"type": "done", "result": book})]


def test_a_file_that_is_refused_before_its_first_page_is_a_problem_with_a_status_also_in_a_stream(send):
    answer = send(b"%PDF-1.7 broken", "broken.pdf", headers=STREAM)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(FileProblemError("it is damaged"), 422, "it is damaged"), (RuntimeError("secret"), 500, "unexpected error")],
)
def test_an_import_that_fails_within_ends_its_stream_with_the_problem_and_stores_nothing(
    send, client, library, monkeypatch, error, status, words
):
    def reading(path, name, timeout_s):
        yield Progress(1)
        raise error

    monkeypatch.setattr(library._parser, "reading", reading)
    monkeypatch.setattr(books, "PROGRESS_S", 0.0)
    first, last = streamed(send(b"half a book", headers=STREAM))
    assert first == ("progress", {"type": "progress", "done": 1, "total": None, "unit": "pages"})
    assert (last[0], last[1]["problem"]["status"]) == ("problem", status)
    assert words in last[1]["problem"]["detail"]
    assert client.get("/books/").json == []


def test_an_import_that_nobody_follows_to_its_end_stores_nothing_and_frees_its_key(library, client, send):
    content = catalog_corpus.pdf(["One.", "Two."])
    steps = library.importing(io.BytesIO(content), "two.pdf", {}, RequestKey("", "key-1"))
    assert next(steps) == Progress(1, 2)
    steps.close()
    assert client.get("/books/").json == []
    assert send(content, "two.pdf", headers={"Idempotency-Key": "key-1"}).status_code == 201


def test_a_book_without_text_says_so(send):
    book = send(catalog_corpus.pdf(["", ""]), "scan.pdf").json
    assert (book["text_source"], [warning["code"] for warning in book["warnings"]]) == ("none", ["no_text"])
    assert send(catalog_corpus.pdf(["One fish."]), "text.pdf").json["text_source"] == "embedded"
