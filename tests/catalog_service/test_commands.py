"""The operator's commands, on both databases."""

import os

import pytest

from benchmarks import catalog_corpus as corpus
from catalog_service import commands, database
from catalog_service.jobs.tables import MODELS as JOB_MODELS
from catalog_service.library import Library
from catalog_service.tables import MODELS
from deploy.local import SETTINGS_STATUS


@pytest.fixture
def run(settings, library, monkeypatch, capsys):
    """Runs a command as a process of its own would; returns status, output and errors."""
    monkeypatch.setenv("CATALOG_DATA_DIR", str(settings.folder))
    if settings.database_url:
        monkeypatch.setenv("CATALOG_DATABASE_URL", settings.database_url.get_secret_value())

    def go(*arguments):
        with pytest.raises(SystemExit) as stopped:
            commands.main(arguments)
        library.db.bind([*MODELS, *JOB_MODELS])
        printed = capsys.readouterr()
        return int(stopped.value.code), printed.out, printed.err

    before = os.umask(0o022)
    yield go
    os.umask(before)


def test_what_a_command_writes_is_for_its_user_alone(run, tmp_path, monkeypatch):
    monkeypatch.setenv("CATALOG_DATA_DIR", str(tmp_path / "new" / "catalog"))
    monkeypatch.delenv("CATALOG_DATABASE_URL", raising=False)
    assert run("init")[0] == 0
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


@pytest.fixture
def shelf(tmp_path):
    folder = tmp_path / "shelf"
    folder.mkdir()
    for name, content in corpus.sound(1).items():
        (folder / name).write_bytes(content)
    (folder / "broken.pdf").write_bytes(b"no pdf")
    return folder


def test_files_and_folders_are_imported_and_refused_ones_named(run, shelf, settings):
    status, out, err = run("import", str(shelf))
    assert status == 1
    assert out.count("imported") == 5
    assert "broken.pdf" in err
    assert run("import", str(shelf / "book.txt"))[1].startswith("known")


def test_an_export_is_restored_whole(run, shelf, library, tmp_path, settings):
    run("import", str(shelf))
    before = library.books.listed(1, 100)
    pages = [library.books.page(book["id"], 1) for book in before[0]]
    chapters = [library.books.chapters(book["id"], 1) for book in before[0]]
    status, out, _ = run("export", str(tmp_path / "export"))
    assert status == 0
    assert out.startswith("exported 5 books, 23 pages, 12 chapters, 0 receipts, 0 imports, 0 summaries, ")
    assert out.endswith(", 5 files, 0 audio files, 0 pending files\n")
    for book in before[0]:
        library.delete(book["id"])
    assert run("restore", str(tmp_path / "export"))[0] == 0
    assert library.books.listed(1, 100) == before
    assert [library.books.page(book["id"], 1) for book in before[0]] == pages
    assert [library.books.chapters(book["id"], 1) for book in before[0]] == chapters
    assert run("check") == (0, "0 faults found\n", "")
    assert library.create({"title": "T", "author": "A"}).book_id > max(book["id"] for book in before[0])


def test_an_export_that_is_cut_off_is_not_restored(run, shelf, library, tmp_path):
    run("import", str(shelf / "book.txt"))
    run("export", str(tmp_path / "export"))
    records = tmp_path / "export" / "catalog.ndjson"
    records.write_text("\n".join(records.read_text().splitlines()[:-1]))
    library.delete(library.books.listed(1, 1)[0][0]["id"])
    status, _, err = run("restore", str(tmp_path / "export"))
    assert status == 2
    assert "not complete" in err
    assert library.books.listed(1, 1) == ([], 0)


def test_a_library_with_books_is_not_restored_into(run, shelf, tmp_path):
    run("import", str(shelf / "book.txt"))
    run("export", str(tmp_path / "export"))
    assert run("restore", str(tmp_path / "export"))[0] == 2


def test_an_export_does_not_write_into_a_folder_that_is_there(run, tmp_path):
    status, _, err = run("export", str(tmp_path))
    assert status == 2
    assert "exists already" in err


def test_check_finds_missing_damaged_and_foreign_files_and_wrong_counts(run, shelf, library):
    run("import", str(shelf / "book.txt"), str(shelf / "book.pdf"))
    first, second = (library.original(book["id"])[0] for book in library.books.listed(1, 2)[0])
    first.write_bytes(b"changed")
    second.unlink()
    foreign = library.files.path("ab" + "0" * 62)
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_bytes(b"")
    library.books.change(1, {"page_count": 99})
    status, out, _ = run("check")
    assert status == 1
    for word in ("is damaged", "is missing", "belongs to no book", "book 1 has", "4 faults found"):
        assert word in out


def test_repair_removes_files_of_no_book_that_are_older_than_an_hour_and_nothing_else(run, shelf, library):
    run("import", str(shelf / "book.txt"), str(shelf / "book.pdf"))
    kept = set(library.files.all())
    old, new = (character * 64 for character in "ab")
    for sha256 in (old, new):
        library.files.path(sha256).parent.mkdir(exist_ok=True)
        library.files.path(sha256).write_bytes(b"")
    for sha256 in (old, *kept):
        os.utime(library.files.path(sha256), (0, 0))
    note = library.files.path(old).with_name("note")
    note.write_bytes(b"")
    os.utime(note, (0, 0))
    missing = min(kept)
    library.files.remove(missing)
    status, out, _ = run("check", "--repair")
    assert status == 1
    assert f"removed the file {old}, which belonged to no book" in out
    assert f"the file {new} belongs to no book" in out
    assert f"the file {missing} is missing" in out
    assert set(library.files.all()) == (kept | {new, "note"}) - {missing}


