"""MP3 pieces become one file that decodes to all of their sound, with a length and chapters players can read."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from job_runner import mp3

RATE = 22_050


def encoded(seconds, tone=440.0, rate=RATE):
    samples = 0.4 * np.sin(np.arange(int(seconds * rate)) * 2 * np.pi * tone / rate)
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="MP3", subtype="MPEG_LAYER_III")
    return file.getvalue()


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_the_frames_of_a_stream_sound_as_long_as_it_does(rate):
    found = mp3.frames(encoded(3.0, rate=rate))
    assert mp3.seconds(found) == pytest.approx(3.0, abs=0.15)
    assert {frame.sample_rate for frame in found} == {rate}


def test_the_joined_file_decodes_to_all_the_sound_in_order():
    pieces = [mp3.frames(encoded(seconds, tone)) for seconds, tone in ((1.0, 300), (2.0, 900))]
    joined = mp3.join(pieces, "Title")
    samples, rate = soundfile.read(io.BytesIO(joined))
    assert rate == RATE
    assert len(samples) / rate == pytest.approx(sum(map(mp3.seconds, pieces)), abs=0.1)
    for at, tone in ((0.5, 300), (2.0, 900)):
        window = samples[int(at * rate) : int(at * rate) + 4096]
        assert np.argmax(np.abs(np.fft.rfft(window))) * rate / 4096 == pytest.approx(tone, abs=10)


def test_the_length_frame_tells_frames_and_bytes_and_an_ascending_table():
    pieces = [mp3.frames(encoded(20.0))]
    joined = mp3.join(pieces, "")
    at = joined.index(b"Xing")
    flags, frames, size = (int.from_bytes(joined[at + 4 * n : at + 4 * n + 4], "big") for n in (1, 2, 3))
    table = joined[at + 16 : at + 116]
    assert (flags, frames) == (7, len(pieces[0]))
    assert size == len(joined) - joined.index(joined[at - 13 : at])
    assert list(table) == sorted(table)
    assert table[0] < 5
    assert table[99] > 245


def test_reading_a_joined_file_again_gives_the_same_frames():
    pieces = [mp3.frames(encoded(1.0)), mp3.frames(encoded(0.5))]
    again = mp3.frames(mp3.join(pieces, "Title", [mp3.Mark("One", 0.0), mp3.Mark("Two", 1.0)]))
    assert again == [*pieces[0], *pieces[1]]


def test_chapter_marks_stand_in_the_tag_with_their_times():
    joined = mp3.join([mp3.frames(encoded(2.0))], "Book", [mp3.Mark("Erstes", 0.0), mp3.Mark("Zweites ☂", 1.25)])
    tag = joined[: joined.index(b"Xing")]
    assert tag.count(b"CHAP") == 2
    assert "Zweites ☂".encode("utf-16") in tag
    second = tag.index(b"chp1\0", tag.index(b"CHAP", tag.index(b"CHAP") + 1)) + 5
    assert int.from_bytes(tag[second : second + 4], "big") == 1250


@pytest.mark.parametrize("data", [b"RIFF....WAVE", b"\xff\xfb\x90", b"\xff" * 64, b"\x00" * 64])
def test_what_is_not_mp3_is_refused(data):
    with pytest.raises(mp3.NotMp3):
        mp3.frames(data)


def test_a_stream_that_is_cut_off_is_refused():
    with pytest.raises(mp3.NotMp3):
        mp3.frames(encoded(1.0)[:-7])


def test_pieces_of_different_sample_rates_are_refused():
    with pytest.raises(mp3.NotMp3):
        mp3.join([mp3.frames(encoded(0.5)), mp3.frames(encoded(0.5, rate=24_000))], "")


def test_nothing_joins_to_nothing():
    assert mp3.join([], "Title") == b""
