"""The eSpeak NG library behind a pipe: one process owns it, because it is global state and parses hostile text in C.

Run as a script by `espeak.py`, never imported by the service, so that no GPL code enters the service's process. One
JSON line in, one JSON line out, then `samples` 16-bit mono samples:

    {"text", "voice", "rate"}   ->  {"sample_rate", "samples", "marks": [[milliseconds, first character, characters]]}
    {"phonemes": [text], "voice"}  ->  {"phonemes": [IPA, words separated by spaces], "samples": 0}
    {"voices": true}               ->  {"voices": [language code], "samples": 0}
    anything in an unknown voice   ->  {"error": "unknown-voice", "samples": 0}
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import espeakng_loader

from servicekit import sandbox

_SYNCHRONOUS = 2
_CHARS_UTF8 = 1
_RATE = 1
_IPA = 0x02
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
    """The loaded library: speaks, and writes phonemes."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._lib.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        path = os.fsencode(espeakng_loader.get_data_path())
        self.sample_rate = self._lib.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, path, 0)
        if self.sample_rate <= 0:
            raise OSError("espeak_Initialize failed")
        self._callback = _Callback(self._receive)  # kept: the library holds a bare pointer to it
        self._lib.espeak_SetSynthCallback(self._callback)
        self._nowhere = os.open(os.devnull, os.O_WRONLY)  # now, since the sandbox opens nothing but voices
        self._samples = bytearray()
        self._marks: list[tuple[int, int, int]] = []
        self._current = ""

    def voices(self) -> list[str]:
        """The language codes that can be spoken, such as `en-gb`: listed voices without a dictionary are left out."""
        errors = os.dup(2)
        os.dup2(self._nowhere, 2)  # the library complains there of each dictionary that it lacks
        try:
            return sorted(code for code in self._identifiers if self._can_speak(code))
        finally:
            os.dup2(errors, 2)
            os.close(errors)

    def speak(self, text: str, voice: str, rate: int) -> tuple[bytes, list[tuple[int, int, int]]]:
        """Samples and word marks of `text`, spoken at `rate` words a minute."""
        self._select(voice)
        self._lib.espeak_SetParameter(_RATE, rate, 0)
        self._samples, self._marks = bytearray(), []
        data = text.encode() + b"\0"
        self._lib.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, _CHARS_UTF8, None, None)
        self._lib.espeak_Synchronize()
        return bytes(self._samples), self._marks

    def phonemes(self, text: str, voice: str) -> str:
        """The text in IPA, with stress marks and a space between words."""
        self._select(voice)
        data = ctypes.create_string_buffer(text.encode())
        rest = ctypes.c_void_p(ctypes.addressof(data))
        clauses = []
        while rest.value:
            clauses.append(self._lib.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, _IPA) or b"")
        return " ".join(clause.decode().strip() for clause in clauses if clause.strip())

    @cached_property
    def _identifiers(self) -> dict[str, bytes]:
        """Code to the voice's file name. The library itself finds no voice by some of the codes that it lists."""
        best: dict[str, tuple[int, bytes]] = {}
        listed, index = self._lib.espeak_ListVoices(None), 0
        while listed[index]:
            voice = listed[index].contents
            for priority, code in _languages(voice):
                if code not in best or priority < best[code][0]:
                    best[code] = (priority, bytes(voice.identifier))
            index += 1
        return {code: identifier for code, (_, identifier) in best.items()}

    def _can_speak(self, code: str) -> bool:
        return bool(self.phonemes("a 1", code))

    def _select(self, code: str) -> None:
        if code == self._current:
            return
        self._current = ""
        identifier = self._identifiers.get(code)
        if identifier is None or self._lib.espeak_SetVoiceByName(identifier) != 0:
            raise LookupError(code)
        self._current = code

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


def _languages(voice: Any) -> Iterator[tuple[int, str]]:
    """The codes in a voice's list: each entry is a priority byte and a C string; a zero byte ends it."""
    address = ctypes.cast(voice.languages, ctypes.c_void_p).value
    while address and ctypes.string_at(address, 1) != b"\0":
        code = ctypes.string_at(address + 1)
        yield ctypes.string_at(address, 1)[0], code.decode()
        address += len(code) + 2


def _answer(library: Library, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if request.get("voices"):
        return {"voices": library.voices(), "samples": 0}, b""
    try:
        if "phonemes" in request:
            written = [library.phonemes(text, request["voice"]) for text in request["phonemes"]]
            return {"phonemes": written, "samples": 0}, b""
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
