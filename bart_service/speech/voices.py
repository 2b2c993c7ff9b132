"""Neural voices on disk: a folder each, complete when its manifest is there, loaded when first spoken.

models/voices/ID/
    manifest.json     id, engine, speakers and their languages, quality, sample rate, licence, source, SHA-256 of files
    model.onnx        the graph
    config.json       Piper: the voice's .onnx.json; Kokoro: its config.json with the vocabulary
    styles.npz        Kokoro: the speakers
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bart_service.speech import languages
from bart_service.speech.espeak import EspeakVoice
from bart_service.speech.phonemes import Phonemiser
from bart_service.speech.voice import UnknownVoice, Utterance, Voice, VoiceError
from servicekit import logs

if TYPE_CHECKING:
    from bart_service.speech.neural import Model

log = logs.get_logger(__name__)
MANIFEST, GRAPH, CONFIG, STYLES = "manifest.json", "model.onnx", "config.json", "styles.npz"
MOST_LOADED = 4  # a medium Piper voice takes 130 MB
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
Name = Annotated[str, Field(pattern=NAME)]
Engine = Literal["piper", "kokoro"]


class SpeakerRow(BaseModel):
    """One speaker of a voice; `language` is a BCP 47 tag."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    language: str


class Manifest(BaseModel):
    """What is in a voice's folder, who speaks, and where it came from. `files` are names and SHA-256."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    id: Name
    engine: Engine
    speakers: Annotated[tuple[SpeakerRow, ...], Field(min_length=1)]
    quality: str
    sample_rate: int
    licence: str
    source: str
    files: dict[str, str]


def installed(folder: Path) -> list[tuple[Path, Manifest]]:
    """The complete voices below a folder, by id. A manifest that cannot be read is logged and left out."""
    found = []
    for path in sorted(folder.glob(f"*/{MANIFEST}")):
        try:
            found.append((path.parent, Manifest.model_validate_json(path.read_bytes())))
        except (OSError, ValidationError) as error:
            log.warning("voice_unreadable", folder=str(path.parent), reason=type(error).__name__)
    return found


def install(folder: Path, files: Mapping[str, Path], about: Mapping[str, Any]) -> Manifest:
    """Copy a voice's files into its folder and write its manifest last; `about` are the manifest's other fields.

    Raises:
        ValidationError: `about` is incomplete.
        OSError: a file cannot be read or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    for name, source in files.items():
        if source != folder / name:
            shutil.copyfile(source, folder / name)
    manifest = Manifest.model_validate(
        {**about, "id": folder.name, "files": {name: _sha256(folder / name) for name in files}}
    )
    draft = folder / f"{MANIFEST}.part"
    draft.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / MANIFEST)
    return manifest


def piper_about(config: Mapping[str, Any], *, licence: str, source: str) -> dict[str, Any]:
    """The manifest's fields that a Piper voice's own configuration has."""
    spoken = str(config.get("language", {}).get("code") or config["espeak"]["voice"]).replace("_", "-")
    names = list(config.get("speaker_id_map", {})) or ["default"]
    return {
        "engine": "piper",
        "speakers": [{"name": name, "language": spoken} for name in names],
        "quality": config["audio"].get("quality", "unknown"),
        "sample_rate": config["audio"]["sample_rate"],
        "licence": licence,
        "source": source,
    }


class NeuralVoice:
    """One speaker of a voice on disk; its name is `ID`, or `ID/SPEAKER` where there are several."""

    def __init__(self, folder: Path, manifest: Manifest, speaker: SpeakerRow, loader: Loader) -> None:
        self.manifest, self.folder, self.speaker = manifest, folder, speaker
        self.name = manifest.id if len(manifest.speakers) == 1 else f"{manifest.id}/{speaker.name}"
        self._loader = loader

    def languages(self) -> list[str]:
        """The speaker's language."""
        return [self.speaker.language]

    def load(self) -> None:
        """Load the graph, if it is not loaded. Raises VoiceError."""
        self._loader.get(self)

    def speak(self, sentence: str, *, language: str, speed: float) -> Utterance:
        """Say a sentence at `speed` times the voice's own.

        Raises:
            UnknownVoice: another language than the speaker's.
            VoiceError: the voice cannot be loaded, or failed.
        """
        if language not in self.languages():
            raise UnknownVoice(language, self.languages())
        neural = import_module("bart_service.speech.neural")
        model, phonemiser = self._loader.get(self)
        utterance: Utterance = neural.speak(
            model,
            phonemiser.write(sentence),
            language=language,
            speaker=self.speaker.name,
            speed=speed,
        )
        return utterance

    def close(self) -> None:
        """Let the graph go."""
        self._loader.forget()


