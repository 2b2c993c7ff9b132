"""Speaks a text of any length: a voice for its language, sentences side by side on all cores, one steady sound."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bart_service.speech import audio, detect, languages, mastering, script
from bart_service.speech.detect import Detector
from bart_service.speech.normalise import NO_LEXICON
from bart_service.speech.script import Line
from bart_service.speech.voice import Loadable, Samples, UnknownVoice, Utterance, Voice, VoiceError, Word
from servicekit import logs

log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Spoken:
    """A line as it was spoken.

    `start` and `end` are its characters in the whole text, `text` is what stands there. `start_s` is when it begins in
    the whole sound; the words of `utterance` count from it. `silence` comes after it.
    """

    text: str
    start: int
    end: int
    start_s: float
    utterance: Utterance
    silence: Samples
    by: str

    @property
    def samples(self) -> Samples:
        """The sound with the silence after it."""
        return np.concatenate([self.utterance.samples, self.silence])

    @property
    def end_s(self) -> float:
        """When its sound ends in the whole sound."""
        return self.start_s + self.utterance.seconds


@dataclass(frozen=True)
class Stream:
    """Bytes of an audio file as they come. `voice` spoke the first line; `fallback` says why not another."""

    chunks: Iterator[bytes]
    voice: str
    fallback: str | None
    why: str


class Part(NamedTuple):
    """A voice, and the code by which it knows the language."""

    voice: Voice
    language: str


@dataclass(frozen=True)
class Cast:
    """Who speaks a text: the first part, and after it those that carry on if it fails; `why` is in words."""

    parts: tuple[Part, ...]
    language: str
    why: str


class _Take(NamedTuple):
    utterance: Utterance
    powers: NDArray[np.float64]


class Speaker:
    """Owns the voices and the threads they speak in, and lets a bounded number of texts be spoken at a time."""

    def __init__(
        self,
        tiers: Sequence[Sequence[Voice]],
        *,
        streams: int = 8,
        threads: int = 0,
        on_spoken: Callable[[str, float, float], None] = lambda by, took_s, sound_s: None,
    ) -> None:
        """Make a speaker.

        Args:
            tiers: voices; of the first tier that has the language, the nearest voice speaks.
            streams: texts at a time.
            threads: sentences at a time; 0 is every core.
            on_spoken: called after each sentence with the voice, the seconds it took and the seconds of sound.
        """
        self._tiers = [list(tier) for tier in tiers if tier]
        self._places = threading.BoundedSemaphore(streams)
        self._threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="speech")
        self._on_spoken = on_spoken

    def open(self) -> bool:
        """Take one of the places for a stream; False when all are taken. `close` gives it back."""
        return self._places.acquire(blocking=False)

    def close(self) -> None:
        """Give a place back."""
        self._places.release()

    def stop(self) -> None:
        """End the threads and the voices."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for voice in self.voices():
            voice.close()

    def warm(self, wanted: str) -> None:
        """Load what the first sentence needs, in the background: the detector, and the language's voice if it loads."""
        self._pool.submit(self._load, wanted)

    def _load(self, wanted: str) -> None:
        detect.load()
        if not any(isinstance(voice, Loadable) for voice in self.voices()):
            return
        try:
            voice = self.cast(wanted).parts[0].voice
            if isinstance(voice, Loadable):
                voice.load()
        except VoiceError as error:
            log.warning("voice_not_loaded", wanted=wanted, reason=str(error))

    def voices(self) -> list[Voice]:
        """Every voice, the preferred first."""
        return [voice for tier in self._tiers for voice in tier]

    def languages(self) -> list[str]:
        """The languages that can be spoken."""
        return sorted({code for voice in self.voices() for code in voice.languages()})

    def cast(self, wanted: str) -> Cast:
        """Who speaks, for a language tag (`de`, `ger`, `de-DE`), a voice's name or its speaker's.

        Raises:
            UnknownVoice: there is no such voice, and no voice of this language.
        """
        named = next((voice for voice in self.voices() if wanted in (voice.name, voice.name.rpartition("/")[2])), None)
        if named is not None and wanted not in named.languages():
            language = named.languages()[0]
            others = [part for part in self._by_language(language) if part.voice is not named]
            return Cast((Part(named, language), *others), language, f"{named.name} was asked for")
        parts = self._by_language(wanted)
        if not parts:
            raise UnknownVoice(wanted, self.languages())
        missing = "" if parts[0].voice in self._tiers[0] else f"; no voice for {wanted} among those preferred"
        return Cast(tuple(parts), wanted, f"{parts[0].voice.name} speaks {parts[0].language}{missing}")

    def _by_language(self, tag: str) -> list[Part]:
        """The nearest voice of each tier that has the language."""
        found = []
        for tier in self._tiers:
            codes = {code: voice for voice in reversed(tier) for code in voice.languages()}
            code = languages.find(tag, codes)
            if code is not None:
                found.append(Part(codes[code], code))
        return found

    def speak(
        self, text: str, *, voice: str, speed: float, lexicon: Mapping[str, str] = NO_LEXICON
    ) -> Iterator[Spoken]:
        """Each line as soon as it and all before it are spoken.

        A voice that fails is left for the rest of the text; the next one carries on at the first one's sample rate.
        `lexicon` has how some words are said.

        Raises:
            UnknownVoice: no voice speaks the language.
            NotSpeakable: there is nothing to say, or a word without end.
            VoiceError: no voice could speak.
        """
        return self._perform(self.cast(voice), text, speed, lexicon)

    def stream(
        self, text: str, kind: str, *, voice: str, speed: float, lexicon: Mapping[str, str] = NO_LEXICON
    ) -> Stream:
        """An audio file (`mp3`, `opus`, `wav`) whose first line is spoken when this returns. Raises as `speak`."""
        cast = self.cast(voice)
        log.info("voice_chosen", voice=cast.parts[0].voice.name, wanted=voice, why=cast.why)
        spoken = self._perform(cast, text, speed, lexicon)
        first = next(spoken)
        preferred = cast.parts[0].voice.name
        reason = None if first.by == preferred else f"{preferred} failed"
        return Stream(_encode(first, spoken, kind), first.by, reason, cast.why)

    def _perform(self, cast: Cast, text: str, speed: float, lexicon: Mapping[str, str]) -> Iterator[Spoken]:
        foreign = self._foreign(cast)
        lines = script.lines(text, cast.language, Detector(cast.language, foreign).other, lexicon)
        leveller = mastering.Leveller()
        sample_rate = at = 0
        for line, take, by in self._takes(lines, cast, foreign, speed):
            sample_rate = sample_rate or take.utterance.sample_rate
            utterance = leveller.level(_at_rate(take.utterance, sample_rate), take.powers)
            spoken = Spoken(
                text[line.start : line.end],
                line.start,
                line.end,
                at / sample_rate,
                replace(utterance, words=_in_original(utterance.words, line)),
                mastering.silence(line.pause_s / speed, sample_rate),
                by,
            )
            at += len(spoken.utterance.samples) + len(spoken.silence)
            yield spoken

    def _foreign(self, cast: Cast) -> dict[str, Part]:
        """Who speaks sentences in other languages: voices of the same kind as the text's own, one for each language."""
        tier = next(tier for tier in self._tiers if cast.parts[0].voice in tier)
        parts = {languages.base(code): Part(voice, code) for voice in reversed(tier) for code in voice.languages()}
        parts.pop(languages.base(cast.language), None)
        return parts

    def _takes(
        self, lines: Iterator[Line], cast: Cast, foreign: dict[str, Part], speed: float
    ) -> Iterator[tuple[Line, _Take, str]]:
        """Lines in order with their sound and who made it, some spoken ahead so that every core has one."""
        parts = list(cast.parts)

        def part_of(line: Line) -> Part:
            return parts[0] if line.language == cast.language else foreign.get(line.language, parts[0])

        ahead: deque[tuple[Line, Part, Future[_Take]]] = deque()
        most = 0  # the first line has the cores to itself, so that the first sound comes soon
        try:
            while True:
                while len(ahead) <= most and (line := next(lines, None)) is not None:
                    ahead.append((line, part_of(line), self._submit(part_of(line), line, speed)))
                if not ahead:
                    return
                line, part, future = ahead.popleft()
                try:
                    take = future.result()
                except CancelledError as error:
                    raise VoiceError("stopped") from error
                except VoiceError as error:
                    log.warning("voice_failed", voice=part.voice.name, reason=str(error))
                    again = [line, *(line for line, _, _ in ahead)]
                    _cancel(ahead)
                    if part is not parts[0]:
                        foreign.pop(line.language)
                    elif len(parts) == 1:
                        raise VoiceError(str(error)) from error
                    else:
                        parts.pop(0)
                    ahead.extend((line, part_of(line), self._submit(part_of(line), line, speed)) for line in again)
                    continue
                most = self._threads
                yield line, take, part.voice.name
        finally:
            _cancel(ahead)

    def _submit(self, part: Part, line: Line, speed: float) -> Future[_Take]:
        try:
            return self._pool.submit(self._say, part, line, speed)
        except RuntimeError as error:  # the pool is shut down
            raise VoiceError("stopped") from error

    def _say(self, part: Part, line: Line, speed: float) -> _Take:
        started = time.perf_counter()
        utterance = mastering.trim(part.voice.speak(line.said.text, language=part.language, speed=speed))
        self._on_spoken(part.voice.name, time.perf_counter() - started, utterance.seconds)
        silence = mastering.silence(line.pause_s / speed, utterance.sample_rate)
        heard = replace(utterance, samples=np.concatenate([utterance.samples, silence]))
        return _Take(utterance, mastering.block_powers(heard))


def _cancel(ahead: deque[tuple[Line, Part, Future[_Take]]]) -> None:
    for _, _, future in ahead:
        future.cancel()
    ahead.clear()


def _in_original(words: Sequence[Word], line: Line) -> tuple[Word, ...]:
    """The words as they stand in the text: "five dollars and fifty cents" is one word, `$5.50`."""
    found: list[Word] = []
    base = line.said.origin(0, 1)[0]
    for word in words:
        start, end = line.said.origin(word.start, word.length)
        if not found or start - base > found[-1].start:
            found.append(Word(word.start_s, start - base, end - start))
    return tuple(found)


def _at_rate(utterance: Utterance, sample_rate: int) -> Utterance:
    if utterance.sample_rate == sample_rate:
        return utterance
    samples = audio.resample(utterance.samples, utterance.sample_rate, sample_rate)
    return replace(utterance, sample_rate=sample_rate, samples=samples)


def _encode(first: Spoken, rest: Iterator[Spoken], kind: str) -> Iterator[bytes]:
    encoder = audio.encoder(kind, first.utterance.sample_rate)
    yield encoder.add(first.samples)
    for spoken in rest:
        yield encoder.add(spoken.samples)
    yield encoder.finish()
