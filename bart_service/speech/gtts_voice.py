"""The online voice: Google's text-to-speech through gTTS. The only module that imports gtts."""

from __future__ import annotations

import io
import threading

import gtts
import numpy as np
import requests
import soundfile

from bart_service.speech.voice import UnknownVoice, Utterance, VoiceError

_SLOW_BELOW = 0.8
FIRST_PAUSE_S = 0.5


class GttsVoice:
    """Speaks over the network, one attempt after another, each with a time-out."""

    name = "gtts"

    def __init__(self, *, timeout_s: float = 5.0, retries: int = 2) -> None:
        self._timeout_s, self._retries = timeout_s, retries
        self._closed = threading.Event()

    def speak(self, sentence: str, *, language: str = "en", speed: float = 1.0) -> Utterance:
        """Say a sentence. The service knows two speeds only: slow (`speed` under 0.8) and normal.

        A 429 is tried again after a pause; anything else that fails is left to the caller's fallback.

        Raises:
            UnknownVoice: no such language.
            VoiceError: the network or Google failed.
        """
        if language not in self.languages():
            raise UnknownVoice(language, self.languages())
        for attempt in range(self._retries + 1):
            try:
                return _decode(self._fetch(sentence, language, slow=speed < _SLOW_BELOW))
            except gtts.gTTSError as error:
                status = getattr(error.rsp, "status_code", None)
                if status != 429 or attempt == self._retries or self._closed.wait(FIRST_PAUSE_S * 2**attempt):
                    raise VoiceError(f"http-{status}" if status else "unreachable") from error
        raise VoiceError("unreachable")

    def languages(self) -> list[str]:
        """The language codes that Google speaks."""
        return sorted(gtts.lang.tts_langs())

    def close(self) -> None:
        """Stop waiting between attempts."""
        self._closed.set()

    def _fetch(self, sentence: str, language: str, *, slow: bool) -> bytes:
        request = gtts.gTTS(sentence, lang=language, slow=slow, lang_check=False, timeout=self._timeout_s)
        try:
            return b"".join(request.stream())
        except AssertionError as error:  # gTTS: nothing to speak, such as a line of dashes
            raise VoiceError("nothing-to-speak") from error
        except requests.RequestException as error:  # a time-out, which gTTS lets through
            raise VoiceError("timeout") from error


def _decode(mp3: bytes) -> Utterance:
    try:
        samples, sample_rate = soundfile.read(io.BytesIO(mp3), dtype="int16", always_2d=True)
    except soundfile.SoundFileError as error:
        raise VoiceError("not-audio") from error
    return Utterance(int(sample_rate), np.ascontiguousarray(samples[:, 0], dtype=np.int16))
