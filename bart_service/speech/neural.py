"""Neural voices: from phonemes to samples and exact word times, by a Piper or a Kokoro graph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bart_service.speech.network import Network
from bart_service.speech.phonemes import Clause
from bart_service.speech.voice import Utterance, VoiceError, Word

MOST_SYMBOLS = 480  # of one run: Kokoro takes 510; of Piper it is about 30 s of sound


class Symbol(NamedTuple):
    """One phoneme as a graph's input id, and the index of the word that it belongs to (-1 is none)."""

    id: int
    word: int


class Sound(NamedTuple):
    """Samples between -1 and 1, and the sample at which each symbol begins."""

    audio: NDArray[np.float32]
    starts: NDArray[np.int64]


class Model(Protocol):
    """A kind of graph: what its symbols are, and how it is run. Threads may call it at once."""

    sample_rate: int
    speakers: Sequence[str]

    def symbols(self, clause: Clause, first_word: int, language: str) -> list[Symbol]: ...

    def run(self, symbols: Sequence[Symbol], *, speaker: str, speed: float) -> Sound: ...


def speak(model: Model, clauses: Sequence[Clause], *, language: str, speaker: str, speed: float) -> Utterance:
    """Say the clauses of a sentence, in several runs if it is long, cut at clauses if it can be. Raises VoiceError."""
    words = [word for clause in clauses for word in clause.words]
    starts: dict[int, int] = {}
    sounds: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    at = 0
    for symbols in _runs(model, clauses, language):
        sound = model.run(symbols, speaker=speaker, speed=speed)
        for symbol, start in zip(symbols, sound.starts, strict=True):
            if symbol.word >= 0:
                starts.setdefault(symbol.word, at + int(start))
        sounds.append(sound.audio)
        at += len(sound.audio)
    samples = (np.clip(np.concatenate(sounds), -1.0, 1.0) * 32767).astype(np.int16)
    marks = (Word(start / model.sample_rate, words[one].start, words[one].length) for one, start in starts.items())
    return Utterance(model.sample_rate, samples, tuple(marks))


def _runs(model: Model, clauses: Sequence[Clause], language: str) -> Iterator[list[Symbol]]:
    batch: list[Symbol] = []
    first_word = 0
    for clause in clauses:
        symbols = model.symbols(clause, first_word, language)
        first_word += len(clause.words)
        if batch and len(batch) + len(symbols) > MOST_SYMBOLS:
            yield batch
            batch = []
        while len(symbols) > MOST_SYMBOLS:
            cut = _gap_before(symbols, MOST_SYMBOLS)
            yield symbols[:cut]
            symbols = symbols[cut:]
        batch = batch + symbols
    if batch:
        yield batch


def _gap_before(symbols: Sequence[Symbol], most: int) -> int:
    """The last place between two words after at most `most` symbols; `most` itself inside a word as long as that."""
    return next((at for at in range(most, 0, -1) if symbols[at].word != symbols[at - 1].word), most)


def _between_words(clause: Clause, first_word: int) -> Iterator[tuple[str, int]]:
    """The phonemes of each word with its index, and a space between two."""
    for index, word in enumerate(clause.words, start=first_word):
        if index > first_word:
            yield " ", -1
        yield word.phonemes, index


class PiperModel:
    """A Piper (VITS) graph with its `.onnx.json`.

    As in Piper's training, a run is `^`, each code point of the decomposed IPA text, `$`, with the pad `_` after each
    but the last; ids are the voice's `phoneme_id_map`, and what it does not list is left out.
    """

    _MARKS = {"—": ", ", "...": ".", ",": ", ", ":": ": ", ";": "; "}  # noqa: RUF012  # a space follows inner marks

    def __init__(self, graph: Path, config: Mapping[str, Any], *, gpu: bool = False) -> None:
        """Raises VoiceError if the graph or its configuration is not a Piper voice's."""
        try:
            self._ids = {symbol: [int(one) for one in ids] for symbol, ids in config["phoneme_id_map"].items()}
            self._begin, self._pad, self._end = (self._ids[mark][0] for mark in "^_$")
            scales = config["inference"]
            self._noise, self._length, self._noise_w = (
                float(scales[name]) for name in ("noise_scale", "length_scale", "noise_w")
            )
            self.sample_rate = int(config["audio"]["sample_rate"])
            self._speakers = {str(name): int(number) for name, number in config.get("speaker_id_map", {}).items()}
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise VoiceError("damaged-configuration") from error
        self.speakers = list(self._speakers)
        self._network = Network(graph, gpu=gpu)
        self._many = "sid" in self._network.inputs

    def symbols(self, clause: Clause, first_word: int, language: str) -> list[Symbol]:
        """One symbol a code point that the voice knows."""
        texts = [*_between_words(clause, first_word), (self._MARKS.get(clause.mark, clause.mark), -1)]
        return [
            Symbol(number, word)
            for text, word in texts
            for point in unicodedata.normalize("NFD", text)
            for number in self._ids.get(point, ())
        ]

    def run(self, symbols: Sequence[Symbol], *, speaker: str, speed: float) -> Sound:
        """Say them at `speed` times the voice's own. Raises VoiceError."""
        ids = np.full(2 * len(symbols) + 3, self._pad, np.int64)
        ids[0], ids[-1] = self._begin, self._end
        ids[2:-1:2] = [symbol.id for symbol in symbols]
        feeds: dict[str, NDArray[Any]] = {
            "input": ids[np.newaxis],
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([self._noise, self._length / speed, self._noise_w], np.float32),
        }
        if self._many:
            feeds["sid"] = np.array([self._speakers.get(speaker, 0)], np.int64)
        audio, durations = self._network.run(feeds)
        return Sound(audio, (np.cumsum(durations) - durations)[2:-1:2])


