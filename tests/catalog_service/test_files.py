"""Files kept by their hash."""

import hashlib
import io
import os

import pytest

from catalog_service.files import STALE_S, FileStore
from catalog_service.library import safe_name


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path)


def test_a_kept_file_lies_under_its_hash_and_twice_is_once(store):
    for _ in range(2):
        with store.receive(io.BytesIO(b"tale")) as upload:
            store.keep(upload)
    sha256 = hashlib.sha256(b"tale").hexdigest()
    assert list(store.all()) == [sha256]
    assert store.path(sha256).read_bytes() == b"tale"


def test_what_is_not_kept_leaves_nothing(store, tmp_path):
    with pytest.raises(ZeroDivisionError), store.receive(io.BytesIO(b"tale")):
        raise ZeroDivisionError
    assert list((tmp_path / "incoming").iterdir()) == list(store.all()) == []


def test_only_old_leftovers_are_swept(store, tmp_path):
    old, new = tmp_path / "incoming" / "old", tmp_path / "incoming" / "new"
    old.touch()
    new.touch()
    past = new.stat().st_mtime - STALE_S - 60
    os.utime(old, (past, past))
    assert store.sweep() == 1
    assert new.exists()
    assert not old.exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\books\\a.txt", "a.txt"),
        ("a\x00\n.txt", "a.txt"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
        ("", "file"),
        ("..", ".."),
        ("\ud800", "file"),
    ],
)
def test_a_file_name_is_made_harmless(name, safe):
    assert safe_name(name) == safe
