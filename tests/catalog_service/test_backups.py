"""Backups have everything, stop nobody, are verified, and are restored into either database."""

import io
import json
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks import catalog_corpus as corpus
from catalog_service import database, transfer
from catalog_service.audit import audit
from catalog_service.backups import Backups
from catalog_service.config import Settings
from catalog_service.housekeeping import Housekeeping
from catalog_service.imports import Imports
from catalog_service.jobs.summaries import Summaries
from catalog_service.jobs.tables import MODELS as JOB_MODELS
from catalog_service.library import Library
from catalog_service.receipts import RequestKey
from catalog_service.tables import MODELS
from catalog_service.transfer import TransferError
from tests.catalog_service.stored import add_summary


@pytest.fixture
def full(library, tmp_path):
    """A library with imported books, summaries, jobs, parts, audio, receipts and a file that waits to be imported."""
    for name, content in corpus.sound(1).items():
        path = tmp_path / name
        path.write_bytes(content)
        with path.open("rb") as file:
            library.import_file(file, name, {}, key=RequestKey("someone", name))
    summaries = Summaries(library.db, library.audio)
    for audio in (None, b"ID3 spoken", b"ID3 again"):
        add_summary(library, summaries, 1, audio=audio)
    Imports(library, 8).submit(io.BytesIO(b"A text that waits."), "waits.txt", {}, "someone")
    return library


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request, tmp_path, settings):
    """An empty library, of either kind; gives the models back to the first one."""
    kind = Settings(data_dir=tmp_path / "other")
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        name = re.sub(r"\W", "_", f"other_{tmp_path.parent.name}_{tmp_path.name}".lower())[-60:]
        kind = Settings(data_dir=tmp_path / "other", database_url=server.create(name))
    library = Library.open(kind)
    yield library
    library.close()


def everything(library):
    library.db.bind([*MODELS, *JOB_MODELS])
    rows = {kind: list(transfer._rows_of(model)) for kind, model in transfer._KINDS.items()}
    for page in rows["page"]:
        del page["id"]
    rows["page"].sort(key=lambda page: (page["book_id"], page["number"]))
    stored = {
        (store, name): files.path(name).read_bytes()
        for store, files in transfer._stores(library).items()
        for name in files.all()
    }
    return rows, stored


def test_a_backup_is_restored_with_everything_into_either_database(full, other, tmp_path):
    before = everything(full)
    assert all(before[0].values())
    assert len(before[1]) == 8
    path = Backups(tmp_path / "backups", keep=2).write(full)
    other.db.bind([*MODELS, *JOB_MODELS])
    counts = transfer.restore(other, path)
    assert counts["summary"] == 3
    assert everything(other) == before
    assert list(transfer.compare(other, path)) == []
    assert list(audit(other)) == []
    new = other.create({"title": "New", "author": "A"}, "Text.").book_id
    assert new == 6
    assert list(transfer.compare(other, path)) == ["books: 1 only in the library", "pages: 1 only in the library"]
    full.db.bind([*MODELS, *JOB_MODELS])


def test_writers_go_on_while_a_backup_is_written(library, settings, tmp_path, monkeypatch):
    """The export stops in the middle of its rows until others have written: a lock would make both wait for ever."""
    for number in range(3):
        library.create({"title": f"T{number}", "author": "A"}, "Text. " * 500)
    reached, written = threading.Event(), threading.Event()
    rows = transfer._rows

    def slow():
        for count, row in enumerate(rows()):
            if count == 2:
                reached.set()
                assert written.wait(30)
            yield row

    monkeypatch.setattr(transfer, "_rows", slow)
    found = []

    def back_up():
        found.append(transfer.export(library, tmp_path / "export"))
        library.close()

    thread = threading.Thread(target=back_up)
    thread.start()
    assert reached.wait(30)
    library.create({"title": "Meanwhile", "author": "A"}, "Text.")
    library.delete(1)
    written.set()
    thread.join()
    assert found[0]["book"] == 3
    assert library.books.listed(1, 5)[1] == 3


def test_a_file_that_is_deleted_while_a_backup_is_written_is_in_it(full, tmp_path, monkeypatch):
    write = transfer._write_records

    def delete_first(target):
        full.files.remove(sorted(full.files.all())[0])
        return write(target)

    monkeypatch.setattr(transfer, "_write_records", delete_first)
    assert transfer.export(full, tmp_path / "export")["file"] == 5