class KokoroModel:
    """A Kokoro-82M graph with its vocabulary and its speakers' styles.

    A run is 0, then a symbol for each code point of the phonemes as Kokoro writes them, then 0. A speaker is a table of
    one 256-number style for each count of symbols.
    """

    sample_rate = 24_000

    def __init__(self, graph: Path, vocabulary: Mapping[str, int], styles: Path, *, gpu: bool = False) -> None:
        """`styles` is an `.npz` of arrays (510, 1, 256) by speaker. Raises VoiceError."""
        try:
            with np.load(styles, allow_pickle=False) as found:
                self._styles = {name: np.asarray(found[name], np.float32).reshape(-1, 1, 256) for name in found.files}
            self._ids = {str(point): int(number) for point, number in vocabulary.items()}
        except (OSError, ValueError, TypeError, AttributeError, BadZipFile) as error:
            raise VoiceError("damaged-configuration") from error
        self.speakers = list(self._styles)
        self._network = Network(graph, gpu=gpu)
        self._tokens = "tokens" if "tokens" in self._network.inputs else "input_ids"  # two exports of one model

    def symbols(self, clause: Clause, first_word: int, language: str) -> list[Symbol]:
        """One symbol a code point that the graph knows."""
        texts = [(kokoro_phonemes(text, language), word) for text, word in _between_words(clause, first_word)]
        mark = "…" if clause.mark == "..." else clause.mark
        texts.append((f"{mark} " if mark in (",", ";", ":", "—") else mark, -1))
        return [Symbol(self._ids[point], word) for text, word in texts for point in text if point in self._ids]

    def run(self, symbols: Sequence[Symbol], *, speaker: str, speed: float) -> Sound:
        """Say them at `speed` times the speaker's own. Raises VoiceError."""
        style = self._styles[speaker]
        ids = np.array([[0, *(symbol.id for symbol in symbols), 0]], np.int64)
        audio, durations = self._network.run(
            {
                self._tokens: ids,
                "style": style[min(len(symbols), len(style)) - 1],
                "speed": np.array([speed], np.float32),
            }
        )
        return Sound(audio, (np.cumsum(durations) - durations)[1:-1])


# How Kokoro writes what eSpeak writes, after misaki's tables (github.com/hexgrad/misaki, misaki/espeak.py, Apache-2.0).
_KOKORO_ENGLISH = (
    ("ʔn", "tn"), ("ʔ", "t"), ("aɪ", "I"), ("aʊ", "W"), ("dʒ", "ʤ"), ("eɪ", "A"), ("e", "A"), ("tʃ", "ʧ"), ("ɔɪ", "Y"),
    ("əl", "ᵊl"), ("ʲ", ""), ("ɚ", "əɹ"), ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("ɬ", "l"), ("\u0303", ""),
)  # fmt: skip
_KOKORO_BRITISH = (("eə", "ɛː"), ("iə", "ɪə"), ("əʊ", "Q"))
_KOKORO_AMERICAN = (("oʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_KOKORO_OTHER = (("dʒ", "ʤ"), ("tʃ", "ʧ"), ("ts", "ʦ"), ("dz", "ʣ"), ("-", ""))
_SYLLABIC = re.compile(r"(\S)\u0329")


def kokoro_phonemes(phonemes: str, language: str) -> str:
    """A word's eSpeak phonemes as Kokoro was trained on them."""
    tag = language.lower()
    if not tag.startswith("en"):
        return _replaced(phonemes, _KOKORO_OTHER)
    regional = _KOKORO_BRITISH if tag.startswith("en-gb") else _KOKORO_AMERICAN
    return _SYLLABIC.sub(r"ᵊ\1", _replaced(_replaced(phonemes, regional), _KOKORO_ENGLISH))


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
