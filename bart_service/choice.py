"""Chooses the engine from the settings and from what is on disk, and says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bart_service import store
from bart_service.config import BartSettings
from bart_service.engine import Engine, EngineInfo, EngineUnavailable, Output, Piece
from servicekit import logs

log = logs.get_logger(__name__)
_CLASSES = {"ctranslate2": "CTranslate2Engine", "transformers": "TransformersEngine"}
_NEEDS = {"ctranslate2": ("ctranslate2", "tokenizers"), "transformers": ("transformers", "torch", "tokenizers")}
_DRIVER = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True)
class Choice:
    """The neural engine, or None for the extractive one alone, and the reason in words."""

    engine: Engine | None
    why: str


def choose(settings: BartSettings) -> Choice:
    """The engine that the settings ask for. Loads nothing, and imports no heavy library."""
    choice = _by_disk(settings) if settings.engine == "auto" else _named(settings)
    log.info("engine_chosen", engine=choice.engine.name if choice.engine else "extractive", why=choice.why)
    return choice


def _named(settings: BartSettings) -> Choice:
    why = f"BART_ENGINE is {settings.engine}"
    return Choice(None if settings.engine == "extractive" else _make(settings.engine, settings), why)


def _by_disk(settings: BartSettings) -> Choice:
    folder = settings.model_folder()
    if not store.is_there(folder):
        half = f"the folder of model {folder.name} has no manifest: fetching it was not finished"
        nothing = f"model {folder.name} is not on disk"
        return Choice(None, f"{half if folder.is_dir() else nothing}; make models fetches it")
    gpu = settings.device == "cuda" or (settings.device == "auto" and _DRIVER.exists())
    order = ("transformers", "ctranslate2") if gpu else ("ctranslate2", "transformers")
    for name in order:
        if _missing(name) is None:
            return Choice(_make(name, settings), f"model {folder.name} is on disk, and {_reason(name, gpu=gpu)}")
    return Choice(None, f"model {folder.name} is on disk, but neither ctranslate2 nor transformers is installed")


def _reason(name: str, *, gpu: bool) -> str:
    if gpu:
        return "there is a GPU, where transformers in 16 bits is first" if name == "transformers" else _only(name)
    return "on the CPU ctranslate2 is the fastest" if name == "ctranslate2" else _only(name)


def _only(name: str) -> str:
    return f"{name} is the only engine installed"


def _missing(name: str) -> str | None:
    return next((package for package in _NEEDS[name] if find_spec(package) is None), None)


def _make(name: str, settings: BartSettings) -> Engine:
    package = _missing(name)
    if package is not None:
        return MissingEngine(name, settings.model, package)
    engine: Any = getattr(import_module(f"bart_service.{name}_engine"), _CLASSES[name])
    made: Engine = engine(
        settings.model_folder(),
        device=settings.device,
        compute_type=settings.compute_type,
        threads=settings.model_threads,
    )
    return made


class MissingEngine:
    """Stands where a named engine's package is not installed, and says so."""

    def __init__(self, name: str, model: str, package: str) -> None:
        self.name, self._model, self._package = name, model, package

    def load(self) -> None:
        """Say what is missing."""
        raise EngineUnavailable(f"needs the Python package {self._package}; install the models extra")

    def generate(self, pieces: Sequence[Piece]) -> list[Output]:
        """Never called: it does not load."""
        raise EngineUnavailable(f"needs the Python package {self._package}")

    def info(self) -> EngineInfo:
        """The engine that was asked for."""
        return EngineInfo(self.name, self._model, "none", {})
