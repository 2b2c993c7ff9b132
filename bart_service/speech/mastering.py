"""Makes one steady sound of a voice's sentences: edges without clicks, exact silences, one loudness.

Loudness is ITU-R BS.1770-4's integrated loudness: K-weighting, blocks of 400 ms every 100 ms, gates at -70 LUFS and
10 LU under the mean. The K-weighting filters at any sample rate are those of libebur128 (MIT), which derived them from
the 48 kHz coefficients of the recommendation.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bart_service.speech.voice import Samples, Utterance

TARGET_LUFS = -19.0
PEAK = 10 ** (-1.0 / 20)  # of full scale: 1 dB is left for the encoders' overshoot
_QUIET = 0.004  # of full scale (-48 dB): under it, a voice is silent
_LEAD_S, _TAIL_S, _FADE_S = 0.02, 0.04, 0.005  # what is kept around the sound, and how long its edges take
_BLOCK_S, _STEP_S = 0.4, 0.1
_LIMITER_S = 0.005
_GATE_LUFS, _RELATIVE_LU, _OFFSET = -70.0, -10.0, -0.691
_BIN_LU, _BINS = 0.05, 1600  # the histogram of blocks: -70 to +10 LUFS
_FULL = 32768.0


def trim(utterance: Utterance) -> Utterance:
    """Without silence before and after, but for 20 and 40 ms, and with faded edges; words keep their places."""
    rate = utterance.sample_rate
    heard = np.flatnonzero(np.abs(utterance.samples.astype(np.int32)) > _QUIET * _FULL)
    if not len(heard):
        return Utterance(rate, np.zeros(0, np.int16))
    start = max(0, int(heard[0]) - round(_LEAD_S * rate))
    end = min(len(utterance.samples), int(heard[-1]) + 1 + round(_TAIL_S * rate))
    samples = utterance.samples[start:end].astype(np.float32)
    fade = min(round(_FADE_S * rate), len(samples) // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(fade) / max(1, fade))).astype(np.float32)
    samples[:fade] *= ramp
    samples[len(samples) - fade :] *= ramp[::-1]
    length_s = len(samples) / rate
    words = tuple(
        replace(word, start_s=min(max(0.0, word.start_s - start / rate), length_s)) for word in utterance.words
    )
    return Utterance(rate, np.rint(samples).astype(np.int16), words)


def silence(seconds: float, rate: int) -> Samples:
    """The silence that makes `seconds` of what `trim` leaves around it and itself."""
    return np.zeros(max(0, round((seconds - _LEAD_S - _TAIL_S) * rate)), np.int16)


class Leveller:
    """Brings sentence after sentence to one loudness: each gets the gain that the sound so far needs."""

    def __init__(self, target_lufs: float = TARGET_LUFS) -> None:
        self._target = target_lufs
        self._meter = Meter()

    def level(self, utterance: Utterance, powers: NDArray[np.float64] | None = None) -> Utterance:
        """The same sentence louder or softer, its peaks held under -1 dBFS; `powers` are its blocks if known."""
        self._meter.add(block_powers(utterance) if powers is None else powers)
        loudness = self._meter.integrated()
        if loudness is None:
            return utterance
        wanted = utterance.samples * np.float32(10 ** ((self._target - loudness) / 20) / _FULL)
        louder = limited(wanted, utterance.sample_rate)
        lost = float(np.square(louder, dtype=np.float64).sum() / max(np.square(wanted, dtype=np.float64).sum(), 1e-9))
        if 0 < lost < 1:  # what the limiter took from the peaks is given back to the rest
            louder = limited(wanted * np.float32(lost**-0.5), utterance.sample_rate)
        return replace(utterance, samples=np.rint(louder * (_FULL - 1)).astype(np.int16))


def limited(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """No sample beyond the peak: the gain falls and rises in straight lines from one block of 5 ms to the next."""
    block = max(1, round(_LIMITER_S * rate))
    blocks = -(-len(samples) // block)
    padded = np.zeros(blocks * block, np.float32)
    padded[: len(samples)] = np.abs(samples)
    peaks = padded.reshape(blocks, block).max(axis=1, initial=0.0)
    if not blocks or peaks.max() <= PEAK:
        return samples
    allowed = PEAK / np.maximum(peaks, PEAK)
    edges = np.minimum(np.concatenate([[1.0], allowed]), np.concatenate([allowed, [1.0]]))
    gain = np.interp(np.arange(len(samples)), np.arange(blocks + 1) * block, edges).astype(np.float32)
    held: NDArray[np.float32] = samples * gain
    return held


class Meter:
    """Integrated loudness of all the sound that was added, in constant memory."""

    def __init__(self) -> None:
        self._counts, self._powers = np.zeros(_BINS, np.int64), np.zeros(_BINS)

    def add(self, powers: NDArray[np.float64]) -> None:
        """Count the blocks of more sound."""
        powers = powers[powers > 10 ** ((_GATE_LUFS - _OFFSET) / 10)]
        bins = np.clip(((_lufs(powers) - _GATE_LUFS) / _BIN_LU).astype(int), 0, _BINS - 1)
        np.add.at(self._counts, bins, 1)
        np.add.at(self._powers, bins, powers)

    def integrated(self) -> float | None:
        """LUFS, or None if everything so far was silent."""
        count = self._counts.sum()
        if not count:
            return None
        gate = float(_lufs(self._powers.sum() / count)) + _RELATIVE_LU
        first = min(max(0, math.ceil((gate - _GATE_LUFS) / _BIN_LU)), _BINS - 1)
        kept = self._counts[first:].sum()
        return float(_lufs(self._powers[first:].sum() / kept)) if kept else None


def block_powers(utterance: Utterance) -> NDArray[np.float64]:
    """The K-weighted mean square of each block; a sound shorter than a block has silence after it."""
    rate = utterance.sample_rate
    block, step = round(_BLOCK_S * rate), round(_STEP_S * rate)
    samples = utterance.samples * np.float32(1 / _FULL)
    if len(samples) < block:
        samples = np.pad(samples, (0, block - len(samples)))
    sums = np.concatenate([[0.0], np.cumsum(np.square(weighted(samples, rate)), dtype=np.float64)])
    starts = np.arange(0, len(samples) - block + 1, step)
    powers: NDArray[np.float64] = (sums[starts + block] - sums[starts]) / block
    return powers


def weighted(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """K-weighted samples, filtered in the frequency domain with room for the filters to ring."""
    size = 1 << (len(samples) + rate // 4).bit_length()
    spectrum = np.fft.rfft(samples, size) * _response(size, rate)
    filtered: NDArray[np.float32] = np.fft.irfft(spectrum, size)[: len(samples)].astype(np.float32)
    return filtered


@lru_cache(maxsize=16)
def _response(size: int, rate: int) -> NDArray[np.complex64]:
    """The frequency response of the high shelf and the high pass at the bins of a real FFT."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = ((high + band * k / q + k * k) + 2 * (k * k - high) * z + (high - band * k / q + k * k) * z**2) / a0
    shelf /= 1 + 2 * (k * k - 1) / a0 * z + (1 - k / q + k * k) / a0 * z**2
    k = math.tan(math.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    passed = (1 - 2 * z + z**2) / (1 + 2 * (k * k - 1) / a0 * z + (1 - k / q + k * k) / a0 * z**2)
    response: NDArray[np.complex64] = (shelf * passed).astype(np.complex64)
    return response


def _lufs(power: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(_OFFSET + 10 * np.log10(power))
