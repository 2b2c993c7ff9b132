from __future__ import annotations

import io
import os
import signal
import threading
from collections.abc import Sequence

import numpy as np
import pytest
import soundfile

from bart_service.config import BartSettings
from bart_service.speech import audio, build, mastering, script, webvtt
from bart_service.speech.espeak import EspeakVoice
from bart_service.speech.mastering import Meter, block_powers
from bart_service.speech.script import NotSpeakable
from bart_service.speech.speaker import Speaker, Spoken
from bart_service.speech.voice import UnknownVoice, Utterance, VoiceError

TEXT = "The harbour was quiet. Nobody saw the captain, who had left before dawn. Why?"
STORY = """CHAPTER I

The Harbour

The boats lay still against the old stone wall. Nobody saw the captain, who had left before dawn with a lantern.

His daughter waited at the window until the rain came in from the sea. "Why?" she asked.

* * *

When at last the door opened, it was only the postman.
"""


class FakeVoice:
    """Speaks tones; fails on the sentences that it is made to fail on."""

    def __init__(
        self,
        name: str = "fake",
        *,
        failing: tuple[str, ...] = (),
        sample_rate: int = 24000,
        languages: Sequence[str] = ("en",),
    ) -> None:
        self.name, self._failing, self._rate, self._languages = name, failing, sample_rate, list(languages)
        self.asked: list[tuple[str, str]] = []

    def languages(self) -> list[str]:
        return self._languages

    def speak(self, sentence: str, *, language: str, speed: float) -> Utterance:
        self.asked.append((sentence, language))
        if any(word in sentence for word in self._failing):
            raise VoiceError("timeout")
        tone = np.sin(np.arange(self._rate // 10) / 10) * 8000
        return Utterance(self._rate, tone.astype(np.int16))

    def close(self) -> None:
        pass


@pytest.fixture
def make_speaker():
    made = []

    def make(*tiers: Sequence[object], **settings: object) -> Speaker:
        made.append(Speaker([list(tier) for tier in tiers], **settings))
        return made[-1]

    yield make
    for speaker in made:
        speaker._pool.shutdown()


def whole(spoken: list[Spoken]) -> np.ndarray:
    return np.concatenate([line.samples for line in spoken])


@pytest.fixture(scope="module")
def joe_story(voices_folder, espeak):
    from bart_service.speech.voices import Loader, speakers

    speaker = Speaker([speakers(voices_folder, Loader(espeak), ("piper",)), [espeak]])
    yield list(speaker.speak(STORY, voice="en", speed=1.0))
    speaker._pool.shutdown()


@pytest.fixture(scope="module")
def espeak_story(espeak):
    speaker = Speaker([[espeak]])
    yield list(speaker.speak(STORY, voice="en-GB", speed=1.0))
    speaker._pool.shutdown()


@pytest.fixture(params=["joe_story", "espeak_story"])
def story(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("kind", ["mp3", "wav", "opus"])
def test_a_file_sent_in_pieces_holds_the_whole_speech_and_is_not_silent(espeak, make_speaker, kind):
    speaker = make_speaker([espeak])
    spoken = list(speaker.speak(TEXT, voice="en", speed=1.0))
    chunks = list(speaker.stream(TEXT, kind, voice="en", speed=1.0).chunks)
    assert len(chunks) == len(spoken) + 1 == 4
    samples, rate = soundfile.read(io.BytesIO(b"".join(chunks)))
    assert len(samples) / rate == pytest.approx(len(whole(spoken)) / 22050, abs=0.15)
    assert np.sqrt(np.mean(samples**2)) > 0.02


def test_words_are_marked_where_they_are_spoken(espeak):
    utterance = espeak.speak("Ships sail slowly", language="en")
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
        espeak.speak("Hello", language="zz")
    assert {"en", "en-gb", "de", "fr-fr", "cmn", "zh"} <= set(caught.value.known)


def test_every_language_on_the_list_speaks(espeak):
    silent = [code for code in espeak.languages() if espeak.speak("a b 1", language=code).seconds < 0.1]
    assert silent == []


@pytest.mark.parametrize(
    "text", ["日本語のテキスト。", "😀🎉", "!!!", "—", "a" * 390, "Ünïcödé", "\u202eabc", "[[x]] <b>", "a\0b"]
)
def test_any_text_is_spoken_without_a_crash(espeak, text):
    assert espeak.speak(text).sample_rate == 22050
    assert len(espeak.phonemes([text], "en-us")) == 1


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


def test_the_fallback_speaks_from_the_failing_sentence_on_at_the_same_rate(make_speaker):
    chosen = FakeVoice("online", failing=("captain",))
    offline = FakeVoice("offline", sample_rate=22050, languages=["de", "en"])
    spoken = list(make_speaker([chosen], [offline]).speak(TEXT, voice="en-GB", speed=1.0))
    assert [line.by for line in spoken] == ["online", "offline", "offline"]
    assert {line.utterance.sample_rate for line in spoken} == {24000}
    assert [language for _, language in offline.asked] == ["en", "en"]


def test_a_fallback_for_the_first_sentence_is_named_in_the_stream(make_speaker):
    speaker = make_speaker([FakeVoice("online", failing=("harbour",))], [FakeVoice("offline")])
    stream = speaker.stream(TEXT, "wav", voice="en", speed=1.0)
    assert (stream.voice, stream.fallback) == ("offline", "online failed")


def test_without_a_fallback_a_failing_voice_is_an_error(make_speaker):
    with pytest.raises(VoiceError):
        list(make_speaker([FakeVoice(failing=("harbour",))]).speak(TEXT, voice="en", speed=1.0))


def test_the_nearest_voice_of_the_first_tier_that_has_the_language_speaks(make_speaker):
    british, american = FakeVoice("amy", languages=["en-GB"]), FakeVoice("joe", languages=["en-US"])
    german, offline = FakeVoice("eva", languages=["de-DE"]), FakeVoice("robot", languages=["de", "en", "fr"])
    speaker = make_speaker([british, american, german], [offline])

    def names(wanted: str) -> list[str]:
        return [part.voice.name for part in speaker.cast(wanted).parts]

    assert names("en-GB") == ["amy", "robot"]
    assert names("en") == names("eng") == ["joe", "robot"]
    assert names("ger") == names("de-AT") == ["eva", "robot"]
    assert names("fr-CA") == ["robot"]
    assert names("amy") == ["amy", "robot"]
    assert "no voice for fr among those preferred" in speaker.cast("fr").why


def test_a_language_without_a_voice_is_refused_with_the_list_and_not_read_in_english(make_speaker):
    voice = FakeVoice(languages=["en", "de"])
    with pytest.raises(UnknownVoice) as caught:
        make_speaker([voice]).speak("Szia.", voice="hu", speed=1.0)
    assert (caught.value.name, caught.value.known) == ("hu", ["de", "en"])
    assert voice.asked == []


MIXED = "The old man said it twice. Niemand auf der Brücke sagte auch nur ein Wort dazu. Nobody understood him at all."


def test_a_sentence_in_another_language_has_a_voice_of_that_language(make_speaker):
    american, german = FakeVoice("joe", languages=["en-US"]), FakeVoice("eva", languages=["de-DE"])
    spoken = list(make_speaker([american, german]).speak(MIXED, voice="en", speed=1.0))
    assert [line.by for line in spoken] == ["joe", "eva", "joe"]


def test_without_such_a_voice_of_the_same_kind_the_texts_own_voice_reads_on(make_speaker):
    spoken = make_speaker([FakeVoice("joe")], [FakeVoice("robot", languages=["de", "en"])]).speak(
        MIXED, voice="en", speed=1.0
    )
    assert {line.by for line in spoken} == {"joe"}


def test_a_foreign_voice_that_fails_leaves_the_texts_own(make_speaker):
    german = FakeVoice("eva", languages=["de-DE"], failing=("Niemand",))
    spoken = list(make_speaker([FakeVoice("joe"), german]).speak(MIXED, voice="en", speed=1.0))
    assert [line.by for line in spoken] == ["joe", "joe", "joe"]


def test_sentences_are_spoken_side_by_side_and_come_in_order(make_speaker):
    both = threading.Barrier(2, timeout=30)

    class Meeting(FakeVoice):
        def speak(self, sentence: str, *, language: str, speed: float) -> Utterance:
            if sentence != "Begin.":  # the first has the cores to itself
                both.wait()
            return super().speak(sentence, language=language, speed=speed)

    text = "Begin. One two. Three four. Five six. Seven eight."
    spoken = list(make_speaker([Meeting()], threads=2).speak(text, voice="en", speed=1.0))
    assert [line.text for line in spoken] == text.replace(". ", ".|").split("|")


def test_few_sentences_are_spoken_ahead_of_a_slow_listener(make_speaker):
    voice = FakeVoice()
    spoken = make_speaker([voice], threads=2).speak("One two. " * 500, voice="en", speed=1.0)
    for _ in range(5):
        next(spoken)
    spoken.close()
    assert len(voice.asked) <= 5 + 3


@pytest.mark.parametrize("text", ["...", "* * *", "a" * 100_000])
def test_what_cannot_be_spoken_is_refused_before_the_first_sound(make_speaker, text):
    voice = FakeVoice()
    with pytest.raises(NotSpeakable):
        make_speaker([voice]).stream(text, "mp3", voice="en", speed=1.0)
    assert voice.asked == []


def test_fifty_megabytes_begin_to_be_spoken_at_once(make_speaker):
    text = "The boat lay at the wall. Nobody saw it.\n\n" * 1_200_000
    spoken = make_speaker([FakeVoice()]).speak(text, voice="en", speed=1.0)
    assert next(spoken).text == "The boat lay at the wall."
    spoken.close()


def test_lines_follow_one_another_without_a_gap_in_time(story):
    rate = story[0].utterance.sample_rate
    at = 0
    for line in story:
        assert line.start_s * rate == pytest.approx(at)
        at += len(line.samples)
    assert [STORY[line.start : line.end] for line in story] == [line.text for line in story]


def test_every_word_has_a_time_in_its_line(joe_story):
    marks = str.maketrans("", "", '.,"?')
    for line in joe_story:
        words = [line.text[word.start : word.start + word.length] for word in line.utterance.words]
        assert " ".join(words).translate(marks) == line.text.translate(marks)
        assert all(0 <= word.start_s <= line.utterance.seconds for word in line.utterance.words)


def test_silences_are_as_long_as_the_text_asks(story):
    """From the last sample over -48 dB to the next one; gain changes what is over it by a few milliseconds."""
    sound, rate = whole(story), story[0].utterance.sample_rate
    expected = [
        script.HEADING_S,
        script.HEADING_S,
        script.SENTENCE_S,
        script.PARAGRAPH_S,
        script.SENTENCE_S,
        script.BREAK_S,
    ]
    for line, after, pause_s in zip(story, story[1:], expected, strict=False):
        end, start = round(line.end_s * rate), round(after.start_s * rate)
        loud = np.flatnonzero(np.abs(sound[end - rate // 5 : start + rate // 5]) > 300)
        assert np.diff(loud).max() / rate == pytest.approx(pause_s, abs=0.06)


def test_joins_have_no_clicks(story):
    """Around every join, no step from one sample to the next is larger than a fiftieth of those in the speech."""
    sound, rate = whole(story).astype(np.int32), story[0].utterance.sample_rate
    steps = np.abs(np.diff(sound))
    for line in story:
        for edge_s in (line.start_s, line.end_s):
            edge = round(edge_s * rate)
            near = steps[max(0, edge - rate // 1000) : edge + rate // 1000]
            assert near.max(initial=0) < steps.max() / 50


def test_the_whole_has_the_target_loudness_and_does_not_clip(story):
    meter = Meter()
    meter.add(block_powers(Utterance(story[0].utterance.sample_rate, whole(story))))
    assert meter.integrated() == pytest.approx(mastering.TARGET_LUFS, abs=1.0)
    assert np.abs(whole(story)).max() <= mastering.PEAK * 32768 + 1


def test_cues_are_as_long_as_the_speech_and_escape_markup(make_speaker):
    spoken = list(make_speaker([FakeVoice()]).speak("One < two & three. Next.", voice="en", speed=1.0))
    text = webvtt.write(spoken)
    assert text.startswith("WEBVTT\n\n1\n00:00:00.000 --> 00:00:00.100\n")
    assert "One &lt; two &amp; three." in text
    assert "00:00:00.390 --> " in text  # 100 ms of sound, 350 ms of silence less the 60 ms at its edges


def test_word_cues_name_each_word(espeak, make_speaker):
    spoken = make_speaker([espeak]).speak("Ships sail. Whales dive.", voice="en", speed=1.0)
    cues = [line for line in webvtt.write(spoken, "word").splitlines() if line and "-->" not in line]
    assert [line for line in cues[1:] if not line.isdigit()] == ["Ships", "sail", "Whales", "dive"]


def test_a_number_is_one_word_of_the_text(espeak, make_speaker):
    spoken = make_speaker([espeak]).speak("It cost $5.50 in 1984.", voice="en", speed=1.0)
    [line] = list(spoken)
    assert [line.text[word.start : word.start + word.length] for word in line.utterance.words] == [
        "It", "cost", "$5.50", "in", "1984"
    ]  # fmt: skip


@pytest.mark.parametrize(("rate", "wanted"), [(22050, 24000), (24000, 22050), (16000, 48000)])
def test_resampling_keeps_duration_and_pitch(rate, wanted):
    samples = (np.sin(2 * np.pi * 440 * np.arange(rate) / rate) * 10000).astype(np.int16)
    out = audio.resample(samples, rate, wanted)
    assert len(out) == wanted
    assert np.argmax(np.abs(np.fft.rfft(out))) == pytest.approx(440, abs=2)
    assert audio.resample(samples, rate, rate) is samples


def test_auto_takes_a_neural_voice_that_is_on_disk(voices_folder, tmp_path):
    chosen = build.speaker(BartSettings(home=tmp_path, voices_dir=voices_folder), lambda *_: None)
    try:
        assert chosen.cast("en-GB").parts[0].voice.name == "en-US-joe-medium"
        assert chosen.cast("de").parts[0].voice.name == "espeak"
    finally:
        chosen.stop()


@pytest.mark.parametrize(
    ("speech", "names"), [("auto", ["espeak"]), ("espeak", ["espeak"]), ("piper", []), ("kokoro", [])]
)
def test_without_voices_on_disk_only_espeak_is_left(tmp_path, speech, names):
    chosen = build.speaker(BartSettings(home=tmp_path, speech=speech), lambda *_: None)
    try:
        assert [voice.name for voice in chosen.voices()] == names
    finally:
        chosen.stop()
