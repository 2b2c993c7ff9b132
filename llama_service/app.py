"""Wires the Llama worker: settings, engines, routes. Run it with `python -m llama_service`."""

from __future__ import annotations

from flask import Flask

from llama_service import models
from llama_service.config import LlamaSettings
from llama_service.neural import NeuralEngine
from llama_service.worker import Worker
from llama_service.worker_metrics import WorkerMetrics
from modelkit.choice import Candidate, Engines, choose
from modelkit.engine import Engine
from modelkit.extractive import ExtractiveEngine
from modelkit.routes import generation_routes
from servicekit.app import build_app
from servicekit.metrics import Metrics

SERVICE = "llama_service"


def create_app(settings: LlamaSettings | None = None, engine: Engine | None = None) -> Flask:
    """Make the app; returns at once, the model loads in its own thread. `engine` stands in for the model's engine."""
    settings = settings or LlamaSettings.load()
    metrics = Metrics(SERVICE)
    engines = _engines(settings, engine, metrics)
    app = build_app(
        name=SERVICE,
        title="Visis Llama worker",
        description="Summaries and key points by an instruction-tuned GGUF model. Called by the gateway.",
        settings=settings,
        tags={"text": "Summaries and key points."},
        blueprints=[generation_routes(SERVICE, engines)],
        checks={"engine": engines.not_ready},
        metrics=metrics,
    )
    app.extensions["visis_engines"] = engines
    engines.start()
    return app


def _engines(settings: LlamaSettings, engine: Engine | None, metrics: Metrics) -> Engines:
    extractive = ExtractiveEngine()
    model = models.source(settings)
    if engine is not None and settings.engine != "extractive":
        return Engines(extractive, engine, "given by the caller", settings.engine != "auto", settings.check_answers)
    return choose(
        "LLAMA_ENGINE",
        settings.engine,
        extractive=extractive,
        candidates=[Candidate("llama_cpp", ("llama_cpp",), lambda: _neural(settings, model, metrics))],
        absent=models.why_absent(model),
        check=settings.check_answers,
    )


def _neural(settings: LlamaSettings, model: models.Source, metrics: Metrics) -> NeuralEngine:
    return NeuralEngine(
        Worker(settings, model, WorkerMetrics(metrics)),
        max_tokens=settings.max_tokens,
        max_parts=settings.max_parts,
    )
