"""Imports in the background: what was acknowledged is never lost, whatever ends whom."""

import io
import json
import threading

import pytest

from benchmarks import catalog_corpus as corpus
from bookreader.parser import Parser
from catalog_service import imports as module
from catalog_service import transfer
from catalog_service.app import create_app
from catalog_service.config import Settings
from catalog_service.imports import Imports
from catalog_service.jobs.tables import MODELS as JOB_MODELS
from catalog_service.library import Library
from catalog_service.receipts import RequestKey
from catalog_service.tables import MODELS, Book, Import
from servicekit.problems import Busy, StorageFull

TEXT = b"The lamp burns. Nobody came."


@pytest.fixture
def imports(library):
    """The imports of the catalog, read by nobody but a test that calls `work`."""
    return Imports(library, most=8)


@pytest.fixture
def later(send):
    """Sends a file to be imported in the background; gives the answer."""

    def post(content=TEXT, name="lamp.txt", **headers):
        return send(content, name, path="/imports", headers=headers)

    return post


def pending(library):
    """The files that imports need still."""
    return [library.pending.path(name).read_bytes() for name in library.pending.all()]


def expire(import_id):
    """Let time pass until the lease has run out."""
    Import.update(lease_until=0.0).where(Import.id == import_id).execute()


def test_a_file_is_acknowledged_when_it_is_stored_and_read_later(later, client, imports, library):
    answer = later()
    made = answer.json
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/imports/{made['id']}"
    assert int(answer.headers["Retry-After"]) > 0
    assert (made["state"], made["source"], made["book_id"]) == ("queued", "lamp.txt", None)
    assert pending(library) == [TEXT]
    assert client.get("/books/").json == []
    assert imports.work("a")
    done = client.get(answer.headers["Location"]).json
    assert (done["state"], done["attempts"], done["pages_done"]) == ("succeeded", 1, 1)
    book = client.get(done["book"]).json
    assert (book["id"], book["source"]) == (done["book_id"], "lamp.txt")
    assert client.get(f"/books/{book['id']}/file", buffered=True).data == TEXT
    assert pending(library) == []
    assert not imports.work("a")


def test_what_the_sender_says_of_the_book_is_kept_until_it_is_read(send, imports, client):
    send(TEXT, path="/imports", title="Lanterns", author="B. Sallow", language="en")
    imports.work("a")
    (book,) = client.get("/books/").json
    assert (book["title"], book["author"], book["language"]) == ("Lanterns", "B. Sallow", "en")


def test_a_client_of_the_other_route_may_prefer_not_to_wait(send, client, imports):
    answer = send(TEXT, headers={"Prefer": "wait=10, respond-async"})
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "respond-async")
    assert client.get(answer.headers["Location"]).json == answer.json
    assert imports.work("a")
    assert send(TEXT, headers={"Prefer": "respond-asynchronously"}).json["source"] == "book.txt"


def test_known_bytes_have_their_book_at_once(send, later, imports):
    book = send(TEXT).json
    answer = later()
    assert (answer.status_code, answer.json["state"], answer.json["book_id"]) == (200, "succeeded", book["id"])
    assert not imports.work("a")


def test_a_file_that_cannot_be_read_fails_and_leaves_nothing(later, client, imports, library):
    made = later(b"%PDF-1.7 broken", "broken.pdf").json
    assert imports.work("a")
    found = client.get(f"/imports/{made['id']}").json
    assert (found["state"], found["problem"]["status"], found["book_id"]) == ("failed", 422, None)
    assert pending(library) == list(library.files.all()) == []


def test_what_a_killed_process_began_is_begun_again_when_its_lease_has_run_out(later, client, imports, monkeypatch):
    made = later().json

    def killed(*_arguments):
        raise SystemExit

    monkeypatch.setattr(imports._library, "reading", killed)
    with pytest.raises(SystemExit):
        imports.work("first")
    assert client.get(f"/imports/{made['id']}").json["state"] == "running"
    monkeypatch.undo()
    assert not imports.work("second")
    expire(made["id"])
    assert imports.work("second")
    found = client.get(f"/imports/{made['id']}").json
    assert (found["state"], found["attempts"]) == ("succeeded", 2)