def test_a_setting_that_is_wrong_is_one_line(run, monkeypatch):
    monkeypatch.setenv("CATALOG_PARSRES", "2")
    assert run("check") == (
        2,
        "",
        "catalog_service: CATALOG_PARSRES is not a setting of catalog_service; did you mean CATALOG_PARSERS?\n",
    )


def test_a_path_that_is_not_there_is_one_line(run, tmp_path):
    status, _, err = run("import", str(tmp_path / "nowhere.pdf"))
    assert status == 1
    assert err == f"Error: {tmp_path}/nowhere.pdf: No such file or directory\n"


def test_init_twice_changes_nothing(run, shelf):
    assert run("init")[0] == 0
    run("import", str(shelf / "book.txt"))
    assert run("init")[0] == 0
    assert run("check")[0] == 0


def test_migrations_go_down_and_up_again(settings, tmp_path, postgresql_server, request):
    if settings.database_url:
        address = postgresql_server.create(f"down_{tmp_path.name.lower().replace('-', '_')[-40:]}")
        settings = settings.model_copy(update={"database_url": type(settings.database_url)(address)})
    library = Library.open(settings)
    library.create({"title": "Kept", "author": "A"}, "One page.")
    names = ["0002_search", "0003_chapters", "0004_language", "0005_metadata", "0100_jobs", "0101_job_messages"]
    names += ["0102_checksums", "0110_receipts_per_caller", "0120_imports"]
    assert [database.revert(library.db, settings.folder) for _ in names] == [[name] for name in reversed(names)]
    assert database.migrate(library.db, settings.folder) == names
    assert library.books.get(1)["title"] == "Kept"
    assert [book["id"] for book in library.books.listed(1, 5, library_query("kept"))[0]] == [1]
    backups = list((settings.folder / "backups").glob("*.sqlite3"))
    assert len(backups) == (0 if settings.database_url else len(names) + 1)
    library.close()


def library_query(words):
    from catalog_service.books import Wanted

    return Wanted(q=words)


@pytest.fixture
def fresh(settings, tmp_path, request):
    """Settings of a database without tables."""
    if not settings.database_url:
        return settings
    name = f"fresh_{request.node.name.lower().replace('-', '_').replace('[', '_').rstrip(']')[-40:]}"
    address = request.getfixturevalue("postgresql_server").create(name)
    return settings.model_copy(update={"database_url": type(settings.database_url)(address)})


def test_migrations_are_reverted_in_the_order_in_which_they_were_applied(fresh, tmp_path, monkeypatch):
    every = database.MIGRATIONS
    older = tmp_path / "older"
    older.mkdir()
    first = ["0001_books", "0002_search", "0003_chapters", "0100_jobs"]
    for name in first:
        (older / f"{name}.py").symlink_to(every / f"{name}.py")
    monkeypatch.setattr(database, "MIGRATIONS", older)
    db = database.open_database(fresh)
    assert database.migrate(db, fresh.folder) == first
    monkeypatch.setattr(database, "MIGRATIONS", every)
    later = database.migrate(db, fresh.folder)
    assert [database.revert(db, fresh.folder) for _ in later] == [[name] for name in reversed(later)]
    assert database.revert(db, fresh.folder) == ["0100_jobs"]
    db.close()


def test_a_schema_newer_than_the_code_is_refused_with_what_to_do_and_nothing_is_changed(fresh, monkeypatch, capsys):
    Library.open(fresh).close()
    db = database.open_database(fresh)
    database.query(db, "INSERT INTO schema_migration (name, applied) VALUES ('0999_future', '2030-01-01')")
    db.close()
    monkeypatch.setenv("CATALOG_DATA_DIR", str(fresh.folder))
    if fresh.database_url:
        monkeypatch.setenv("CATALOG_DATABASE_URL", fresh.database_url.get_secret_value())
    before = sorted(fresh.folder.rglob("*"))
    for arguments in ((), ("check",), ("migrate",), ("migrate", "--down")):
        with pytest.raises(SystemExit) as stopped:
            commands.main(arguments)
        assert stopped.value.code == 2
        printed = capsys.readouterr().err
        assert "newer release (migrations: 0999_future)" in printed
        assert "Start that release" in printed
    assert sorted(fresh.folder.rglob("*")) == before


@pytest.mark.parametrize("name", ["catalog", "catalog/files", "catalog/pictures"])
def test_serving_from_a_folder_that_cannot_be_written_says_so_in_one_line(tmp_path, monkeypatch, capsys, name):
    """`make run` then ends, too, for a restart would not help."""
    monkeypatch.setenv("CATALOG_DATA_DIR", str(tmp_path / "catalog"))
    monkeypatch.setattr(commands, "serve", lambda *_arguments: pytest.fail("it started"))
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("a file where a folder belongs")
    before = os.umask(0o022)
    with pytest.raises(SystemExit) as stopped:
        commands.main([])
    os.umask(before)
    assert stopped.value.code == SETTINGS_STATUS
    printed = capsys.readouterr().err
    assert printed.startswith(f"catalog_service: cannot write to {tmp_path / name}: ")
    assert printed.count("\n") == 1
