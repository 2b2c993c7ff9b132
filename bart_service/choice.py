"""Chooses the engines from the settings and from what is on disk, and says why."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path

from bart_service.batching import BatchLimits
from bart_service.config import BartSettings
from bart_service.engine import BatchEngine
from bart_service.engines import ExtractiveEngine, NeuralEngine
from bart_service.extractive_engine import ExtractiveBatchEngine
from bart_service.observe import WorkerMetrics
from bart_service.worker import ModelWorker
from modelkit import choice, store
from modelkit.choice import Candidate, Engines

_CLASSES = {"ctranslate2": "CTranslate2Engine", "transformers": "TransformersEngine"}
_NEEDS = {"ctranslate2": ("ctranslate2", "tokenizers"), "transformers": ("transformers", "torch", "tokenizers")}
_CPU = "on the CPU ctranslate2 is the fastest"
_GPU = "there is a GPU, where transformers in 16 bits is first"
_DRIVER = Path("/proc/driver/nvidia/version")


def engines(settings: BartSettings, observer: WorkerMetrics, batch_engine: BatchEngine | None = None) -> Engines:
    """The engines that the settings ask for, with `batch_engine` in the place of the configured model.

    Loads nothing, and imports no heavy library.
    """
    extractive = ExtractiveEngine(_worker(settings, observer, ExtractiveBatchEngine(), BatchLimits(1, 1)))
    if batch_engine is not None:
        made = _neural(settings, observer, batch_engine)
        return Engines(extractive, made, "given by the caller", settings.engine != "auto", settings.check_answers)
    gpu = settings.device == "cuda" or (settings.device == "auto" and _DRIVER.exists())
    order = ("transformers", "ctranslate2") if gpu else ("ctranslate2", "transformers")
    return choice.choose(
        "BART_ENGINE",
        settings.engine,
        extractive=extractive,
        candidates=[
            Candidate(name, _NEEDS[name], partial(_configured, settings, observer, name), _GPU if gpu else _CPU)
            for name in order
        ],
        absent=store.why_absent(settings.model_folder()),
        check=settings.check_answers,
    )


def _configured(settings: BartSettings, observer: WorkerMetrics, name: str) -> NeuralEngine:
    made: BatchEngine = getattr(import_module(f"bart_service.{name}_engine"), _CLASSES[name])(
        settings.model_folder(),
        device=settings.device,
        compute_type=settings.compute_type,
        threads=settings.model_threads,
    )
    return _neural(settings, observer, made)


def _neural(settings: BartSettings, observer: WorkerMetrics, batch_engine: BatchEngine) -> NeuralEngine:
    limits = BatchLimits(settings.batch_pieces, settings.batch_tokens)
    return NeuralEngine(_worker(settings, observer, batch_engine, limits), settings.max_parts)


def _worker(settings: BartSettings, observer: WorkerMetrics, engine: BatchEngine, limits: BatchLimits) -> ModelWorker:
    worker = ModelWorker(
        engine,
        observer=observer,
        limits=limits,
        queue_size=settings.queue_size,
        wait_s=settings.batch_wait_ms / 1000,
        lead_s=settings.lead_s,
    )
    observer.watch_queue(engine.name, worker.queue_length)
    return worker
