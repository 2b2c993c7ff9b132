"""Deleting a book frees its space, and leaves nothing of it on the disk."""

import io

import pytest

from catalog_service import database
from catalog_service.app import create_app
from catalog_service.config import Settings
from catalog_service.housekeeping import Housekeeping, erase
from catalog_service.jobs.summaries import Summaries
from catalog_service.jobs.tables import Job, JobPart, Part
from catalog_service.library import Library
from tests.catalog_service.stored import add_summary

SENTENCE = "The heron of Aldermoor kept seventeen brass keys under the mill."
SUMMARY = "Seventeen keys lie under the mill of Aldermoor."


def bytes_in(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def holding(folder, *words):
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words):
            found.append(path.name)
    return found


@pytest.fixture
def sqlite(tmp_path):
    settings = Settings(data_dir=tmp_path)
    library = Library.open(settings)
    yield settings, library
    library.close()


def test_a_deleted_book_leaves_no_byte_in_files_audio_parts_database_and_index(sqlite):
    settings, library = sqlite
    client = create_app(settings, library).test_client()
    summaries = Summaries(library.db, library.audio)
    kept = library.create({"title": "Kept", "author": "A"}, "Another book stays. " * 2000).book_id
    erase(library.db)
    before = bytes_in(settings.folder)
    text = "\n\n".join(f"Part {number}. {SENTENCE} " + "And so it went on. " * 100 for number in range(300))
    book = library.import_file(io.BytesIO(text.encode()), "keys.txt", {}).book_id
    document = f'{{"summary": "{SUMMARY}"}}'
    add_summary(library, summaries, book, audio=b"ID3" + SENTENCE.encode() * 1000, document=document)
    database.query(library.db, "PRAGMA wal_checkpoint(TRUNCATE)")
    full = bytes_in(settings.folder)
    assert full > before + 2 * len(text)
    assert holding(settings.folder, SENTENCE)
    assert holding(settings.folder, SUMMARY)
    assert client.delete(f"/books/{book}").status_code == 204
    assert library.deleted.is_set()
    assert list(library.files.all()) == list(library.audio.all()) == []
    assert Part.select().count() == 0
    erase(library.db)
    assert holding(settings.folder, SENTENCE, SUMMARY, "aldermoor", "Aldermoor", "keys.txt") == []
    assert bytes_in(settings.folder) - before < 0.02 * (full - before)
    assert client.get(f"/books/{kept}/pages/1").status_code == 200
    assert {hit["book_id"] for hit in client.get("/search?q=another").json} == {kept}
    assert client.get("/search?q=heron").json == []


def test_deleting_a_summary_removes_its_audio_at_once(library):
    summaries = Summaries(library.db, library.audio)
    book = library.create({"title": "T", "author": "A"}, "Text.").book_id
    first, second = (add_summary(library, summaries, book, audio=b"the same") for _ in range(2))
    summaries.delete(second)
    assert len(list(library.audio.all())) == 1
    summaries.delete(first)
    assert len(list(library.audio.all())) == 1  # it arrived again after this summary was stored
    summaries.delete(add_summary(library, summaries, book, audio=b"the same"))
    assert list(library.audio.all()) == []


def test_audio_that_another_book_or_an_unfinished_job_uses_stays(library):
    summaries = Summaries(library.db, library.audio)
    books = [library.create({"title": "T", "author": "A"}, "Text.").book_id for _ in range(2)]
    for book in books:
        add_summary(library, summaries, book, audio=b"the same")
    library.delete(books[0])
    assert len(list(library.audio.all())) == 1
    summaries.keep_audio(io.BytesIO(b"the same"))
    library.delete(books[1])
    assert len(list(library.audio.all())) == 1


def test_a_part_that_another_book_uses_stays(library):
    summaries = Summaries(library.db, library.audio)
    first, second = (library.create({"title": "T", "author": "A"}, "Text.").book_id for _ in range(2))
    for book in (first, second):
        add_summary(library, summaries, book)
    shared = JobPart.select().join(Job, on=(Job.id == JobPart.job_id)).where(Job.book_id == first).get().key
    JobPart.insert(job_id=Job.get(Job.book_id == second).id, position="2", key=shared).execute()
    library.delete(first)
    assert Part.select().where(Part.key == shared).exists()
    library.delete(second)
    assert Part.select().count() == 0


def test_a_database_of_an_earlier_release_is_rebuilt_so_that_it_can_shrink(tmp_path):
    settings = Settings(data_dir=tmp_path)
    library = Library.open(settings)
    library.create({"title": "T", "author": "A"}, "Text.")
    database.query(library.db, "PRAGMA auto_vacuum = 0")
    database.query(library.db, "VACUUM")
    library.close()
    library = Library.open(settings)
    assert database.query(library.db, "PRAGMA auto_vacuum").fetchone()[0] == 2
    assert library.books.page(1, 1).text == "Text."
    library.close()


def test_the_housekeeping_erases_after_a_deletion(library, settings):
    book = library.create({"title": "T", "author": "A"}, f"{SENTENCE} " * 500).book_id
    library.delete(book)
    Housekeeping(library, settings).erase()
    if not settings.database_url:
        assert holding(settings.folder, SENTENCE) == []
    assert library.books.listed(1, 5) == ([], 0)
