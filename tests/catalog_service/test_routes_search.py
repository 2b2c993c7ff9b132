"""Search over pages, and the list's filters and orders."""

import pytest

from catalog_service import search
from catalog_service.database import is_sqlite, query


@pytest.fixture
def shelf(client):
    """Three books; returns their ids by title."""
    books = [
        ("Night Ferry", "Quentin Alder", "en", "The keeper lit the green lamp. " * 5 + "\n\nA heron <stood> still."),
        ("Lamp Street", "B. Sallow", "en-GB", "Nobody lit the lamp on the corner of the Café, _ever_."),
        ("Ufer", "K. Alder", "de", "Der Reiher stand am Ufer."),
    ]
    return {
        title: client.post("/books/", json={"title": title, "author": a, "language": la, "text": text}).json["id"]
        for title, a, la, text in books
    }


def titles(answer):
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("lamp", {"Night Ferry", "Lamp Street"}),
        ("LAMP keeper", {"Night Ferry"}),
        ('"green lamp"', {"Night Ferry"}),
        ('"lamp green"', set()),
        ("lamp -corner", {"Night Ferry"}),
        ('lamp -"the corner"', {"Night Ferry"}),
        ("reiher", {"Ufer"}),
        ("ever", {"Lamp Street"}),
        ("zebra", set()),
        ("green-lamp", {"Night Ferry"}),
        ("AND OR NOT lamp", set()),
        ("lamp) OR (heron*", set()),
        ("text:lamp", set()),
        ("lamp & heron | !x", set()),
        ("'lamp' ^2", set()),
        ("stood", {"Night Ferry"}),
        ("café", {"Lamp Street"}),
        ("CAFE", {"Lamp Street"}),
    ],
)
def test_a_search_finds_the_pages_with_all_words(client, shelf, q, found):
    assert set(titles(client.get("/search", query_string={"q": q}))) == found


def test_a_hit_tells_where_it_is_with_the_words_marked_and_the_rest_escaped(client, shelf):
    answer = client.get("/search?q=heron")
    (hit,) = answer.json
    assert hit["book_id"] == shelf["Night Ferry"]
    assert hit["url"] == f"/books/{shelf['Night Ferry']}/pages/1"
    assert "<mark>heron</mark>" in hit["snippet"]
    assert "&lt;stood&gt;" in hit["snippet"]
    assert answer.headers["X-Total-Count"] == "1"


def test_hits_are_ranked_and_paged(client, shelf):
    first = client.get("/search?q=lamp&per_page=1")
    second = client.get("/search?q=lamp&per_page=1&page=2")
    assert first.headers["X-Total-Count"] == "2"
    assert 'rel="next"' in first.headers["Link"]
    assert first.json[0]["score"] >= second.json[0]["score"]
    assert {first.json[0]["title"], second.json[0]["title"]} == {"Night Ferry", "Lamp Street"}


@pytest.mark.parametrize("q", ['"open', "-lamp", "!!!", "", " ", "a\x00b", "x" * 501, "w " * 33])
@pytest.mark.parametrize("path", ["/search", "/books/"])
def test_a_query_that_cannot_be_read_is_refused(client, q, path):
    answer = client.get(path, query_string={"q": q})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "q"


def test_a_deleted_book_is_found_no_more(client, shelf):
    client.delete(f"/books/{shelf['Ufer']}")
    assert titles(client.get("/search?q=reiher")) == []
    assert titles(client.get("/books/?q=ufer")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=lamp", ["Lamp Street"]),
        ("q=alder", ["Night Ferry", "Ufer"]),
        ("q=ald", ["Night Ferry", "Ufer"]),
        ("q=night alder", ["Night Ferry"]),
        ("author=alder", ["Night Ferry", "Ufer"]),
        ("author=night", []),
        ("language=en", ["Night Ferry", "Lamp Street"]),
        ("language=en-GB", ["Lamp Street"]),
        ("q=alder&language=de", ["Ufer"]),
        ("sort=title", ["Lamp Street", "Night Ferry", "Ufer"]),
        ("sort=-title", ["Ufer", "Night Ferry", "Lamp Street"]),
        ("sort=-id", ["Ufer", "Lamp Street", "Night Ferry"]),
        ("sort=-created_at", ["Ufer", "Lamp Street", "Night Ferry"]),
    ],
)
def test_the_list_is_filtered_and_sorted(client, shelf, query, found):
    answer = client.get(f"/books/?{query}")
    assert titles(answer) == found
    assert answer.headers["X-Total-Count"] == str(len(found))


