from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from narration import m4b
from narration.m4b import Chapter, NotAudio

av = pytest.importorskip("av", reason="PyAV is not installed")
RATE = 24_000
TAGS = {
    "title": "Hafen",
    "artist": "A. Writer",
    "album": "Hafen",
    "composer": "Joe",
    "date": "1850",
    "genre": "Audiobook",
}


def tone(path, hertz: float, seconds: float, **form: str):
    soundfile.write(path, np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE) * 0.3, RATE, **form)
    return path


@pytest.fixture
def chapters(tmp_path):
    made = []
    for number, hertz in enumerate((300, 600, 900), start=1):
        parts = [tone(tmp_path / f"{number}-{part}.wav", hertz, 1.5) for part in (1, 2)]
        m4b.encode(parts, tmp_path / f"{number}.m4a")
        made.append(Chapter(f"Chapter {number} é", tmp_path / f"{number}.m4a"))
    return made


def pitch(samples: np.ndarray, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))


@pytest.mark.parametrize(
    "form", [{"format": "WAV"}, {"format": "MP3", "subtype": "MPEG_LAYER_III"}, {"format": "OGG", "subtype": "OPUS"}]
)
def test_parts_of_any_kind_become_one_file(tmp_path, form):
    parts = [tone(tmp_path / f"{part}.sound", 440, 1.0, **form) for part in (1, 2)]
    seconds = m4b.encode(parts, tmp_path / "out.m4a")
    assert seconds == pytest.approx(2.0, abs=0.12)
    assert not list(tmp_path.glob("*.part"))


def test_a_book_has_its_chapters_tags_and_cover(tmp_path, chapters):
    picture = io.BytesIO()
    Image.new("RGB", (60, 80), (200, 10, 10)).save(picture, "JPEG")
    marks = m4b.bind(chapters, tmp_path / "book.m4b", tags=TAGS, cover=("image/jpeg", picture.getvalue()))
    assert [mark.title for mark in marks] == ["Chapter 1 é", "Chapter 2 é", "Chapter 3 é"]
    assert (tmp_path / "book.m4b").read_bytes()[4:12] == b"ftypM4B "
    with av.open(str(tmp_path / "book.m4b")) as book:
        found = book.chapters()
        starts = [float(one["start"] * one["time_base"]) for one in found]
        assert starts == pytest.approx([mark.start_s for mark in marks], abs=0.002)
        assert [one["metadata"]["title"] for one in found] == [mark.title for mark in marks]
        assert {name: book.metadata.get(name) for name in TAGS} == TAGS
        assert book.streams.video[0].codec_context.name == "mjpeg"


def test_each_chapter_sounds_where_its_mark_is(tmp_path, chapters):
    marks = m4b.bind(chapters, tmp_path / "book.m4b", tags=TAGS)
    with av.open(str(tmp_path / "book.m4b")) as book:
        rate = book.streams.audio[0].rate
        samples = np.concatenate([frame.to_ndarray()[0] for frame in book.decode(audio=0)])
    for mark, hertz in zip(marks, (300, 600, 900), strict=True):
        inside = samples[round((mark.start_s + 0.1) * rate) : round((mark.end_s - 0.1) * rate)]
        assert pitch(inside, rate) == pytest.approx(hertz, abs=2)
    assert marks[-1].end_s == pytest.approx(9.0, abs=0.2)


def test_what_is_not_sound_is_refused_and_leaves_nothing(tmp_path, chapters):
    (tmp_path / "text").write_text("no sound")
    with pytest.raises(NotAudio, match="text is not a sound file"):
        m4b.encode([tmp_path / "text"], tmp_path / "out.m4a")
    with pytest.raises(NotAudio, match="no sound to encode"):
        m4b.encode([], tmp_path / "out.m4a")
    with pytest.raises(ValueError, match="at least one"):
        m4b.bind([], tmp_path / "book.m4b", tags={})
    with pytest.raises(ValueError, match="image/jpeg"):
        m4b.bind(chapters, tmp_path / "book.m4b", tags={}, cover=("image/gif", b""))
    assert not (tmp_path / "out.m4a").exists()
    assert not (tmp_path / "book.m4b").exists()
