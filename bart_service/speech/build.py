"""Makes the speaker that the settings ask for, from the voices on disk. Loads no voice, and says why it chose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from bart_service.config import BartSettings
from bart_service.speech import voices
from bart_service.speech.espeak import EspeakVoice
from bart_service.speech.speaker import Speaker
from bart_service.speech.voice import Voice
from servicekit import logs

log = logs.get_logger(__name__)
_DRIVER = Path("/proc/driver/nvidia/version")
_ENGINES: dict[str, tuple[voices.Engine, ...]] = {
    "auto": ("piper", "kokoro"),
    "piper": ("piper",),
    "kokoro": ("kokoro",),
}


def speaker(settings: BartSettings, on_spoken: Callable[[str, float, float], None]) -> Speaker:
    """The speaker of `BART_SPEECH`.

    `auto` prefers a neural voice on disk and has eSpeak behind it, `piper` and `kokoro` have only their voices, `gtts`
    has eSpeak behind it. The voice of `BART_SPEECH_VOICE`'s language is loaded in the background.
    """
    tiers, why = _tiers(settings)
    made = Speaker(tiers, streams=settings.speech_streams, threads=settings.speech_threads, on_spoken=on_spoken)
    log.info("speech_chosen", voices=[voice.name for tier in tiers for voice in tier], why=why)
    made.warm(settings.speech_voice)
    return made


def _tiers(settings: BartSettings) -> tuple[list[Sequence[Voice]], str]:
    espeak = EspeakVoice(settings.speech_timeout_s)
    if settings.speech == "espeak":
        return [[espeak]], "BART_SPEECH is espeak"
    if settings.speech == "gtts":
        gtts = import_module("bart_service.speech.gtts_voice")
        online = gtts.GttsVoice(timeout_s=settings.speech_timeout_s, retries=settings.gtts_retries)
        return [[online], [espeak]], "BART_SPEECH is gtts"
    folder = settings.voices_folder()
    if find_spec("onnxruntime") is None:
        neural: list[voices.NeuralVoice] = []
        why = "onnxruntime is not installed (extra voices)"
    else:
        loader = voices.Loader(
            espeak, gpu=settings.device == "cuda" or (settings.device == "auto" and _DRIVER.exists())
        )
        neural = voices.speakers(folder, loader, _ENGINES[settings.speech])
        why = f"{len(neural)} neural voices in {folder}"
    if settings.speech == "auto":
        return [neural, [espeak]], why
    return [neural], f"BART_SPEECH is {settings.speech}; {why}"
