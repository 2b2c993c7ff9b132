"""Pictures: made once by a child process, bounded in bytes, served from files."""

import io
import os
import random
import time

import pytest
from PIL import Image

from benchmarks import catalog_corpus as corpus
from bookreader import parser as parser_module
from bookreader.document import FileProblemError
from bookreader.limits import Limits
from bookreader.parser import Parser
from bookreader.turns import Client
from catalog_service import pictures
from catalog_service.pictures import Pictures


@pytest.fixture
def tasks(monkeypatch):
    """The pictures that child processes were asked for."""
    asked = []
    make = Parser.pictures

    def note(self, task, *arguments, **named):
        asked.append(task)
        return make(self, task, *arguments, **named)

    monkeypatch.setattr(parser_module.Parser, "pictures", note)
    return asked


@pytest.fixture
def shelf(tmp_path):
    """Makes a store of so many bytes; `shelf.add` puts a file beside it, as the catalog keeps files."""

    def make(max_bytes=1 << 30):
        return Pictures(tmp_path / "pictures", Parser(Limits(nice=0), wall_s=100, parallel=2, queue=8), max_bytes)

    def add(content, name="ab" * 32):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    make.add = add
    return make


def image(width, height, kind="PNG", noise=False, **options):
    """The bytes of a picture."""
    made = Image.new("RGB", (width, height), "red")
    if noise:
        made = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def with_cover(content):
    return corpus.epub([("A", "Words.")], **{"OPS/cover.png": content})


def cover(store, path):
    return store.get("cover", path, "cover", Client(), kind="epub")


def opened(stored):
    with Image.open(stored.path) as found:
        found.load()
        return found


def test_a_picture_is_made_once_and_then_served_from_its_file(shelf, tasks):
    store, path = shelf(), shelf.add(with_cover(image(30, 40)))
    first, second = cover(store, path), cover(store, path)
    assert tasks == ["cover"]
    assert first == second
    assert first.path.read_bytes() == image(30, 40)


def test_a_padded_cover_costs_nothing_but_its_pixels(shelf):
    """120 MiB behind a picture of ten by ten pixels pack into 120 KiB."""
    path = shelf.add(with_cover(image(10, 10) + bytes(120 << 20)))
    assert path.stat().st_size < 1 << 20
    stored = cover(shelf(), path)
    assert (stored.media_type, opened(stored).size) == ("image/png", (10, 10))
    assert stored.path.stat().st_size < 1000


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(image(3200, 3200, noise=True), "image/jpeg"), (image(1600, 3200, "JPEG", quality=95), "image/png")],
)
def test_a_large_cover_is_scaled(shelf, content, media_type):
    stored = cover(shelf(), shelf.add(with_cover(content)))
    assert max(opened(stored).size) == 1600
    assert stored.path.stat().st_size < 4 << 20
    assert stored.media_type == media_type


def test_a_picture_with_too_many_pixels_is_none(shelf):
    path = shelf.add(with_cover(image(5000, 5000)))
    with pytest.raises(FileProblemError, match="pixels allowed"):
        cover(shelf(), path)


def test_a_picture_that_cannot_be_made_is_not_tried_again_at_once(shelf, tasks):
    store, path = shelf(), shelf.add(with_cover(b"no picture"))
    for _ in range(3):
        with pytest.raises(FileProblemError, match="can be shown"):
            cover(store, path)
    assert tasks == ["cover"]
    (kept,) = path.parent.glob("pictures/*/*/cover.none")
    os.utime(kept, (0, time.time() - pictures.FORGET_S - 1))
    with pytest.raises(FileProblemError):
        cover(store, path)
    assert tasks == ["cover", "cover"]


def test_the_least_used_pictures_go_when_there_are_too_many_bytes(shelf):
    store = shelf(max_bytes=50_000)
    paths = [shelf.add(with_cover(image(60, 60, noise=True)), f"{number:064}") for number in range(6)]
    for number, path in enumerate(paths):
        os.utime(cover(store, path).path, (0, time.time() - 1000 + number))
        assert sum(size for _, size, _ in store._files()) <= 50_000
    left = {path.parent.name for *_, path in store._files()}
    assert paths[-1].name in left
    assert paths[0].name not in left


def test_sizes_are_measured_without_drawing_and_kept(shelf, tasks):
    store, path = shelf(), shelf.add(with_cover(image(30, 40)))
    asked = ("epub_images", path, "images-1", Client())
    (found,) = store.listed(*asked, names=["OPS/cover.png"])
    assert (found.width, found.height, found.size) == (30, 40, 0)
    assert store.listed(*asked, names=["OPS/cover.png"]) == [found]
    assert tasks == ["epub_images"]


def test_the_child_may_write_no_more_than_allowed(tmp_path):
    path = tmp_path / "a.epub"
    path.write_bytes(with_cover(image(300, 300, noise=True)))
    parser = Parser(Limits(max_output_bytes=1000), wall_s=100)
    with (tmp_path / "out").open("wb") as out, pytest.raises(FileProblemError, match="1,000 bytes"):
        parser.pictures("cover", path, out, kind="epub")
    assert (tmp_path / "out").stat().st_size <= 1000


def test_the_pictures_of_a_book_go_with_it(send, client, settings):
    book = send(corpus.epub([("A", "Words.")]), "a.epub").json
    client.get(f"/books/{book['id']}/cover", buffered=True)
    client.get(f"/books/{book['id']}/pages/1/images")
    assert len(list((settings.folder / "pictures").glob("??/*/*"))) == 2
    assert client.delete(f"/books/{book['id']}").status_code == 204
    assert list((settings.folder / "pictures").glob("??/*")) == []