def test_only_the_newest_backups_stay_and_what_was_cut_off_goes(full, tmp_path):
    folder = tmp_path / "backups"
    backups = Backups(folder, keep=2)
    for day in range(3):
        (folder / f"2026010{day}T000000Z").mkdir(parents=True)
    (folder / "20260109T000000Z.partial").mkdir()
    (folder / "20260101T000000000000-before-0003.sqlite3").write_bytes(b"")
    path = backups.write(full)
    assert [one.name for one in backups.all()] == ["20260102T000000Z", path.name]
    assert sorted(one.name for one in folder.iterdir() if one not in backups.all()) == [
        "20260101T000000000000-before-0003.sqlite3",
        "backups.lock",
    ]


def test_a_damaged_library_is_not_backed_up_and_earlier_backups_stay(full, settings, tmp_path):
    backups = Backups(settings.backup_folder, keep=1)
    first = backups.write(full)
    database.query(full.db, "UPDATE pages SET text = replace(text, 'a', 'e') WHERE book_id = 1")
    with pytest.raises(TransferError, match="a page is damaged"):
        backups.write(full)
    assert backups.all() == [first]


@pytest.mark.parametrize("damage", ["records", "file", "audio", "missing", "cut"])
def test_a_damaged_backup_is_not_restored(full, tmp_path, damage):
    path = tmp_path / "export"
    transfer.export(full, path)
    other = Library.open(Settings(data_dir=tmp_path / "other"))
    records = path / transfer.RECORDS
    if damage == "records":
        records.write_bytes(records.read_bytes().replace(b'"title"', b'"titel"', 1))
    elif damage == "cut":
        records.write_bytes(b"".join(records.read_bytes().splitlines(keepends=True)[:-3]))
    else:
        victim = next((path / ("audio" if damage == "audio" else "files")).iterdir())
        victim.unlink()
        if damage != "missing":
            victim.write_bytes(b"changed")
    with pytest.raises(TransferError, match=r"damaged|missing|complete|read"):
        transfer.restore(other, path)
    assert everything(other)[0]["book"] == []
    other.close()


def test_an_export_of_version_1_is_restored(full, tmp_path):
    path = tmp_path / "export"
    transfer.export(full, path)
    lines = [json.loads(line) for line in (path / transfer.RECORDS).read_text().splitlines()]
    old = [{"kind": one["kind"], **one["row"]} for one in lines if one["kind"] in ("book", "page", "chapter")]
    for record in old:
        for name in ("checksum", "title_key", "author_key", "subtitle", "subjects"):
            record.pop(name, None)
    counts = {kind: sum(one["kind"] == kind for one in old) for kind in ("book", "page", "chapter")}
    old.append({"kind": "end", "version": 1, "counts": counts})
    (path / transfer.RECORDS).write_text("\n".join(map(json.dumps, old)))
    other = Library.open(Settings(data_dir=tmp_path / "other"))
    assert transfer.restore(other, path)["book"] == 5
    assert other.books.page(1, 1).text
    assert [book["id"] for book in other.books.listed(1, 5)[0]] == [1, 2, 3, 4, 5]
    other.close()


def test_the_schedule_writes_when_the_last_backup_is_old_enough(full, settings, monkeypatch):
    folder = settings.backup_folder
    housekeeping = Housekeeping(full, settings.model_copy(update={"backup_every_h": 2.0}))
    housekeeping.back_up_if_due()
    (first,) = Backups(folder, 3).all()
    housekeeping.back_up_if_due()
    assert Backups(folder, 3).all() == [first]
    old = folder / (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y%m%dT%H%M%SZ")
    first.rename(old)
    housekeeping.back_up_if_due()
    assert len(Backups(folder, 3).all()) == 2


def test_no_backup_is_scheduled_of_an_empty_library_or_if_it_is_switched_off(library, settings):
    Housekeeping(library, settings).back_up_if_due()
    library.create({"title": "T", "author": "A"})
    Housekeeping(library, settings.model_copy(update={"backup_every_h": 0.0})).back_up_if_due()
    assert Backups(settings.backup_folder, 3).all() == []


def test_a_backup_that_fails_is_not_tried_again_at_once(full, settings, monkeypatch):
    database.query(full.db, "UPDATE pages SET text = 'x' WHERE book_id = 1")
    tried = []
    export = transfer.export

    def counted(library, target):
        tried.append(target)
        return export(library, target)

    monkeypatch.setattr(transfer, "export", counted)
    housekeeping = Housekeeping(full, settings)
    for _ in range(2):
        housekeeping.back_up_if_due()
    assert len(tried) == 1
    assert Backups(settings.backup_folder, 3).all() == []
