"""The BART worker's HTTP: summaries, points, speech, models."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from flask import Response, request, stream_with_context
from flask_openapi import APIBlueprint

from bart_service.config import BartSettings
from bart_service.documents import ClientGone, Part, Patience
from bart_service.engine import OutOfMemory
from bart_service.observe import SERVICE
from bart_service.schemas import (
    ModelsAnswer,
    PointsAnswer,
    PointsRequest,
    SpeechRequest,
    SummaryAnswer,
    SummaryRequest,
    TimingsRequest,
)
from bart_service.speech import webvtt
from bart_service.speech.audio import MEDIA_TYPES
from bart_service.speech.speaker import Speaker
from bart_service.speech.voice import UnknownVoice, VoiceError
from bart_service.summariser import Request, Summariser, Summary, TooLong, TooSlow, Unavailable, count_words
from bart_service.worker import Expired, QueueFull
from servicekit import clients, deadline, events
from servicekit.app import blueprint
from servicekit.problems import (
    Busy,
    InvalidInput,
    NotAcceptable,
    NotInstalled,
    NotReady,
    ProblemError,
    TooLarge,
    UpstreamFailed,
    UpstreamTimeout,
)

PRIORITY = "Visis-Priority"
VOICE, FALLBACK = "Visis-Voice", "Visis-Voice-Fallback"
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def summaries_blueprint(summariser: Summariser, settings: BartSettings) -> APIBlueprint:
    """`/summaries`, `/points` and `/models`."""
    api = blueprint("summaries", tag="summaries", description="Summaries and key points.", failures=(409, 503, 504))

    @api.post(
        "/summaries",
        summary="Summarise a text of any length",
        description="With `Accept: text/event-stream`: a `part` event for each part, then `summary` or `problem`.",
        responses={200: SummaryAnswer},
    )
    def create_summary(body: SummaryRequest) -> Response | dict[str, Any]:
        wanted = Request(body.text, body.length, body.engine, body.generation())
        items = summariser.summarise(wanted, _patience(settings))
        if request.accept_mimetypes.best_match(["application/json", events.MEDIA_TYPE]) == events.MEDIA_TYPE:
            return _events(items, body.text)
        with _problems():
            return _summary_body(_last(items), body.text)

    @api.post("/points", summary="Key points of a text of any length", responses={200: PointsAnswer})
    def create_points(body: PointsRequest) -> dict[str, Any]:
        wanted = Request(body.text, "medium", body.engine, body.generation())
        with _problems():
            made = summariser.points(wanted, body.count, _patience(settings))
        text = "\n".join(f"- {point}" for point in made.points)
        return PointsAnswer(points=list(made.points), text=text, engine=made.engine, model=made.model).model_dump()

    @api.get("/models", summary="Which engines there are, and why", responses={200: ModelsAnswer})
    def list_models() -> dict[str, Any]:
        return {"service": SERVICE, "models": summariser.models()}

    return api


def speech_blueprint(speaker: Speaker, settings: BartSettings) -> APIBlueprint:
    """`/speech` and `/speech/timings`."""
    api = blueprint("speech", tag="speech", description="Spoken text.", failures=(406, 502, 503))

    @api.post(
        "/speech",
        summary="Speak a text",
        description="Sent sentence by sentence while it is being spoken: `audio/mpeg`, `audio/wav` or `audio/ogg`.",
        responses={200: {"description": "Audio", "content": dict.fromkeys(MEDIA_TYPES, _BINARY)}},
    )
    def create_speech(body: SpeechRequest) -> Response:
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

    @api.post(
        "/speech/timings",
        summary="When each sentence or word of a speech is spoken",
        responses={200: {"description": "WebVTT", "content": {"text/vtt": {"schema": {"type": "string"}}}}},
    )
    def create_timings(body: TimingsRequest) -> Response:
        _check_length(body.text, settings)
        place = _Place(speaker)
        with place.released_on_error(), _problems():
            spoken = speaker.speak(body.text, voice=body.voice or settings.speech_voice, speed=body.speed)
            text = webvtt.write(spoken, body.unit)
        place.release()
        return Response(text, content_type="text/vtt; charset=utf-8")

    return api


class _Place:
    """One of the speaker's places for streams: given back once, whatever ends the request."""

    def __init__(self, speaker: Speaker) -> None:
        if not speaker.open():
            raise Busy("As many texts are being spoken as this service takes at a time.", retry_after_s=2)
        self._release: Callable[[], None] | None = speaker.close

    def release(self) -> None:
        give_back, self._release = self._release, None
        if give_back is not None:
            give_back()

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


def _patience(settings: BartSettings) -> Patience:
    return Patience(
        time.monotonic() + deadline.remaining_s(settings.request_timeout_s),
        clients.gone(),
        background=request.headers.get(PRIORITY) == "background",
    )


@contextmanager
def _problems() -> Iterator[None]:
    """Turn what the core raises into what the client is told."""
    try:
        yield
    except QueueFull as error:
        raise Busy("The queue is full. Send the text again later.", retry_after_s=error.retry_after_s) from None
    except Unavailable as error:
        if error.absent:
            raise NotInstalled(f"There is no model here: {error}. The engine extractive needs none.") from None
        raise NotReady(f"The model cannot answer: {error}.", retry_after_s=5 if error.loading else 60) from None
    except (Expired, ClientGone):
        raise UpstreamTimeout("The text was not summarised within the deadline. Send it as a job.") from None
    except TooSlow as error:
        raise UpstreamTimeout(
            f"The model would need about {error.seconds:.0f} seconds for this text, longer than the deadline."
            " Send it as a job, or with engine extractive."
        ) from None
    except TooLong as error:
        raise TooLarge(
            f"The text has {error.parts:,} parts; the model takes at most {error.limit:,}. Use engine extractive."
        ) from None
    except OutOfMemory:
        raise NotReady("The device's memory does not hold a text of this length; ask for fewer beams.") from None
    except UnknownVoice as error:
        raise InvalidInput(
            f"voice {error.name} is not known. Some that are: {', '.join(error.known[:200])}.",
            errors=[{"field": "voice", "message": "is not known"}],
        ) from None
    except VoiceError:
        raise UpstreamFailed("The text could not be spoken. Send it again later.") from None
    except ValueError as error:
        raise InvalidInput(f"{error}.") from None


def _last(items: Iterator[Part | Summary]) -> Summary:
    for item in items:
        if isinstance(item, Summary):
            return item
    raise RuntimeError("the summariser ended without a summary")


def _summary_body(made: Summary, text: str) -> dict[str, Any]:
    return SummaryAnswer(
        summary=made.text,
        engine=made.engine,
        model=made.model,
        parts=made.parts,
        input_words=count_words(text),
        summary_words=count_words(made.text),
    ).model_dump()


def _events(items: Iterator[Part | Summary], text: str) -> Response:
    """Server-sent events. The first item is awaited here, so that a refusal is still a proper problem response."""
    with _problems():
        first = next(items)
    lines = stream_with_context(_event_lines(chain([first], items), text))
    return Response(lines, content_type=events.CONTENT_TYPE, headers=events.HEADERS)


def _event_lines(items: Iterator[Part | Summary], text: str) -> Generator[str, None, None]:
    try:
        with _problems():
            for item in items:
                if isinstance(item, Part):
                    part = {"level": item.level, "part": item.index + 1, "parts": item.parts, "summary": item.text}
                    yield events.encode("part", part)
                else:
                    yield events.encode("summary", _summary_body(item, text))
    except ProblemError as problem:
        yield events.encode("problem", problem.to_dict())


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
