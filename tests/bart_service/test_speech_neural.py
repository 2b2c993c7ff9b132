from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bart_service.speech import voices
from bart_service.speech.neural import kokoro_phonemes
from bart_service.speech.voice import UnknownVoice, VoiceError
from bart_service.speech.voices import Loader, installed, speakers

TEXT = "Nobody saw the captain, who had left out of the harbour before dawn."


@pytest.fixture(scope="module")
def loader(espeak):
    return Loader(espeak)


@pytest.fixture(scope="module")
def joe(voices_folder, loader):
    [voice] = speakers(voices_folder, loader, ("piper",))
    return voice


@pytest.fixture(scope="module")
def alpha(kokoro_folder, loader):
    return speakers(kokoro_folder, loader, ("kokoro",))[0]


def sounding(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean((samples / 32768) ** 2)))


@pytest.mark.parametrize("name", ["joe", "alpha"])
def test_a_sentence_has_sound_and_a_time_for_each_word(request, name):
    voice = request.getfixturevalue(name)
    utterance = voice.speak(TEXT, language="en-US", speed=1.0)
    assert 3 < utterance.seconds < 7
    assert sounding(utterance.samples) > 0.02
    words = [TEXT[word.start : word.start + word.length] for word in utterance.words]
    assert words == [
        "Nobody",
        "saw",
        "the",
        "captain",
        "who",
        "had",
        "left",
        "out of",
        "the",
        "harbour",
        "before",
        "dawn",
    ]
    starts = [word.start_s for word in utterance.words]
    assert starts == sorted(starts)
    assert 0 < starts[0] < 0.6
    assert utterance.seconds * 0.7 < starts[-1] < utterance.seconds


@pytest.mark.parametrize(("name", "frame"), [("joe", 256), ("alpha", 600)])
def test_durations_add_up_to_the_audio(request, loader, name, frame):
    voice = request.getfixturevalue(name)
    model, phonemiser = loader.get(voice)
    symbols = [symbol for clause in phonemiser.write(TEXT) for symbol in model.symbols(clause, 0, "en-us")]
    network = model._network
    seen = []
    model._network = type("Spy", (), {"run": lambda _self, feeds: seen.append(network.run(feeds)) or seen[-1]})()
    try:
        model.run(symbols, speaker=voice.speaker.name, speed=1.0)
    finally:
        model._network = network
    audio, durations = seen[0]
    assert durations.sum() == len(audio)
    assert not (durations % frame).any()


