from __future__ import annotations

import io
import os
import signal

import numpy as np
import pytest
import soundfile

from bart_service.speech import audio, webvtt
from bart_service.speech.espeak import EspeakVoice
from bart_service.speech.speaker import LONGEST_CHARS, Speaker, pieces
from bart_service.speech.voice import UnknownVoice, Utterance, VoiceError

TEXT = "The harbour was quiet. Nobody saw the captain, who had left before dawn. Why?"


@pytest.fixture(scope="module")
def espeak():
    voice = EspeakVoice()
    yield voice
    voice.close()


class FakeVoice:
    """Speaks tones; fails on the sentences it is told to."""

    def __init__(self, name: str = "fake", *, failing: tuple[str, ...] = (), sample_rate: int = 24000) -> None:
        self.name, self._failing, self._rate = name, failing, sample_rate
        self.asked: list[tuple[str, str]] = []

    def speak(self, sentence: str, *, voice: str, speed: float) -> Utterance:
        self.asked.append((sentence, voice))
        if any(word in sentence for word in self._failing):
            raise VoiceError("timeout")
        tone = np.sin(np.arange(self._rate // 10) / 10) * 8000
        return Utterance(self._rate, tone.astype(np.int16))

    def close(self) -> None:
        pass


@pytest.mark.parametrize("kind", ["mp3", "wav", "ogg"])
def test_a_file_sent_in_pieces_holds_the_whole_speech_and_is_not_silent(espeak, kind):
    spoken = list(Speaker(espeak).speak(TEXT, voice="en", speed=1.0))
    stream = Speaker(espeak).stream(TEXT, kind, voice="en", speed=1.0)
    chunks = list(stream.chunks)
    assert len(chunks) == len(spoken) + 1 == 4
    samples, rate = soundfile.read(io.BytesIO(b"".join(chunks)))
    expected_s = sum(one.utterance.seconds for one in spoken)
    assert len(samples) / rate == pytest.approx(expected_s, abs=0.15)
    assert np.sqrt(np.mean(samples**2)) > 0.02


def test_words_are_marked_where_they_are_spoken(espeak):
    utterance = espeak.speak("Ships sail slowly", voice="en")
    assert ["Ships sail slowly"[word.start : word.start + word.length] for word in utterance.words] == [
        "Ships", "sail", "slowly"
    ]  # fmt: skip
    starts = [word.start_s for word in utterance.words]
    assert starts == sorted(starts)
    assert 0 < starts[-1] < utterance.seconds


def test_speed_shortens_the_speech(espeak):
    slow, fast = (espeak.speak(TEXT, speed=speed).seconds for speed in (0.7, 1.8))
    assert slow > 1.8 * fast


def test_an_unknown_language_is_refused_with_those_known(espeak):
    with pytest.raises(UnknownVoice) as caught:
        espeak.speak("Hello", voice="zz")
    assert {"en", "de", "fr"} <= set(caught.value.known)


@pytest.mark.parametrize(
    "text", ["日本語のテキスト。", "😀🎉", "!!!", "—", "a" * 390, "Ünïcödé", "\u202eabc", "[[x]] <b>"]
)
def test_any_text_is_spoken_without_a_crash(espeak, text):
    utterance = espeak.speak(text)
    assert utterance.sample_rate == 22050


def test_a_child_that_died_is_replaced(espeak):
    espeak.speak("one")
    os.kill(espeak._child.pid, signal.SIGKILL)
    espeak._child.wait()
    assert espeak.speak("two").seconds > 0.1


def test_a_child_that_hangs_is_killed_and_replaced():
    voice = EspeakVoice(timeout_s=0.3)
    try:
        voice.speak("one")
        os.kill(voice._child.pid, signal.SIGSTOP)
        with pytest.raises(VoiceError, match="timeout"):
            voice.speak("two")
        assert voice.speak("three").seconds > 0.1
    finally:
        voice.close()


def test_a_long_sentence_is_cut_and_nothing_is_lost():
    text = "word " * 500
    assert all(len(piece) <= LONGEST_CHARS for piece in pieces(text))
    assert "".join(pieces(text)).replace(" ", "") == text.replace(" ", "")


def test_the_fallback_speaks_from_the_failing_sentence_on_at_the_same_rate():
    chosen, offline = FakeVoice("online", failing=("captain",)), FakeVoice("offline", sample_rate=22050)
    spoken = list(Speaker(chosen, fallback=offline).speak(TEXT, voice="en-GB", speed=1.0))
    assert [one.by for one in spoken] == ["online", "offline", "offline"]
    assert {one.utterance.sample_rate for one in spoken} == {24000}
    assert [voice for _, voice in offline.asked] == ["en", "en"]


def test_a_fallback_for_the_first_sentence_is_named_in_the_stream():
    stream = Speaker(FakeVoice("online", failing=("harbour",)), fallback=FakeVoice("offline")).stream(
        TEXT, "wav", voice="en", speed=1.0
    )
    assert (stream.voice, stream.fallback) == ("offline", "online failed")


def test_without_a_fallback_a_failing_voice_is_an_error():
    with pytest.raises(VoiceError):
        list(Speaker(FakeVoice(failing=("harbour",))).speak(TEXT, voice="en", speed=1.0))


def test_cues_follow_one_another_and_escape_markup(espeak):
    spoken = list(Speaker(espeak).speak("One <b> two & three. Next.", voice="en", speed=1.0))
    text = webvtt.write(spoken)
    assert text.startswith("WEBVTT\n\n1\n00:00:00.000 --> 00:00:0")
    assert "One &lt;b&gt; two &amp; three." in text
    assert text.count(" --> ") == 2
    times = [line.split(" --> ") for line in text.splitlines() if " --> " in line]
    assert times[0][1] == times[1][0]


def test_word_cues_name_each_word(espeak):
    spoken = Speaker(espeak).speak("Ships sail. Whales dive.", voice="en", speed=1.0)
    cues = [line for line in webvtt.write(spoken, "word").splitlines() if line and "-->" not in line]
    assert [line for line in cues[1:] if not line.isdigit()] == ["Ships", "sail", "Whales", "dive"]


def test_resampling_keeps_the_duration():
    samples = (np.sin(np.arange(22050) / 20) * 10000).astype(np.int16)
    assert len(audio.resample(samples, 22050, 24000)) == 24000
    assert audio.resample(samples, 22050, 22050) is samples
