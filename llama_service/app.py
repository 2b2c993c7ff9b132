"""Wires the Llama worker: settings, engines, routes. Run it with `python -m llama_service`."""

from __future__ import annotations

import importlib.util

from flask import Flask

from llama_service import models
from llama_service.config import LlamaSettings
from llama_service.engine import Engine
from llama_service.extractive import ExtractiveEngine
from llama_service.neural import NeuralEngine
from llama_service.routes import make_api
from llama_service.selection import Engines
from llama_service.worker import Worker
from llama_service.worker_metrics import WorkerMetrics
from servicekit import logs
from servicekit.app import build_app
from servicekit.metrics import Metrics

log = logs.get_logger(__name__)


def create_app(settings: LlamaSettings | None = None, engine: Engine | None = None) -> Flask:
    """Make the app. `engine` stands in for the model's engine; by default the settings decide.

    Returns at once: a model loads in its own thread, and `/readyz` says how far it is.
    """
    settings = settings or LlamaSettings.load()
    metrics = Metrics("llama_service")
    engines = _engines(settings, engine, metrics)
    app = build_app(
        name="llama_service",
        title="Visis Llama worker",
        description="Summaries and key points by an instruction-tuned GGUF model. Called by the gateway.",
        settings=settings,
        blueprints=[make_api(engines)],
        checks={"engine": engines.ready},
        metrics=metrics,
    )
    app.extensions["visis_engines"] = engines
    return app


def _engines(settings: LlamaSettings, engine: Engine | None, metrics: Metrics) -> Engines:
    extractive = ExtractiveEngine()
    if engine is not None or settings.engine == "extractive":
        return Engines(settings.engine, extractive, engine)
    absent = _why_absent(settings)
    if absent is not None:
        log.info("engine_chosen", engine=settings.engine, serving="extractive", reason=absent)
        return Engines(settings.engine, extractive, absent=absent)
    worker = Worker(settings, models.source(settings), WorkerMetrics(metrics))
    worker.start()
    return Engines(settings.engine, extractive, _neural(settings, worker))


def _why_absent(settings: LlamaSettings) -> str | None:
    """Why no model can be loaded, before anything is tried; None if one can."""
    if importlib.util.find_spec("llama_cpp") is None:
        return "the package llama-cpp-python is not installed"
    path = models.source(settings).path
    return None if path.is_file() else f"there is no file {path}: run `make models`, or set LLAMA_MODEL_PATH"


def _neural(settings: LlamaSettings, worker: Worker) -> NeuralEngine:
    return NeuralEngine(
        worker,
        max_tokens=settings.max_tokens,
        max_parts=settings.max_parts,
        parts_at_once=max(1, settings.slots // 2),
    )
