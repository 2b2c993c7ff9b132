"""The offline voice: eSpeak NG in a child process that is restarted when it crashes or hangs."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from bart_service.speech.voice import UnknownVoice, Utterance, VoiceError, Word

_CHILD = Path(__file__).with_name("espeak_child.py")
_ROOT = Path(__file__).parents[2]
WORDS_A_MINUTE = 175
_RATE_LIMITS = (80, 450)  # espeakRATE_MINIMUM and espeakRATE_MAXIMUM of speak_lib.h


class EspeakVoice:
    """Speaks and writes phonemes through one child process; callers take turns."""

    name = "espeak"

    def __init__(self, timeout_s: float = 10.0) -> None:
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._languages: list[str] = []

    def speak(self, sentence: str, *, language: str = "en", speed: float = 1.0) -> Utterance:
        """Say a sentence in one of `languages()`, at `speed` times 175 words a minute.

        Raises:
            UnknownVoice: no such language.
            VoiceError: the library crashed or did not answer in time; the next call gets a fresh one.
        """
        rate = min(max(round(WORDS_A_MINUTE * speed), _RATE_LIMITS[0]), _RATE_LIMITS[1])
        head, data = self._ask({"text": sentence, "voice": language, "rate": rate})
        words = tuple(Word(ms / 1000, start, length) for ms, start, length in head["marks"])
        return Utterance(int(head["sample_rate"]), np.frombuffer(data, dtype="<i2").astype(np.int16), words)

    def phonemes(self, texts: Sequence[str], language: str) -> list[str]:
        """Each text in IPA with stress marks, a space between words; two words may be written as one ("out of").

        Raises:
            UnknownVoice: no such language.
            VoiceError: the library crashed or did not answer in time.
        """
        return [str(one) for one in self._ask({"phonemes": list(texts), "voice": language})[0]["phonemes"]]

    def languages(self) -> list[str]:
        """The language codes that can be spoken."""
        if not self._languages:
            self._languages = list(self._ask({"voices": True})[0]["voices"])
        return self._languages

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._stop()

    def _ask(self, question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            child = self._running()
            watchdog = threading.Timer(self._timeout_s, child.kill)
            watchdog.start()
            try:
                head, data = _exchange(child, question)
            except (OSError, ValueError) as error:
                hung = not watchdog.is_alive()
                self._stop()
                raise VoiceError("timeout" if hung else "crashed") from error
            finally:
                watchdog.cancel()
        if head.get("error") == "unknown-voice":
            raise UnknownVoice(question["voice"], self.languages())
        return head, data

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._child = subprocess.Popen(
                [sys.executable, "-B", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"},
                start_new_session=True,  # Ctrl-C is for the service: the child ends with its pipe
            )
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # unsent bytes to a child that is gone
        pipe.close()


def _exchange(child: subprocess.Popen[bytes], question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if child.stdin is None or child.stdout is None:
        raise OSError("the child has no pipes")
    child.stdin.write(json.dumps(question).encode() + b"\n")
    child.stdin.flush()
    line = child.stdout.readline()
    if not line:
        raise OSError("the child ended")
    head = json.loads(line)
    size = int(head["samples"]) * 2
    data = child.stdout.read(size)
    if len(data) != size:
        raise OSError("the child ended in the middle of an answer")
    return head, data
