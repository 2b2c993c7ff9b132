"""Entity tags, conditions and repeatable requests."""

import threading

import pytest
from playhouse.migrations import Runner

from catalog_service import database
from catalog_service.library import Library
from catalog_service.receipts import RequestKey
from servicekit.problems import StorageFull

BOOK = {"title": "The Reef", "author": "A. Tull", "text": "One page."}


@pytest.fixture
def book(client):
    return client.post("/books/", json=BOOK).json


@pytest.mark.parametrize("path", ["", "/pages/1", "/text", "/chapters"])
def test_a_known_representation_is_not_sent_again(client, book, path):
    first = client.get(f"/books/{book['id']}{path}")
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = client.get(f"/books/{book['id']}{path}", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(f"/books/{book['id']}{path}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_tag_of_a_made_book_is_that_of_the_read_one(client):
    made = client.post("/books/", json=BOOK)
    assert client.get(made.headers["Location"]).headers["ETag"] == made.headers["ETag"]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_change_of_a_book_that_changed_meanwhile_is_refused(client, book, method):
    path = f"/books/{book['id']}"
    tag = client.get(path).headers["ETag"]
    client.patch(path, json={"isbn": "0-306-40615-2"})
    body = {} if method == "delete" else {"json": {"title": "T", "author": "A"}}
    assert getattr(client, method)(path, headers={"If-Match": tag}, **body).status_code == 412
    assert client.get(path).json["isbn"] == "9780306406157"
    fresh = client.get(path).headers["ETag"]
    assert getattr(client, method)(path, headers={"If-Match": fresh}, **body).status_code < 300


def test_any_version_matches_a_star(client, book):
    assert client.delete(f"/books/{book['id']}", headers={"If-Match": "*"}).status_code == 204


def test_a_repeat_with_the_same_key_makes_nothing_twice(client):
    answers = [client.post("/books/", json=BOOK, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert client.get("/books/").headers["X-Total-Count"] == "1"


def test_a_repeated_import_with_the_same_key_gets_the_same_answer(send):
    answers = [send(b"A tale.", headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    assert send(b"A tale.", headers={"Idempotency-Key": "other"}).status_code == 200


def test_a_key_with_another_body_is_refused(client, send):
    client.post("/books/", json=BOOK, headers={"Idempotency-Key": "k"})
    other = client.post("/books/", json={**BOOK, "title": "Other"}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert send(b"A tale.", headers={"Idempotency-Key": "k"}).status_code == 422


def test_a_key_belongs_to_its_caller(client, send):
    mine, other = ({"Idempotency-Key": "k", "Visis-Caller": caller} for caller in ("mine", "another"))
    first = client.post("/books/", json=BOOK, headers=mine)
    second = client.post("/books/", json={**BOOK, "title": "Other"}, headers=other)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.headers["Location"] != second.headers["Location"]
    assert client.post("/books/", json=BOOK, headers=mine).data == first.data
    assert send(b"A tale.", headers=other).status_code == 422


def test_a_repeat_after_what_it_made_was_deleted_is_a_410_and_a_new_key_makes_it_again(client, send, library):
    for post in (lambda key: client.post("/books/", json=BOOK, headers=key), lambda key: send(b"A tale.", headers=key)):
        key = {"Idempotency-Key": f"k{post}"}
        made = post(key)
        client.delete(made.headers["Location"])
        repeated = post(key)
        assert (repeated.status_code, repeated.json["type"]) == (410, "/problems#gone")
        assert post({"Idempotency-Key": f"new {post}"}).status_code == 201
    bodies = database.query(library.db, "SELECT body FROM receipts WHERE status = 201 AND body = ''").fetchall()
    assert len(bodies) == 2


def test_receipts_survive_the_migration_to_callers_and_back(settings):
    library = Library.open(settings)
    for caller in ("a", "b"):
        library.create({"title": "T", "author": "A"}, key=RequestKey(caller, "k"))
    runner = Runner(library.db, str(database.MIGRATIONS))
    runner.down("0110_receipts_per_caller")
    assert database.query(library.db, "SELECT key, book_id FROM receipts").fetchall() == [("k", 1)]
    runner.up()
    assert database.query(library.db, "SELECT caller, key, book_id FROM receipts").fetchall() == [("", "k", 1)]
    library.close()


def test_a_refused_request_does_not_use_its_key_up(client):
    headers = {"Idempotency-Key": "k"}
    assert client.post("/books/", json={"title": "T"}, headers=headers).status_code == 422
    assert client.post("/books/", json=BOOK, headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "é"])
def test_a_key_that_is_no_key_is_refused(client, key):
    assert client.post("/books/", json=BOOK, headers={"Idempotency-Key": key}).status_code == 422


def test_a_key_in_flight_is_a_conflict(client, library):
    with library.receipts.claim(RequestKey("", "k")):
        answer = client.post("/books/", json=BOOK, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 409
    assert client.post("/books/", json=BOOK, headers={"Idempotency-Key": "k"}).status_code == 201


def test_imports_of_the_same_bytes_at_the_same_time_make_one_book(library):
    import io

    made = []

    def run():
        made.append(library.import_file(io.BytesIO(b"One tale, many readers."), "a.txt", {}))
        library.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in made) == [200, 200, 200, 201]
    assert len({answer.book_id for answer in made}) == 1
    assert len(list(library.files.all())) == 1


def test_a_full_disk_is_a_507_and_leaves_nothing(send, client, library, monkeypatch):
    monkeypatch.setattr(library.files, "free_bytes", lambda: 0)
    answer = send(b"A tale.")
    assert answer.status_code == StorageFull.status == 507
    assert answer.content_type == "application/problem+json"
    assert client.get("/books/").json == []


def test_a_disk_that_fills_up_within_a_write_is_a_507_and_leaves_nothing(send, client, library, monkeypatch, tmp_path):
    def full(upload):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library.files, "keep", full)
    assert send(b"A tale.").status_code == 507
    assert client.get("/books/").json == []
    assert list((tmp_path / "incoming").iterdir()) == list(library.files.all()) == []
