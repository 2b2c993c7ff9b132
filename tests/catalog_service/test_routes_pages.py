"""Pages, pictures, chapters and files over Flask's test client."""

import pytest

from benchmarks import catalog_corpus as corpus

PARTS = [(title, corpus.prose(number, 60)) for number, title in enumerate(("The Gate", "The *Race*", "The Pool"))]


def test_a_page_comes_in_the_type_that_the_client_prefers(send, client):
    book = send(corpus.epub(PARTS), "a.epub").json
    path = f"/books/{book['id']}/pages/1"
    page = client.get(path).json
    text = client.get(path, headers={"Accept": "text/plain"})
    markdown = client.get(path, headers={"Accept": "text/markdown;q=0.9, text/plain;q=0.1"})
    assert text.text == page["text"]
    assert markdown.content_type == "text/markdown; charset=utf-8"
    assert markdown.text.startswith("## The Gate\n\n")
    assert {answer.headers["Vary"] for answer in (text, markdown)} == {"Accept"}
    assert len({answer.headers["ETag"] for answer in (text, markdown, client.get(path))}) == 3


def test_markdown_escapes_what_would_be_a_mark(send, client):
    book = send(b"1. Not a list\n\n# Not a heading\n\n*stars* and <tags>\n\n- dash").json
    text = client.get(f"/books/{book['id']}/pages/1", headers={"Accept": "text/markdown"}).text
    assert text == "&#49;. Not a list\n\n\\# Not a heading\n\n\\*stars\\* and \\<tags\\>\n\n\\- dash\n"


def test_chapters_come_from_the_contents_with_pages_and_confidence(send, client):
    book = send(corpus.epub(PARTS), "a.epub").json
    shown = client.get(f"/books/{book['id']}/chapters").json
    assert [chapter["title"] for chapter in shown["chapters"]] == [title for title, _ in PARTS]
    assert all(0 < chapter["confidence"] <= 1 for chapter in shown["chapters"])
    assert shown["warnings"] == []


def test_a_chapter_with_most_of_the_text_is_warned_of(send, client):
    parts = [("A", corpus.prose(1, 10)), ("B", corpus.prose(2, 200))]
    book = send(corpus.epub(parts), "a.epub").json
    (warning,) = client.get(f"/books/{book['id']}/chapters").json["warnings"]
    assert "Chapter 2" in warning


def test_a_page_of_a_pdf_is_drawn_as_png_of_the_asked_width(send, client):
    book = send(corpus.pdf(["Hello."]), "a.pdf").json
    answer = client.get(f"/books/{book['id']}/pages/1/image?width=200", buffered=True)
    assert answer.content_type == "image/png"
    assert int.from_bytes(answer.data[16:20], "big") == 200


@pytest.mark.parametrize("query", ["width=15", "width=4001", "width=x", "height=3"])
def test_a_bad_width_is_refused(send, client, query):
    book = send(corpus.pdf(["Hello."]), "a.pdf").json
    assert client.get(f"/books/{book['id']}/pages/1/image?{query}").status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "size"),
    [(corpus.pdf(["Hello."], image=True), "a.pdf", (3, 2)), (corpus.epub([("A", "Words.")]), "a.epub", (30, 40))],
)
def test_the_pictures_of_a_page_are_listed_and_served(send, client, content, name, size):
    book = send(content, name).json
    (shown,) = client.get(f"/books/{book['id']}/pages/1/images").json
    assert (shown["width"], shown["height"]) == size
    picture = client.get(shown["url"], buffered=True)
    assert picture.content_type == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert client.get(shown["url"].replace("/images/1", "/images/2")).status_code == 404
    assert client.get(shown["url"].replace("/images/1", "/images/0")).status_code == 404


@pytest.mark.parametrize(("content", "name"), [(corpus.pdf(["Hello."]), "a.pdf"), (corpus.epub(PARTS), "a.epub")])
def test_a_cover_is_served(send, client, content, name):
    book = send(content, name).json
    path = f"/books/{book['id']}/cover"
    cover = client.get(path, buffered=True)
    assert cover.data.startswith(b"\x89PNG")
    assert client.get(path, headers={"If-None-Match": cover.headers["ETag"]}).status_code == 304


def test_a_text_has_no_pictures(send, client):
    book = send(b"Only words.").json
    assert client.get(f"/books/{book['id']}/cover").status_code == 404
    assert client.get(f"/books/{book['id']}/pages/1/image").status_code == 404
    assert client.get(f"/books/{book['id']}/pages/1/images").json == []


def test_the_original_file_is_served_byte_for_byte_and_in_ranges(send, client):
    content = corpus.pdf(["Hello."])
    book = send(content, "my book.pdf").json
    path = f"/books/{book['id']}/file"
    whole = client.get(path, buffered=True)
    assert whole.data == content
    assert whole.content_type == "application/pdf"
    assert 'filename="my book.pdf"' in whole.headers["Content-Disposition"]
    part = client.get(path, headers={"Range": "bytes=5-9"}, buffered=True)
    assert (part.status_code, part.data) == (206, content[5:10])
    assert client.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    beyond = client.get(path, headers={"Range": "bytes=99999999-"}, buffered=True)
    assert (beyond.status_code, beyond.content_type) == (416, "application/problem+json")


def test_a_book_without_a_file_has_none_to_serve(client):
    book = client.post("/books/", json={"title": "T", "author": "A"}).json
    assert client.get(f"/books/{book['id']}/file").status_code == 404


def test_a_long_text_is_sent_from_a_file_that_is_gone_afterwards(client, library):
    text = "\n\n".join(corpus.prose(number, 40) for number in range(150))
    book = client.post("/books/", json={"title": "T", "author": "A", "text": text}).json
    path = f"/books/{book['id']}/text"
    pages = [
        client.get(f"/books/{book['id']}/pages/{number}").json["text"] for number in range(1, book["page_count"] + 1)
    ]
    whole = client.get(path, buffered=True)
    assert whole.text == "\n\n".join(pages)
    assert len(whole.data) == int(whole.headers["Content-Length"]) > 262_144
    shown = client.get(f"{path}.json", buffered=True)
    assert [page["text"] for page in shown.json["pages"]] == pages
    for answer, at in ((whole, path), (shown, f"{path}.json")):
        again = client.get(at, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert list(library.files.incoming.iterdir()) == []
