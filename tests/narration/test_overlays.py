from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from PIL import Image

from narration import overlays
from narration.overlays import Book, Cue, NotNarratable, Track

JAR = Path("/usr/share/java/epubcheck.jar")  # where Debian has it
OPF = "{http://www.idpf.org/2007/opf}"
SMIL = "{http://www.w3.org/ns/SMIL}"
XHTML = "{http://www.w3.org/1999/xhtml}"
BOOK = Book(
    "Hafen & Meer",
    "A. Writer",
    "en",
    "urn:uuid:0e5b1b0c-6f4c-4d5e-9a39-3f1c2f6b7a10",
    "Joe",
    datetime(2026, 1, 2, tzinfo=UTC),
)
ONE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en">
<head><title>One</title></head>
<body epub:type="bodymatter"><h1>Chapter&#160;I</h1>
<p>The boats lay <em>still</em>. Nobody
  saw the <b>captain. He</b> had left. <i>Why?</i> she asked.</p>
<blockquote><p>It was quiet &amp; cold.</p></blockquote><ul><li>A lantern.</li></ul></body></html>"""
TWO = """<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Two</title></head>
<body><p>The door opened.</p><p>It was the postman.</p></body></html>"""
SENTENCES = ["Chapter I", "The boats lay still.", "Nobody saw the captain.", "He had left.", "Why? she asked.",
    "It was quiet & cold.",
             "A lantern.", "This is nowhere.", "The door opened.", "It was the postman."]  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "one.mp3"
    soundfile.write(path, np.sin(np.arange(24000 * 10) / 10) * 0.3, 24000, format="MP3", subtype="MPEG_LAYER_III")
    return path


@pytest.fixture
def original(tmp_path):
    path = tmp_path / "original.epub"
    package = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title><dc:language>en</dc:language>
<dc:identifier id="id">urn:x:1</dc:identifier><meta property="dcterms:modified">2026-01-01T00:00:00Z</meta></metadata>
<manifest><item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>
<spine><itemref idref="one"/><itemref idref="two"/></spine></package>"""
    nav = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title>N</title></head>
