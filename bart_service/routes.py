"""The BART worker's own routes: speech. Summaries and key points are those of `modelkit.routes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, request

from bart_service.config import BartSettings
from bart_service.speech import webvtt
from bart_service.speech.audio import MEDIA_TYPES
from bart_service.speech.script import NotSpeakable
from bart_service.speech.speaker import Speaker
from bart_service.speech.voice import UnknownVoice, VoiceError
from contract import internal
from contract.generation import SpeechTask, TimingsTask
from servicekit.operations import Routes
from servicekit.problems import Busy, InvalidInput, NotAcceptable, TooLarge, UpstreamFailed

VOICE, FALLBACK = "Visis-Voice", "Visis-Voice-Fallback"


def speech_routes(speaker: Speaker, settings: BartSettings) -> Routes:
    """`/speech` and `/speech/timings`."""
    routes = Routes("speech")

    @routes.implements(internal.SPEAK)
    def speak(body: SpeechTask) -> Response:
        media_type = _media_type()
        _check_length(body.text, settings)
        place = _Place(speaker)
        with place.released_on_error(), _problems():
            stream = speaker.stream(
                body.text, MEDIA_TYPES[media_type], voice=body.voice or settings.speech_voice, speed=body.speed
            )
        headers = {VOICE: stream.voice, **({FALLBACK: stream.fallback} if stream.fallback else {})}
        response = Response(place.released_after(stream.chunks), content_type=media_type, headers=headers)
        response.call_on_close(place.release)
        return response

    @routes.implements(internal.TIME_SPEECH)
    def time_speech(body: TimingsTask) -> Response:
        _check_length(body.text, settings)
        place = _Place(speaker)
        with place.released_on_error(), _problems():
            spoken = speaker.speak(body.text, voice=body.voice or settings.speech_voice, speed=body.speed)
            text = webvtt.write(spoken, body.unit)
        place.release()
        return Response(text, content_type="text/vtt; charset=utf-8")

    return routes


class _Place:
    """One of the speaker's places for streams: released once, whatever ends the request."""

    def __init__(self, speaker: Speaker) -> None:
        if not speaker.open():
            raise Busy("As many texts are being spoken as this service takes at a time.", retry_after_s=2)
        self._release: Callable[[], None] | None = speaker.close

    def release(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            release()

    @contextmanager
    def released_on_error(self) -> Iterator[None]:
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                self.release()

    def released_after(self, data: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from data
        finally:
            self.release()


@contextmanager
def _problems() -> Iterator[None]:
    """Turn a voice's errors into problems."""
    try:
        yield
    except UnknownVoice as error:
        raise InvalidInput(
            f"voice {error.name} is not known. Some that are: {', '.join(error.known[:200])}.",
            errors=[{"field": "voice", "message": "is not known"}],
        ) from None
    except NotSpeakable as error:
        raise InvalidInput(f"{error}.", errors=[{"field": "text", "message": "cannot be spoken"}]) from None
    except VoiceError:
        raise UpstreamFailed("The text could not be spoken. Send it again later.") from None


def _media_type() -> str:
    if not request.accept_mimetypes:
        return "audio/mpeg"
    best = request.accept_mimetypes.best_match([*MEDIA_TYPES, "application/json"])
    if best is None:
        raise NotAcceptable(f"Accept one of {', '.join(MEDIA_TYPES)}.")
    return best if best in MEDIA_TYPES else "audio/mpeg"


def _check_length(text: str, settings: BartSettings) -> None:
    if len(text) > settings.speech_max_chars:
        raise TooLarge(
            f"The text has {len(text):,} characters; at most {settings.speech_max_chars:,} are spoken at once."
        )
