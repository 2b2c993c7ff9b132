"""Chooses the engine and the voice from the settings and from what is on disk, and says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from bart_service.config import BartSettings
from bart_service.engine import Engine, EngineInfo, EngineUnavailable, Output, Piece
from bart_service.speech.espeak import EspeakVoice
from bart_service.speech.speaker import Speaker
from bart_service.speech.voice import Voice


@dataclass(frozen=True)
class Choice:
    """The neural engine, or None for the extractive one alone, and the reason in words."""

    engine: Engine | None
    why: str


def given(engine: Engine) -> Choice:
    """An engine that the caller brought."""
    return Choice(engine, "given by the caller")


def choose(settings: BartSettings) -> Choice:
    """The engine that the settings ask for. Loads nothing and imports no heavy library."""
    if settings.engine == "extractive":
        return Choice(None, "BART_ENGINE is extractive")
    raise NotImplementedError


def speaker(settings: BartSettings, on_spoken: Callable[[str, float, float], None]) -> Speaker:
    """The configured voice, with the offline one behind it."""
    offline = EspeakVoice(settings.speech_timeout_s)
    if settings.speech == "espeak":
        return Speaker(offline, streams=settings.speech_streams, on_spoken=on_spoken)
    return Speaker(_online(settings), fallback=offline, streams=settings.speech_streams, on_spoken=on_spoken)


def _online(settings: BartSettings) -> Voice:
    from bart_service.speech.gtts_voice import GttsVoice

    return GttsVoice(timeout_s=settings.speech_timeout_s, retries=settings.gtts_retries)
