"""Audio files that can be sent while they are still being written: MP3, Opus in OGG, and WAV."""

from __future__ import annotations

import io
import struct
from typing import Protocol

import numpy as np
import soundfile
import soxr

from bart_service.speech.voice import Samples

MEDIA_TYPES = {"audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "opus"}
_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
_UNKNOWN_SIZE = 0xFFFFFFFF  # a WAV's size fields while it is still growing, as ffmpeg writes them


class Encoder(Protocol):
    """Takes samples, gives the file's next bytes; `finish` gives the last ones."""

    def add(self, samples: Samples) -> bytes: ...

    def finish(self) -> bytes: ...


def encoder(kind: str, sample_rate: int) -> Encoder:
    """The encoder of `mp3`, `opus` or `wav` for mono 16-bit samples at `sample_rate` per second."""
    if kind == "wav":
        return _Wav(sample_rate)
    if kind == "mp3":
        return _Compressed("MP3", "MPEG_LAYER_III", sample_rate)
    rate = next((rate for rate in _OPUS_RATES if rate >= sample_rate), _OPUS_RATES[-1])
    opus = _Compressed("OGG", "OPUS", rate)
    return opus if rate == sample_rate else _Resampled(opus, sample_rate, rate)


class _Wav:
    """WAV whose length is not known when its header is sent."""

    def __init__(self, sample_rate: int) -> None:
        head = struct.pack("<4sI4s4sI", b"RIFF", _UNKNOWN_SIZE, b"WAVE", b"fmt ", 16)
        body = struct.pack("<HHIIHH4sI", 1, 1, sample_rate, sample_rate * 2, 2, 16, b"data", _UNKNOWN_SIZE)
        self._header = head + body

    def add(self, samples: Samples) -> bytes:
        header, self._header = self._header, b""
        return header + samples.astype("<i2").tobytes()

    def finish(self) -> bytes:
        return self._header


class _Compressed:
    def __init__(self, container: str, codec: str, sample_rate: int) -> None:
        self._sink = _Sink()
        self._file = soundfile.SoundFile(self._sink, "w", sample_rate, 1, format=container, subtype=codec)

    def add(self, samples: Samples) -> bytes:
        self._file.write(samples)
        return self._sink.take()

    def finish(self) -> bytes:
        self._file.close()
        return self._sink.take()


class _Resampled:
    """Brings the samples to a rate that the codec takes."""

    def __init__(self, inner: Encoder, rate: int, wanted: int) -> None:
        self._inner = inner
        self._stream = soxr.ResampleStream(rate, wanted, 1, dtype="int16")

    def add(self, samples: Samples) -> bytes:
        return self._inner.add(self._stream.resample_chunk(samples))

    def finish(self) -> bytes:
        rest = self._stream.resample_chunk(np.zeros(0, np.int16), last=True)
        return self._inner.add(rest) + self._inner.finish()


class _Sink(io.RawIOBase):
    """Gives away what was written, once; what libsndfile wants to rewrite of it afterwards is dropped.

    The only such rewrite is the MP3's first frame, which holds the length and which players do without.
    """

    def __init__(self) -> None:
        super().__init__()
        self._at = self._end = 0
        self._fresh = bytearray()

    def write(self, data: bytes) -> int:  # type: ignore[override]
        size = len(data)
        kept = max(0, self._at + size - self._end)
        if kept:
            self._fresh += bytes(data)[size - kept :]
            self._end += kept
        self._at += size
        return size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, _buffer: object) -> int:
        return 0

    def take(self) -> bytes:
        fresh, self._fresh = bytes(self._fresh), bytearray()
        return fresh


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound at another sample rate."""
    if rate == wanted or not len(samples):
        return samples
    changed: Samples = soxr.resample(samples, rate, wanted)
    return changed