def test_a_process_that_was_killed_after_it_moved_the_file_leaves_it_to_the_next(later, imports, library, monkeypatch):
    """The hardest moment: the file is where books' files lie, and the book is not stored."""
    made = later().json
    monkeypatch.setattr(library.files, "remove", lambda _sha256: None)
    monkeypatch.setattr(library, "_add", lambda *_arguments: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        imports.work("first")
    monkeypatch.undo()
    assert len(list(library.files.all())) == 1
    expire(made["id"])
    assert imports.work("second")
    assert imports.get(made["id"])["state"] == "succeeded"


def test_a_process_whose_lease_ran_out_stores_nothing(later, client, imports, library, monkeypatch):
    """While the first one reads, a second one begins and ends."""
    path = later().headers["Location"]
    keep, readers = library._keep, ["first", "second"]

    def overtaken(*arguments):
        if readers.pop(0) == "first":
            expire(path.rpartition("/")[2])
            assert imports.work("second")
        return keep(*arguments)

    monkeypatch.setattr(library, "_keep", overtaken)
    assert imports.work("first")
    found = client.get(path).json
    assert (found["state"], found["attempts"], readers) == ("succeeded", 2, [])
    assert Book.select().count() == 1


def test_a_file_whose_reading_always_ends_the_service_fails_after_three_attempts(later, imports, library):
    made = later().json
    for attempt in range(module.MOST_ATTEMPTS):
        assert imports._claim(f"process {attempt}")
        expire(made["id"])
    assert not imports.work("last")
    found = imports.get(made["id"])
    assert found["state"] == "failed"
    assert "3 times" in found["problem"]["detail"]
    assert pending(library) == []


@pytest.mark.parametrize("problem", [Busy("Later."), StorageFull("Later.")])
def test_an_import_for_which_there_is_no_turn_or_no_space_is_put_back(later, imports, monkeypatch, problem):
    made = later().json
    monkeypatch.setattr(imports._library, "reading", lambda *_arguments: (_ for _ in ()).throw(problem))
    assert not imports.work("a")
    monkeypatch.undo()
    assert (imports.get(made["id"])["state"], imports.get(made["id"])["attempts"]) == ("queued", 0)
    assert not imports.work("a")
    expire(made["id"])
    assert imports.work("a")
    assert imports.get(made["id"])["state"] == "succeeded"


def test_a_waiting_import_can_be_cancelled_twice_and_leaves_nothing(later, client, imports, library):
    path = later().headers["Location"]
    assert [client.delete(path).json["state"] for _ in range(2)] == ["cancelled", "cancelled"]
    assert pending(library) == []
    assert not imports.work("a")
    finished = later(b"Another text.").headers["Location"]
    imports.work("a")
    assert client.delete(finished).status_code == 409


def test_cancelling_ends_the_process_that_reads(later, client, imports, monkeypatch):
    monkeypatch.setattr(module, "_LOOK_S", 0.0)
    started = threading.Event()
    run = Parser._run

    def noted(self, *arguments):
        started.set()
        return run(self, *arguments)

    monkeypatch.setattr(Parser, "_run", noted)
    path = later(corpus.drawn_pdf(pages=2000, strokes=200_000), "endless.pdf").headers["Location"]

    def work():
        imports.work("a")
        imports._library.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert started.wait(20)
    assert client.delete(path).json["state"] == "cancelled"
    worker.join(30)
    assert not worker.is_alive()
    assert client.get("/books/").json == []


def test_a_repeat_with_the_same_key_gives_the_same_import_and_then_its_book(later, client, imports):
    key = {"Idempotency-Key": "k"}
    first, second = later(**key), later(**key)
    assert (second.status_code, second.json["id"]) == (202, first.json["id"])
    assert later(b"Another text.", **key).status_code == 422
    assert imports.work("a")
    assert (later(**key).status_code, later(**key).json["id"]) == (200, first.json["id"])
    client.delete("/books/1")
    assert later(**key).status_code == 410
    assert client.get(f"/imports/{first.json['id']}").status_code == 404


def test_a_key_that_waits_for_its_import_is_a_conflict_elsewhere(later, send, client):
    key = {"Idempotency-Key": "k"}
    later(**key)
    assert send(TEXT, headers=key).status_code == 409
    assert client.post("/books/", json={"title": "T", "author": "A"}, headers=key).status_code == 409


def test_imports_are_bounded_in_all_and_for_one_caller(imports):
    def submit(number, caller):
        return imports.submit(io.BytesIO(b"text %d" % number), "a.txt", {}, caller)

    for number in range(6):
        submit(number, "hog")
    with pytest.raises(Busy):
        submit(6, "hog")
    for number in (7, 8):
        submit(number, "another")
    with pytest.raises(Busy):
        submit(9, "third")


def test_the_next_file_is_of_the_caller_with_the_fewest_being_read(imports):
    ids = [imports.submit(io.BytesIO(b"%d" % n), "a.txt", {}, caller)["id"] for n, caller in enumerate("aab")]
    assert [imports._claim("x").id for _ in range(3)] == [ids[0], ids[2], ids[1]]


def test_the_list_shows_the_newest_first(later, client):
    ids = [later(b"Text %d." % number).json["id"] for number in range(3)]
    answer = client.get("/imports?per_page=2")
    assert [one["id"] for one in answer.json] == ids[:0:-1]
    assert answer.headers["X-Total-Count"] == "3"
    assert client.get(f"/imports/{'0' * 32}").status_code == 404


def test_a_start_forgets_what_ended_long_ago_and_files_without_an_import(later, imports, library):
    made = later().json["id"]
    old = later(b"Old.").json["id"]
    imports.cancel(old)
    Import.update(finished_at="2020-01-01").where(Import.id == old).execute()
    with library.pending.receive(io.BytesIO(b"An orphan.")) as upload:
        library.pending.keep(upload)
    imports.tidy()
    assert pending(library) == [TEXT]
    assert [row.id for row in Import.select()] == [made]


def test_two_imports_of_the_same_bytes_need_one_file_and_make_one_book(later, client, imports, library):
    paths = [later(name=name).headers["Location"] for name in ("a.txt", "b.txt")]
    assert pending(library) == [TEXT]
    client.delete(paths[0])
    assert pending(library) == [TEXT]
    again = later(name="c.txt").headers["Location"]
    assert [imports.work("a") for _ in range(3)] == [True, True, False]
    assert [client.get(path).json["book_id"] for path in (*paths, again)] == [None, 1, 1]
    assert pending(library) == []


def test_a_backup_holds_the_imports_that_were_acknowledged(later, imports, library, tmp_path):
    made = later().json
    later(b"Another text.")
    imports.work("a")
    assert transfer.export(library, tmp_path / "export")["pending file"] == 1
    other = Library.open(Settings(data_dir=tmp_path / "other"))
    transfer.restore(other, tmp_path / "export")
    restored = Imports(other, 8)
    assert restored.work("b") or restored.work("b")
    states = {restored.get(one["id"])["state"] for one in restored.listed(1, 9)[0]}
    assert states == {"succeeded"}
    assert restored.get(made["id"])["source"] == "lamp.txt"
    other.close()
    library.db.bind([*MODELS, *JOB_MODELS])


def test_threads_read_what_comes(settings, send, client, library):
    app = create_app(settings, library)
    imports = app.extensions["visis_imports"]
    done = threading.Event()
    work = imports.work

    def noted(owner):
        worked = work(owner)
        if worked:
            done.set()
        return worked

    imports.work = noted
    imports.start(1)
    client = app.test_client()
    answer = client.post("/imports", data={"file": (io.BytesIO(TEXT), "a.txt")})
    assert done.wait(20)
    imports.stop()
    assert client.get(answer.headers["Location"]).json["state"] == "succeeded"


def test_the_request_that_is_kept_names_its_caller(later, library):
    made = later(**{"Visis-Caller": "key-7", "Idempotency-Key": "k"}).json
    row = Import.get_by_id(made["id"])
    assert (row.caller, row.key, json.loads(row.said)["title"]) == ("key-7", "k", None)
    assert isinstance(library, Library)
    assert Imports(library, 8).pending(RequestKey("key-7", "k"))
