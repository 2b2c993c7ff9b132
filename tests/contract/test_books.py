"""The book routes, through the gateway, on the running product."""

from __future__ import annotations

import json

import pytest

FIELDS = {
    "id",
    "title",
    "author",
    "description",
    "isbn",
    "language",
    "publication_date",
    "page_count",
    "word_count",
    "source",
    "created_at",
    "updated_at",
}


@pytest.fixture
def book(visis):
    response = visis.post("/books/", json={"title": "The Saw", "author": "A. Tull", "text": "One page. " * 400})
    assert response.status_code == 201, response.text
    yield response.json()
    visis.request("DELETE", f"/books/{response.json()['id']}")


def test_a_created_book_has_every_field_and_a_location(visis):
    response = visis.post("/books/", json={"title": "Fog", "author": "T. Wren", "language": "en"})
    assert response.status_code == 201
    assert set(response.json()) >= FIELDS
    assert response.headers["Location"].endswith(f"/books/{response.json()['id']}")
    assert visis.get(f"/books/{response.json()['id']}").json() == response.json()


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_book_route_works_with_and_without_trailing_slash(visis, book, slash):
    assert visis.get(f"/books{slash}").status_code == 200
    assert visis.get(f"/books/{book['id']}{slash}").status_code == 200
    assert visis.get(f"/books/{book['id']}/pages/1{slash}").status_code == 200
    made = visis.post(f"/books{slash}", json={"title": "T", "author": "A"})
    assert made.status_code == 201
    assert visis.request("DELETE", f"/books/{made.json()['id']}{slash}").status_code == 204


def test_put_replaces_and_patch_changes(visis, book):
    path = f"/books/{book['id']}"
    replaced = visis.request("PUT", path, json={"title": "New", "author": "B", "isbn": "0-306-40615-2"})
    assert replaced.status_code == 200
    book = replaced.json()
    assert (book["title"], book["isbn"], book["description"]) == ("New", "9780306406157", None)
    patched = visis.request("PATCH", path, json={"description": "About fog"})
    assert (patched.json()["title"], patched.json()["description"]) == ("New", "About fog")
    assert patched.json()["page_count"] == book["page_count"]


def test_a_deleted_book_is_gone(visis, book):
    assert visis.request("DELETE", f"/books/{book['id']}").status_code == 204
    assert visis.get(f"/books/{book['id']}").status_code == 404
    assert visis.get(f"/books/{book['id']}/pages/1").status_code == 404


def test_the_list_is_an_array_with_paging_headers(visis, book):
    for number in range(3):
        visis.post("/books/", json={"title": f"Volume {number}", "author": "Paging"})
    response = visis.get("/books/?per_page=2")
    assert isinstance(response.json(), list)
    assert len(response.json()) == 2
    assert int(response.headers["X-Total-Count"]) >= 4
    assert 'rel="next"' in response.headers["Link"]
    following = visis.get(response.links["next"]["url"].removeprefix(visis.address)).json()
    assert {item["id"] for item in following}.isdisjoint(item["id"] for item in response.json())


def test_a_page_comes_as_json_or_text(visis, book):
    path = f"/books/{book['id']}/pages/1"
    page = visis.get(path).json()
    assert (page["book_id"], page["page_number"], page["page_count"]) == (book["id"], 1, book["page_count"])
    text = visis.get(path, headers={"Accept": "text/plain"})
    assert text.headers["Content-Type"].startswith("text/plain")
    assert text.text == page["text"]


def test_every_word_of_an_imported_text_is_on_a_page(visis, story):
    book = visis.import_text(story, title="The Lamp", author="Visis")
    pages = [visis.get(f"/books/{book['id']}/pages/{n}").json()["text"] for n in range(1, book["page_count"] + 1)]
    body = story.split("THE LAMP AT CORROW HEAD", 1)[1].split()
    assert " ".join(pages).split()[-len(body) :] == body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/books/999999", 404),
        ("/books/0", 404),
        ("/books/abc", 404),
        (f"/books/{10**30}", 404),
        ("/books/{id}/pages/0", 404),
        (f"/books/{{id}}/pages/{10**30}", 404),
        ("/books/{id}/pages/-1", 404),
        ("/books/?page=0", 422),
        ("/books/?per_page=101", 422),
        ("/books/?nonsense=1", 422),
        ("/nowhere", 404),
    ],
)
def test_what_does_not_exist_is_a_problem_that_says_so(visis, book, path, status):
    response = visis.get(path.replace("{id}", str(book["id"])))
    assert response.status_code in ({404, 422} if status == 404 else {status}), response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "T"}, "author"),
        ({"title": " ", "author": "A"}, "title"),
        ({"title": "T", "author": "A", "shelf": 3}, "shelf"),
        ({"title": "T", "author": "A", "text": ""}, "text"),
        ({"title": "T", "author": "A", "text": " \n\t"}, "text"),
        ({"title": "T\x00", "author": "A"}, "title"),
        ({"title": "T", "author": "A", "text": "a\x00b"}, "text"),
        ({"title": "T" * 501, "author": "A"}, "title"),
        ({"title": 3, "author": "A"}, "title"),
        ({"title": "T", "author": "A", "publication_date": "yesterday"}, "publication_date"),
    ],
)
def test_a_bad_book_is_refused_by_field_and_nothing_is_stored(visis, body, field):
    before = visis.get("/books/").headers["X-Total-Count"]
    response = visis.post("/books/", json=body)
    assert response.status_code == 422
    assert field in {error["field"] for error in response.json()["errors"]}
    assert visis.get("/books/").headers["X-Total-Count"] == before


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("empty.pdf", b"", 422),
        ("empty.txt", b"", 422),
        ("blank.txt", b" \n \n", 422),
        ("fake.pdf", b"This is not a PDF at all.", 422),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", 422),
        ("program.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04", (415, 422)),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_stored(visis, name, content, status):
    before = visis.get("/books/").headers["X-Total-Count"]
    response = visis.post("/books/import", files={"file": (name, content)})
    assert response.status_code in (status if isinstance(status, tuple) else (status,)), response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert visis.get("/books/").headers["X-Total-Count"] == before


def test_an_import_can_be_followed(visis):
    text = "\n\n".join(f"The keeper counted {number} ships that night." for number in range(2000))
    answer = visis.post(
        "/books/import", files={"file": ("ships.txt", text.encode())}, headers={"Accept": "text/event-stream"}
    )
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    *progress, last = [block.splitlines() for block in answer.text.split("\n\n") if block]
    assert progress
    assert {lines[0] for lines in progress} == {"event: progress"}
    assert last[0] == "event: done"
    book = json.loads(last[1].removeprefix("data: "))["result"]
    assert visis.get(f"/books/{book['id']}").json() == book


def test_an_import_without_a_file_says_how_to_send_one(visis):
    response = visis.post("/books/import", data={"title": "T"})
    assert response.status_code == 415
    assert "multipart/form-data" in response.json()["detail"]
    assert visis.post("/books/import", files={"other": ("a.txt", b"Hi.")}).status_code == 422


def test_a_body_over_the_limit_is_refused_with_413(visis):
    response = visis.post("/books/import", files={"file": ("big.txt", bytes(70 * 2**20))})
    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_method_that_is_not_allowed_names_those_that_are(visis):
    response = visis.request("PATCH", "/books/")
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].replace(" ", "").split(","))