<body><nav epub:type="toc"><ol><li><a href="text/one.xhtml">One</a></li></ol></nav></body></html>"""
    with overlays._new(path) as out:
        for name, text in (("book.opf", package), ("text/one.xhtml", ONE), ("two.xhtml", TWO), ("nav.xhtml", nav)):
            out.writestr(f"OEBPS/{name}", text)
    return path


def cues(texts: list[str]) -> list[Cue]:
    return [Cue(text, float(at), at + 0.8) for at, text in enumerate(texts)]


def checked(path: Path) -> None:
    if shutil.which("java") is None or not JAR.is_file():
        pytest.skip("epubcheck is not installed")
    found = subprocess.run(
        ["java", "-jar", str(JAR), str(path)], capture_output=True, text=True, check=False, timeout=300
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "WARNING" not in found.stderr


def pars(archive: zipfile.ZipFile, name: str) -> list[tuple[str, float, float]]:
    root = ElementTree.fromstring(archive.read(name))
    return [
        (
            par.find(f"{SMIL}text").get("src"),
            float(par.find(f"{SMIL}audio").get("clipBegin")[:-1]),
            float(par.find(f"{SMIL}audio").get("clipEnd")[:-1]),
        )
        for par in root.iter(f"{SMIL}par")
    ]


def by_id(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    root = ElementTree.fromstring(archive.read(name))
    return {
        one.get("id"): " ".join("".join(one.itertext()).split()) for one in root.iter(f"{XHTML}span") if one.get("id")
    }


@pytest.fixture
def written(tmp_path, sound):
    picture = io.BytesIO()
    Image.new("RGB", (60, 80)).save(picture, "PNG")
    tracks = [
        Track(
            "Chapter I", sound, 10.0, [cues(["Chapter I."]), [Cue("Two <b> & 3.", 1.0, 1.5), Cue("Four.", 2.5, 3.0)]]
        ),
        Track("The Door", sound, 10.0, [cues(["It opened."])]),
    ]
    overlays.write(tmp_path / "book.epub", BOOK, tracks, ("image/png", picture.getvalue()))
    return tmp_path / "book.epub"


def test_a_book_of_its_spoken_text_lights_each_sentence_until_the_next(written):
    with zipfile.ZipFile(written) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert by_id(archive, "OEBPS/c0001.xhtml") == {"s1": "Chapter I.", "s2": "Two <b> & 3.", "s3": "Four."}
        assert pars(archive, "OEBPS/c0001.smil") == [
            ("c0001.xhtml#s1", 0.0, 1.0), ("c0001.xhtml#s2", 1.0, 2.5), ("c0001.xhtml#s3", 2.5, 10.0)
        ]  # fmt: skip
        assert b"<h1>" in archive.read("OEBPS/c0001.xhtml")


def test_a_book_of_its_spoken_text_is_valid(written):
    checked(written)


def test_the_original_gets_a_span_around_each_sentence(tmp_path, original, sound):
    target = tmp_path / "out.epub"
    found = overlays.narrate(target, original, [Track("One", sound, 10.0, [cues(SENTENCES)])], narrator="Joe")
    assert found == 9
    with zipfile.ZipFile(target) as archive:
        one = by_id(archive, "OEBPS/text/one.xhtml")
        assert one["visis-1"] == "Chapter I"
        assert one["visis-2"] == "The boats lay still."
        assert one["visis-3"] == "Nobody saw the"  # half of the bold words belongs to the next sentence
        assert one["visis-4"] == "He"
        assert one["visis-5"] == "Why? she asked."
        assert one["visis-6"] == "It was quiet & cold."
        assert by_id(archive, "OEBPS/two.xhtml") == {"visis-9": "The door opened.", "visis-10": "It was the postman."}
        text = "".join(ElementTree.fromstring(archive.read("OEBPS/text/one.xhtml")).itertext()).split()
        assert text == "".join(ElementTree.fromstring(ONE.encode()).itertext()).split()
        assert pars(archive, "OEBPS/visis/page-0000.smil")[-1] == ("../text/one.xhtml#visis-7", 6.0, 8.0)
        assert pars(archive, "OEBPS/visis/page-0001.smil") == [
            ("../two.xhtml#visis-9", 8.0, 9.0), ("../two.xhtml#visis-10", 9.0, 10.0)
        ]  # fmt: skip


def test_the_narrated_original_is_valid(tmp_path, original, sound):
    overlays.narrate(tmp_path / "out.epub", original, [Track("One", sound, 10.0, [cues(SENTENCES)])], narrator="Joe")
    checked(tmp_path / "out.epub")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"OEBPS/book.opf": b"<package xmlns='http://www.idpf.org/2007/opf' version='2.0'/>"}, "not an EPUB 3"),
        ({"OEBPS/book.opf": b"<package"}, "damaged"),
        ({"OEBPS/text/one.xhtml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}, "damaged"),
        ({"OEBPS/text/one.xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'/>"}, "only 2 of 10"),
        ({"META-INF/container.xml": b"<x/>"}, "no package"),
    ],
)
def test_what_cannot_be_narrated_is_refused_and_leaves_nothing(tmp_path, original, sound, damage, reason):
    broken = tmp_path / "broken.epub"
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(broken, "w") as out:
        for name in source.namelist():
            out.writestr(name, damage.get(name, source.read(name)))
    with pytest.raises(NotNarratable, match=reason):
        overlays.narrate(tmp_path / "out.epub", broken, [Track("One", sound, 10.0, [cues(SENTENCES)])])
    assert not (tmp_path / "out.epub").exists()


def test_a_file_that_is_no_archive_is_refused(tmp_path, sound):
    (tmp_path / "x.epub").write_bytes(b"no zip")
    with pytest.raises(NotNarratable, match="damaged"):
        overlays.narrate(tmp_path / "out.epub", tmp_path / "x.epub", [Track("One", sound, 10.0, [cues(SENTENCES)])])


def test_a_sound_of_another_type_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"one of \.mp3"):
        overlays.write(tmp_path / "b.epub", BOOK, [Track("One", tmp_path / "a.wav", 1.0, [cues(["x"])])])
