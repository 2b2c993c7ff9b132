"""Wires the Llama worker: settings, engines, routes. Run it with `python -m llama_service.app`."""

from __future__ import annotations

from flask import Flask

from llama_service.config import LlamaSettings
from llama_service.engine import Engine
from llama_service.extractive import ExtractiveEngine
from llama_service.routes import make_api
from llama_service.selection import Engines
from servicekit import logs
from servicekit.app import build_app
from servicekit.metrics import Metrics
from servicekit.serve import serve

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
    if engine is None and settings.engine != "extractive":
        absent = "no model is configured"
        log.info("engine_chosen", engine="extractive", reason=absent)
        return Engines(settings.engine, ExtractiveEngine(), absent=absent)
    return Engines(settings.engine, ExtractiveEngine(), engine)


if __name__ == "__main__":
    serve(LlamaSettings, create_app)
