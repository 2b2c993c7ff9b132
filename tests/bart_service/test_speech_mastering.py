from __future__ import annotations

import numpy as np
import pytest

from bart_service.speech import mastering
from bart_service.speech.mastering import Leveller, Meter, block_powers, limited, silence, trim
from bart_service.speech.voice import Utterance, Word


def tone(seconds: float, level: float, rate: int = 48_000, hertz: float = 997.0) -> Utterance:
    wave = np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * level * 32767
    return Utterance(rate, wave.astype(np.int16))


def loudness(*utterances: Utterance) -> float | None:
    meter = Meter()
    for utterance in utterances:
        meter.add(block_powers(utterance))
    return meter.integrated()


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_a_full_scale_sine_of_997_hz_is_3_01_lufs_below_zero(rate):
    assert loudness(tone(5, 1.0, rate)) == pytest.approx(-3.01, abs=0.05)  # ITU-R BS.1770-4, annex 1


def test_low_sounds_count_for_less_and_high_ones_for_more():
    middle = loudness(tone(3, 0.5))
    assert loudness(tone(3, 0.5, hertz=30)) < middle - 6
    assert loudness(tone(3, 0.5, hertz=8000)) == pytest.approx(middle + 3.3, abs=0.3)


def test_silence_and_very_soft_sound_are_gated():
    loud = tone(5, 0.25)
    assert loudness(loud, Utterance(48_000, silence(20, 48_000)), tone(5, 0.01)) == pytest.approx(
        loudness(loud), abs=0.1
    )
    assert loudness(Utterance(48_000, silence(5, 48_000))) is None


@pytest.mark.parametrize("level", [0.02, 0.1, 0.9])
def test_every_level_is_brought_to_the_target(level):
    leveller = Leveller()
    out = [leveller.level(tone(2, level * factor)) for factor in (1.0, 0.7, 1.2)]
    assert loudness(*out) == pytest.approx(mastering.TARGET_LUFS, abs=1.0)


def test_a_peak_is_held_without_a_step():
    samples = np.full(48_000, 0.5, np.float32)
    samples[24_000] = 3.0
    held = limited(samples, 48_000)
    assert np.abs(held).max() <= mastering.PEAK + 1e-6
    around = np.delete(held, 24_000)
    assert np.abs(np.diff(around)).max() < 0.005
    assert held[0] == held[-1] == 0.5


def test_trim_leaves_short_edges_that_fade_and_moves_the_words():
    rate = 22_050
    sound = tone(1, 0.5, rate, hertz=300).samples
    padded = np.concatenate([np.zeros(rate, np.int16), sound, np.zeros(rate, np.int16)])
    out = trim(Utterance(rate, padded, (Word(1.0, 0, 3), Word(1.5, 4, 3), Word(2.9, 8, 1))))
    assert out.seconds == pytest.approx(1.06, abs=0.005)
    assert out.samples[0] == out.samples[-1] == 0
    assert [round(word.start_s, 2) for word in out.words] == [0.02, 0.52, round(out.seconds, 2)]
    assert len(trim(Utterance(rate, np.zeros(rate, np.int16))).samples) == 0


def test_silence_counts_what_trim_leaves():
    assert len(silence(0.35, 1000)) == 290
    assert len(silence(0.01, 1000)) == 0
