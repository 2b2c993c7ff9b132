"""The eSpeak NG library behind a pipe: one process owns it, because it is global state and parses hostile text in C.

Run as a script by `espeak.py`, never imported by the service. One JSON line in (`{"text", "voice", "rate"}`), one JSON
line out (`{"sample_rate", "samples", "marks"}` or `{"error"}`), then `samples` 16-bit mono samples. A mark is
`[milliseconds, first character, characters]` of a word.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import espeakng_loader

from servicekit import sandbox

_SYNCHRONOUS = 2
_CHARS_UTF8 = 1
_RATE = 1
_EVENT_END, _EVENT_WORD = 0, 1
_MEMORY_BYTES = 1 << 30
_BUFFER_MS = 200


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h, API revision 12."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


class _Voice(ctypes.Structure):
    """`espeak_VOICE` of speak_lib.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.POINTER(ctypes.c_char)),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Library:
    """The loaded library; `speak` is its only use."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        path = os.fsencode(espeakng_loader.get_data_path())
        self.sample_rate = self._lib.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, path, 0)
        if self.sample_rate <= 0:
            raise OSError("espeak_Initialize failed")
        self._callback = _Callback(self._receive)  # kept: the library holds a bare pointer to it
        self._lib.espeak_SetSynthCallback(self._callback)
        self._samples = bytearray()
        self._marks: list[tuple[int, int, int]] = []

    def voices(self) -> list[str]:
        """The language codes that `speak` takes, such as `en-gb`."""
        return sorted({code for voice in self._voices() for code in _languages(voice)})

    def _voices(self) -> Iterator[Any]:
        listed = self._lib.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            yield listed[index].contents
            index += 1

    def speak(self, text: str, voice: str, rate: int) -> tuple[bytes, list[tuple[int, int, int]]]:
        """Samples and word marks of `text`, spoken at `rate` words a minute."""
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise LookupError(voice)
        self._lib.espeak_SetParameter(_RATE, rate, 0)
        self._samples, self._marks = bytearray(), []
        data = text.encode() + b"\0"
        self._lib.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, _CHARS_UTF8, None, None)
        self._lib.espeak_Synchronize()
        return bytes(self._samples), self._marks

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        index = 0
        while events[index].type != _EVENT_END:
            event = events[index]
            if event.type == _EVENT_WORD:
                self._marks.append((event.audio_position, max(0, event.text_position - 1), event.length))
            index += 1
        return 0


def _languages(voice: Any) -> Iterator[str]:
    """The codes in a voice's list: each entry is a priority byte and a C string; a zero byte ends it."""
    address = ctypes.cast(voice.languages, ctypes.c_void_p).value
    while address and ctypes.string_at(address, 1) != b"\0":
        code = ctypes.string_at(address + 1)
        yield code.decode()
        address += len(code) + 2


def _answer(library: Library, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if request.get("voices"):
        return {"voices": library.voices(), "samples": 0}, b""
    try:
        samples, marks = library.speak(request["text"], request["voice"], request["rate"])
    except LookupError:
        return {"error": "unknown-voice", "samples": 0}, b""
    return {"sample_rate": library.sample_rate, "samples": len(samples) // 2, "marks": marks}, samples


def main() -> None:
    """Answer requests until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    library = Library()
    sandbox.enter([Path(espeakng_loader.get_data_path())])
    for line in sys.stdin.buffer:
        head, samples = _answer(library, json.loads(line))
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + samples)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
