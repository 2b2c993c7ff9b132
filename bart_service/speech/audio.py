"""Audio files that can be sent while they are still being written: MP3, OGG Vorbis and WAV."""

from __future__ import annotations

import io
import struct
from typing import Protocol

import numpy as np
import soundfile

from bart_service.speech.voice import Samples

MEDIA_TYPES = {"audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "ogg"}
_BLOCK = 8192  # libsndfile's Vorbis writer keeps a whole call's samples on the stack
_UNKNOWN_SIZE = 0xFFFFFFFF  # a WAV's size fields while it is still growing, as ffmpeg writes them


class Encoder(Protocol):
    """Takes samples, gives the file's next bytes; `finish` gives the last ones."""

    def add(self, samples: Samples) -> bytes: ...

    def finish(self) -> bytes: ...


def encoder(kind: str, sample_rate: int) -> Encoder:
    """The encoder of `mp3`, `ogg` or `wav` for mono 16-bit samples at `sample_rate` per second."""
    if kind == "wav":
        return _Wav(sample_rate)
    return _Compressed({"mp3": "MP3", "ogg": "OGG"}[kind], sample_rate)


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
    def __init__(self, form: str, sample_rate: int) -> None:
        self._sink = _Sink()
        subtype = {"MP3": "MPEG_LAYER_III", "OGG": "VORBIS"}[form]
        self._file = soundfile.SoundFile(self._sink, "w", sample_rate, 1, format=form, subtype=subtype)

    def add(self, samples: Samples) -> bytes:
        for start in range(0, len(samples), _BLOCK):
            self._file.write(samples[start : start + _BLOCK])
        return self._sink.take()

    def finish(self) -> bytes:
        self._file.close()
        return self._sink.take()


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
    """The same sound at another sample rate, by linear interpolation (a voice's fallback in mid-stream)."""
    if rate == wanted or not len(samples):
        return samples
    count = max(1, round(len(samples) * wanted / rate))
    at = np.linspace(0, len(samples) - 1, count)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.int16)
