"""Speaks a text of any length, sentence by sentence, with the offline voice behind the chosen one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bart_service.speech import audio
from bart_service.speech.voice import UnknownVoice, Utterance, Voice, VoiceError
from servicekit import logs
from textkit import chunks, sentences

log = logs.get_logger(__name__)
LONGEST_CHARS = 400


@dataclass(frozen=True)
class Spoken:
    """A sentence as it was spoken, and when it begins in the whole sound (seconds)."""

    text: str
    start_s: float
    utterance: Utterance
    by: str


@dataclass(frozen=True)
class Stream:
    """Bytes of an audio file as they come. `voice` spoke the first sentence; `fallback` says why not another."""

    chunks: Iterator[bytes]
    voice: str
    fallback: str | None


def pieces(text: str) -> Iterator[str]:
    """The sentences of `text`, a longer one cut at white space every 400 characters."""
    for sentence in sentences.split(text):
        if len(sentence.text) <= LONGEST_CHARS:
            yield sentence.text
        else:
            yield from (piece.text for piece in chunks.pack(sentence.text, len, LONGEST_CHARS, overlap=0.0))


class Speaker:
    """Owns the voices, and lets a bounded number of texts be spoken at a time."""

    def __init__(
        self,
        voice: Voice,
        *,
        fallback: Voice | None = None,
        streams: int = 8,
        on_spoken: Callable[[str, float, float], None] = lambda by, took_s, sound_s: None,
    ) -> None:
        """`on_spoken(voice, seconds it took, seconds of sound)` is called after each sentence."""
        self._voices = [voice, *([fallback] if fallback else [])]
        self._places = threading.BoundedSemaphore(streams)
        self._on_spoken = on_spoken

    @property
    def name(self) -> str:
        """The chosen voice."""
        return self._voices[0].name

    def open(self) -> bool:
        """Take one of the places for a stream; False when all are taken. `close` gives it back."""
        return self._places.acquire(blocking=False)

    def close(self) -> None:
        """Give a place back."""
        self._places.release()

    def stop(self) -> None:
        """End the voices."""
        for voice in self._voices:
            voice.close()

    def speak(self, text: str, *, voice: str, speed: float) -> Iterator[Spoken]:
        """Each sentence as soon as it is spoken.

        A voice that fails is left for the rest of the text; the next one carries on at the first one's sample rate.

        Raises:
            UnknownVoice: the chosen voice does not know the language.
            VoiceError: no voice could speak.
        """
        at_s, sample_rate = 0.0, 0
        voices = list(self._voices)
        for sentence in pieces(text):
            utterance = self._say(voices, sentence, voice, speed)
            sample_rate = sample_rate or utterance.sample_rate
            yield Spoken(sentence, at_s, _at_rate(utterance, sample_rate), voices[0].name)
            at_s += utterance.seconds

    def stream(self, text: str, kind: str, *, voice: str, speed: float) -> Stream:
        """An audio file (`mp3`, `ogg`, `wav`); the first sentence is already spoken when this returns."""
        spoken = self.speak(text, voice=voice, speed=speed)
        first = next(spoken)
        reason = None if first.by == self.name else f"{self.name} failed"
        return Stream(_encode(first, spoken, kind), first.by, reason)

    def _say(self, voices: list[Voice], sentence: str, voice: str, speed: float) -> Utterance:
        while True:
            started = time.perf_counter()
            try:
                utterance = voices[0].speak(sentence, voice=self._language(voices[0], voice), speed=speed)
            except VoiceError as error:
                if isinstance(error, UnknownVoice) and voices[0] is self._voices[0]:
                    raise
                log.warning("voice_failed", voice=voices[0].name, reason=str(error))
                if len(voices) == 1:
                    raise VoiceError(str(error)) from error
                voices.pop(0)
                continue
            self._on_spoken(voices[0].name, time.perf_counter() - started, utterance.seconds)
            return utterance

    def _language(self, speaking: Voice, voice: str) -> str:
        """The fallback may not know the chosen voice's regional codes, but knows the languages."""
        return voice if speaking is self._voices[0] else voice.split("-")[0].lower()


def _at_rate(utterance: Utterance, sample_rate: int) -> Utterance:
    if utterance.sample_rate == sample_rate:
        return utterance
    samples = audio.resample(utterance.samples, utterance.sample_rate, sample_rate)
    return Utterance(sample_rate, samples, utterance.words)


def _encode(first: Spoken, rest: Iterator[Spoken], kind: str) -> Iterator[bytes]:
    encoder = audio.encoder(kind, first.utterance.sample_rate)
    yield encoder.add(first.utterance.samples)
    for spoken in rest:
        yield encoder.add(spoken.utterance.samples)
    yield encoder.finish()
