"""Imports and extractions over Flask's test client, with the real parser."""

import pytest

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


def test_an_extraction_stores_nothing(send, client, library):
    told = send(FRAME.encode(), path="/extractions").json
    assert told["title"] == "Night Ferry A Crossing"
    assert told["pages"] == [{"page_number": 1, "text": "NIGHT FERRY\n\nThe ferry left at nine. Nobody waved."}]
    assert client.get("/books/").json == []
    assert list(library.files.all()) == []