def test_a_pause_in_the_sound_is_where_the_comma_is(joe):
    utterance = joe.speak(TEXT, language="en-US", speed=1.0)
    who = next(word for word in utterance.words if TEXT[word.start :].startswith("who"))
    rate = utterance.sample_rate
    around = utterance.samples[int((who.start_s - 0.25) * rate) : int((who.start_s + 0.02) * rate)]
    frames = np.abs(around[: len(around) // 220 * 220].reshape(-1, 220)).mean(axis=1)
    assert frames.min() < np.abs(utterance.samples).mean() / 20


def test_the_same_sentence_always_sounds_the_same_also_at_once(joe):
    with ThreadPoolExecutor(2) as pool:
        texts = [TEXT, "The ferry would not cross that day.", TEXT]
        first, _, second = pool.map(lambda text: joe.speak(text, language="en-US", speed=1.0), texts)
    assert np.array_equal(first.samples, second.samples)
    assert first.words == second.words


def test_speed_shortens_a_neural_voice(joe):
    slow, fast = (joe.speak(TEXT, language="en-US", speed=speed).seconds for speed in (0.7, 1.6))
    assert slow > 1.7 * fast


def test_a_sentence_longer_than_one_run_is_spoken_whole(joe):
    long = "and the boat went on over the dark water " * 12
    utterance = joe.speak(long, language="en-US", speed=1.0)
    assert len(utterance.words) == 9 * 12
    assert utterance.seconds > 20


def test_text_without_any_sound_is_an_empty_utterance(joe):
    assert len(joe.speak("... !", language="en-US", speed=1.0).samples) == 0


def test_a_voice_speaks_its_own_language_only(joe):
    with pytest.raises(UnknownVoice):
        joe.speak("Hallo", language="de", speed=1.0)


def test_several_speakers_of_one_folder_are_voices_of_their_own(kokoro_folder, loader):
    first, second = speakers(kokoro_folder, loader, ("kokoro",))
    assert (first.name, second.name) == ("kokoro/jf_alpha", "kokoro/jm_kumo")
    one, other = (voice.speak("Good morning.", language="en-US", speed=1.0) for voice in (first, second))
    assert not np.array_equal(one.samples, other.samples)


def test_a_folder_without_a_manifest_is_no_voice_and_a_bad_one_is_left_out(tmp_path, voices_folder):
    shutil.copytree(voices_folder / "en-US-joe-medium", tmp_path / "whole")
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / voices.GRAPH).write_bytes(b"x")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / voices.MANIFEST).write_text('{"id": "bad"}')
    assert [path.name for path, _ in installed(tmp_path)] == ["whole"]
    assert installed(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (voices.GRAPH, b"damaged", "damaged-file"),
        (voices.CONFIG, b"{}", "damaged-file"),
        (voices.GRAPH, None, "cannot-read"),
    ],
)
def test_a_damaged_voice_is_refused(tmp_path, voices_folder, espeak, name, data, reason):
    folder = tmp_path / "joe"
    shutil.copytree(voices_folder / "en-US-joe-medium", folder)
    (folder / name).unlink() if data is None else (folder / name).write_bytes(data)
    [voice] = speakers(tmp_path, Loader(espeak), ("piper",))
    with pytest.raises(VoiceError, match=reason):
        voice.speak("Hello.", language="en-US", speed=1.0)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [(voices.GRAPH, b"no graph", "foreign-model"), (voices.CONFIG, b"{}", "damaged-configuration"),
     (voices.CONFIG, b"[]", "damaged-configuration")],
)  # fmt: skip
def test_a_voice_of_another_kind_is_refused(tmp_path, voices_folder, espeak, name, data, reason):
    source = voices_folder / "en-US-joe-medium"
    (tmp_path / name).write_bytes(data)
    manifest = json.loads((source / voices.MANIFEST).read_text())
    about = {key: value for key, value in manifest.items() if key not in ("id", "files", "format")}
    files = {one: source / one for one in (voices.GRAPH, voices.CONFIG)} | {name: tmp_path / name}
    voices.install(tmp_path / "voices" / "odd", files, about)
    [voice] = speakers(tmp_path / "voices", Loader(espeak), ("piper",))
    with pytest.raises(VoiceError, match=reason):
        voice.load()


def test_a_row_says_what_the_manifest_says(joe, espeak):
    row = voices.describe(joe)
    assert (row.id, row.engine, row.languages, row.quality, row.licence) == (
        "en-US-joe-medium", "piper", ("en-US",), "medium", "CC0-1.0"
    )  # fmt: skip
    assert voices.describe(espeak).engine == "espeak"


def test_few_graphs_are_kept(voices_folder, espeak, tmp_path):
    for name in ("a", "b"):
        shutil.copytree(voices_folder / "en-US-joe-medium", tmp_path / name)
    loader = Loader(espeak, most=1)
    first, second = speakers(tmp_path, loader, ("piper",))
    first.load()
    second.load()
    assert list(loader._slots) == [second.folder]


@pytest.mark.parametrize(
    ("phonemes", "language", "kokoro"),
    [("tʃˈɜːtʃ", "en-us", "ʧˈɜɹʧ"), ("ɡˈoʊ", "en-us", "ɡˈO"), ("ɡˈəʊ", "en-gb", "ɡˈQ"), ("bˈʌtn̩", "en-us", "bˈʌtᵊn"),
     ("dʒˈɔɪ", "en-us", "ʤˈY"), ("ˈotto", "it", "ˈotto"), ("tʃˈao", "it", "ʧˈao")],
)  # fmt: skip
def test_kokoro_has_letters_of_its_own(phonemes, language, kokoro):
    assert kokoro_phonemes(phonemes, language) == kokoro