@dataclass
class _Slot:
    model: Model
    phonemisers: dict[str, Phonemiser] = field(default_factory=dict)


class Loader:
    """Keeps the few graphs that spoke last; the others are loaded again when they are wanted."""

    def __init__(self, phonemes: EspeakVoice, *, gpu: bool = False, most: int = MOST_LOADED) -> None:
        self._phonemes, self._gpu, self._most = phonemes, gpu, most
        self._lock = threading.Lock()
        self._slots: OrderedDict[Path, _Slot] = OrderedDict()

    def get(self, voice: NeuralVoice) -> tuple[Model, Phonemiser]:
        """The voice's graph and what writes its phonemes. Raises VoiceError."""
        with self._lock:
            slot = self._slots.get(voice.folder)
            if slot is None:
                slot = self._slots[voice.folder] = _Slot(_load(voice, gpu=self._gpu))
                if len(self._slots) > self._most:
                    self._slots.popitem(last=False)
            self._slots.move_to_end(voice.folder)
            tag = voice.speaker.language
            if tag not in slot.phonemisers:
                code = languages.find(tag, self._phonemes.languages())
                if code is None:
                    raise VoiceError("no-phonemes-for-the-language")
                slot.phonemisers[tag] = Phonemiser(self._phonemes.phonemes, code)
            return slot.model, slot.phonemisers[tag]

    def forget(self) -> None:
        """Let every graph go."""
        with self._lock:
            self._slots.clear()


def _load(voice: NeuralVoice, *, gpu: bool) -> Model:
    folder, manifest = voice.folder, voice.manifest
    try:
        neural = import_module("bart_service.speech.neural")
    except ImportError as error:
        raise VoiceError("onnxruntime-is-not-installed") from error
    try:
        for name, digest in manifest.files.items():
            if _sha256(folder / name) != digest:
                raise VoiceError("damaged-file")
        config = json.loads((folder / CONFIG).read_bytes())
    except (OSError, ValueError) as error:
        raise VoiceError("cannot-read-the-voice") from error
    model: Model
    if manifest.engine == "piper":
        model = neural.PiperModel(folder / GRAPH, config, gpu=gpu)
    else:
        model = neural.KokoroModel(folder / GRAPH, config.get("vocab", {}), folder / STYLES, gpu=gpu)
    log.info("voice_loaded", voice=manifest.id, engine=manifest.engine)
    return model


def speakers(folder: Path, loader: Loader, engines: Sequence[Engine]) -> list[NeuralVoice]:
    """A voice for each speaker of each complete folder, of these engines."""
    return [
        NeuralVoice(path, manifest, speaker, loader)
        for path, manifest in installed(folder)
        if manifest.engine in engines
        for speaker in manifest.speakers
    ]


@dataclass(frozen=True)
class VoiceRow:
    """What a client can ask for: a voice's name and languages, and for one on disk what its manifest says of it."""

    id: str
    engine: str
    languages: tuple[str, ...]
    quality: str | None = None
    sample_rate: int | None = None
    licence: str | None = None
    source: str | None = None


def describe(voice: Voice) -> VoiceRow:
    """The row of a voice. Raises VoiceError if the voice cannot say which languages it has."""
    codes = tuple(voice.languages())
    if not isinstance(voice, NeuralVoice):
        return VoiceRow(voice.name, voice.name, codes)
    about = voice.manifest
    return VoiceRow(voice.name, about.engine, codes, about.quality, about.sample_rate, about.licence, about.source)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