def test_the_links_of_a_filtered_list_keep_the_filter(client, shelf):
    link = client.get("/books/?q=alder&sort=-title&per_page=1").headers["Link"]
    assert '</books/?q=alder&sort=-title&page=2&per_page=1&after=3>; rel="next"' in link


def test_an_unknown_order_is_refused(client):
    assert client.get("/books/?sort=weight").status_code == 422


def test_a_changed_title_is_found_by_its_new_words(client, shelf):
    client.patch(f"/books/{shelf['Ufer']}", json={"title": "Strand"})
    assert titles(client.get("/books/?q=strand")) == ["Strand"]
    assert titles(client.get("/books/?q=ufer")) == []


def test_words_on_very_many_pages_find_as_others_do_but_do_not_weigh(client, shelf, library, monkeypatch):
    monkeypatch.setattr(search, "WEIGHED", 2)
    assert titles(client.get("/search?q=lamp")) == ["Night Ferry", "Lamp Street"]
    assert titles(client.get("/search?q=lamp corner")) == ["Lamp Street"]
    assert titles(client.get("/search?q=lamp&page=2&per_page=1")) == ["Lamp Street"]
    assert client.get("/search?q=lamp").headers["X-Total-Count"] == "2"


def test_a_search_looks_the_words_up_once_not_for_each_page_that_has_them(library):
    if is_sqlite(library.db):
        plan = query(
            library.db, f"EXPLAIN QUERY PLAN {search._SQLITE.format(within='')}", ("lamp", "lamp", 9, 9, 0)
        ).fetchall()
        assert [row[3].rpartition(" ")[2] for row in plan if "VIRTUAL TABLE" in row[3]] == ["0:M1", "0:M1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("古い灯台守の話をする。", "灯台守"),
        ("他住在上海的老房子里。", "上海"),
        ("เขาอยู่ในบ้านเก่า", "บ้าน"),
        ("यह काम है।", "काम"),
        ("Noc w Łodzi była długa.", "lodzi"),
        ("Das Große Haus.", "grosse"),
        ("A so\u00adft ﬁnish.", "soft finish"),
    ],
)
def test_words_of_any_script_are_found_however_they_are_written(client, text, words):
    book = client.post("/books/", json={"title": "T", "author": "A", "text": text}).json
    found = client.get("/search", query_string={"q": words}).json
    assert [hit["book_id"] for hit in found] == [book["id"]]
    assert "<mark>" in found[0]["snippet"]
    assert 0 <= found[0]["start"] < found[0]["end"] <= len(text)


def test_a_search_can_stay_within_a_book(client):
    books = [client.post("/books/", json={"title": "T", "author": "A", "text": "A lamp."}).json for _ in range(3)]
    found = client.get("/search", query_string={"q": "lamp", "book_id": books[1]["id"]})
    assert [hit["book_id"] for hit in found.json] == [books[1]["id"]]
    assert found.headers["X-Total-Count"] == "1"
    assert f"book_id={books[1]['id']}" in found.headers["Link"]


def test_words_that_differ_in_a_vowel_sign_are_not_the_same(client):
    for title in ("काम", "कम", "कि मैं"):
        client.post("/books/", json={"title": title, "author": "A", "text": title})
    assert [hit["title"] for hit in client.get("/search", query_string={"q": "काम"}).json] == ["काम"]
    assert [book["title"] for book in client.get("/books/", query_string={"q": "काम"}).json] == ["काम"]
