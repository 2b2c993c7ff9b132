"""Bits that flip on the disk become problems that name the repair, never wrong text."""

import random

import pytest

from catalog_service import commands, database
from catalog_service.app import create_app
from catalog_service.config import Settings
from catalog_service.jobs.store import Jobs
from catalog_service.jobs.summaries import Summaries
from catalog_service.jobs.tables import JobPart, Part
from catalog_service.library import Library
from contract.jobs import FinishedPart
from tests.catalog_service.stored import add_summary

CHAPTERS = (f"Chapter {at}\n\n" + f"The keeper lit lamp {at} and wrote. " * 60 for at in range(1, 40))
TEXT = "\n\n".join(CHAPTERS)
PLAIN = {"Accept": "text/plain"}


def texts_of(client, book_id, pages):
    return [client.get(f"/books/{book_id}/pages/{number}", headers=PLAIN) for number in range(1, pages + 1)]


def test_a_flipped_bit_is_never_served_as_text(tmp_path):
    settings = Settings(data_dir=tmp_path / "kept")
    library = Library.open(settings)
    book = library.create({"title": "Lamps", "author": "A"}, TEXT).book_id
    pages = library.books.get(book)["page_count"]
    right = [answer.data for answer in texts_of(create_app(settings, library).test_client(), book, pages)]
    database.query(library.db, "PRAGMA wal_checkpoint(TRUNCATE)")
    library.close()
    whole = (settings.folder / database.SQLITE_NAME).read_bytes()
    chance, refused, found = random.Random(7), 0, 0
    for trial in range(24):
        damaged = bytearray(whole)
        for place in chance.sample(range(len(whole) // 3, len(whole)), 64):
            damaged[place] ^= 1 << chance.randrange(8)
        other = Settings(data_dir=tmp_path / str(trial))
        other.folder.mkdir()
        (other.folder / database.SQLITE_NAME).write_bytes(damaged)
        try:
            library = Library.open(other)
        except database.DatabaseDamagedError:
            refused += 1
            continue
        client = create_app(other, library).test_client()
        answers = texts_of(client, book, pages)
        for answer, text in zip(answers, right, strict=True):
            if answer.status_code == 200:
                assert answer.data == text
            else:
                found += 1
                assert answer.status_code == 500
                assert answer.json["type"] == "/problems#stored-data-damaged"
                assert "restore" in answer.json["detail"]
        whole_text = client.get(f"/books/{book}/text", headers=PLAIN)
        assert (whole_text.status_code == 200) == all(answer.status_code == 200 for answer in answers)
        library.close()
    assert refused < 24
    assert found > 0


def damage(library, table, column, where):
    cast = f"replace({column}, 'lamp', 'lump')"
    database.query(library.db, f"UPDATE {table} SET {column} = {cast} WHERE {where}")


@pytest.fixture
def damaged(library, client):
    book = library.create({"title": "Lamps", "author": "A"}, TEXT).book_id
    damage(library, "pages", "text", "number = 3")
    return book


def test_a_damaged_page_is_a_problem_that_names_the_repair(damaged, client):
    answer = client.get(f"/books/{damaged}/pages/3")
    assert (answer.status_code, answer.json["type"]) == (500, "/problems#stored-data-damaged")
    assert f"Page 3 of book {damaged} is damaged" in answer.json["detail"]
    assert "import it again" in answer.json["detail"]
    assert client.get(f"/books/{damaged}/pages/2").status_code == 200
    assert client.get(f"/books/{damaged}/text?first_page=1&last_page=2").status_code == 200
    assert client.get(f"/books/{damaged}/text").status_code == 500


def test_a_page_that_is_missing_is_damage_and_not_a_404(damaged, library, client):
    database.query(library.db, "DELETE FROM pages WHERE number = 2")
    assert client.get(f"/books/{damaged}/pages/2").json["type"] == "/problems#stored-data-damaged"
    assert client.get(f"/books/{damaged}/text").status_code == 500
    assert client.get(f"/books/{damaged}/pages/100000").status_code == 404


def test_two_pages_that_changed_places_are_damaged(damaged, library, client):
    for old, new in ((1, -1), (2, 1), (-1, 2)):
        database.query(library.db, "UPDATE pages SET number = ? WHERE number = ?", (new, old))
    assert [client.get(f"/books/{damaged}/pages/{number}").status_code for number in (1, 2)] == [500, 500]


def test_a_search_shows_nothing_of_a_damaged_page(damaged, client):
    hits = client.get("/search?q=keeper").json
    assert {hit["page_number"]: hit["snippet"] for hit in hits}[3] == ""
    assert all("<mark>" in hit["snippet"] for hit in hits if hit["page_number"] != 3)


def test_check_names_damaged_pages_summaries_and_audio(damaged, library, settings, client, monkeypatch, capsys):
    summaries = Summaries(library.db, library.audio)
    whole, silent, spoken = (add_summary(library, summaries, damaged, audio=audio) for audio in (b"a", None, b"b"))
    damage(library, "summaries", "document", f"id = '{silent}'")
    audio = summaries.audio(spoken).path
    audio.write_bytes(b"c")
    assert client.get(f"/summaries/{whole}").status_code == 200
    with client.get(f"/summaries/{whole}/audio") as answer:
        assert answer.data == b"a"
    for path in (f"/summaries/{silent}", f"/books/{damaged}/summaries", f"/summaries/{spoken}/audio"):
        answer = client.get(path)
        assert (answer.status_code, answer.json["type"]) == (500, "/problems#stored-data-damaged")
    monkeypatch.setenv("CATALOG_DATA_DIR", str(settings.folder))
    if settings.database_url:
        monkeypatch.setenv("CATALOG_DATABASE_URL", settings.database_url.get_secret_value())
    with pytest.raises(SystemExit) as stopped:
        commands.main(["check"])
    assert stopped.value.code == 1
    printed = capsys.readouterr().out
    assert f"page 3 of book {damaged} is damaged: restore a backup, or import the book again" in printed
    assert f"summary {silent} is damaged" in printed
    assert f"the audio {audio.name} is damaged" in printed
    assert "3 faults found" in printed


def test_a_damaged_part_is_made_again(library):
    summaries = Summaries(library.db, library.audio)
    book = library.create({"title": "T", "author": "A"}, "Text.").book_id
    add_summary(library, summaries, book)
    jobs = Jobs(library.db, max_attempts=3)
    part = Part.select().get()
    assert list(jobs.find_parts([part.key])) == [part.key]
    damage(library, "parts", "output", "1 = 1")
    assert jobs.find_parts([part.key]) == {}
    new = FinishedPart(key=part.key, kind="chunk", made_by="m", output={"text": "Anew."}, seconds=1.0, position="2")
    jobs._place(JobPart.select().get().job_id, new)
    assert jobs.find_parts([part.key]) == {part.key: {"text": "Anew."}}
