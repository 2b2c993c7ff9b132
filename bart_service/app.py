"""Wires the BART worker: engine, queue, voices, routes."""

from __future__ import annotations

from flask import Flask

from bart_service import choice
from bart_service.batching import BatchLimits
from bart_service.choice import Choice
from bart_service.config import BartSettings
from bart_service.engine import Engine
from bart_service.extractive_engine import ExtractiveEngine
from bart_service.observe import SERVICE, WorkerMetrics
from bart_service.routes import speech_blueprint, summaries_blueprint
from bart_service.speech import build
from bart_service.speech.speaker import Speaker
from bart_service.summariser import Summariser
from bart_service.worker import ModelWorker
from servicekit.app import build_app
from servicekit.metrics import Metrics
from servicekit.serve import serve


def create_app(settings: BartSettings | None = None, engine: Engine | None = None) -> Flask:
    """Make the app; returns at once, the model loads in its own thread. `engine` stands in for the configured one."""
    settings = settings or BartSettings.load()
    metrics = Metrics(SERVICE)
    observer = WorkerMetrics(metrics)
    chosen = Choice(engine, "given by the caller") if engine else choice.choose(settings)
    summariser = Summariser(
        _worker(ExtractiveEngine(), settings, observer, BatchLimits(1, 1)),
        _worker(chosen.engine, settings, observer, _limits(settings)) if chosen.engine else None,
        why=chosen.why,
        lenient=settings.engine == "auto",
        max_parts=settings.max_parts,
    )
    speaker = build.speaker(settings, observer.spoken)
    app = build_app(
        name=SERVICE,
        title="Visis BART worker",
        description=__doc__ or "",
        settings=settings,
        blueprints=[summaries_blueprint(summariser, settings), speech_blueprint(speaker, settings)],
        checks={"engine": summariser.not_ready},
        metrics=metrics,
    )
    app.extensions["visis_summariser"] = summariser
    app.extensions["visis_stop"] = lambda: _stop(summariser, speaker)
    summariser.start()
    return app


def _worker(engine: Engine, settings: BartSettings, observer: WorkerMetrics, limits: BatchLimits) -> ModelWorker:
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


def _limits(settings: BartSettings) -> BatchLimits:
    return BatchLimits(settings.batch_pieces, settings.batch_tokens)


def _stop(summariser: Summariser, speaker: Speaker) -> None:
    summariser.stop()
    speaker.stop()


def main() -> None:
    """Serve until SIGTERM."""
    serve(BartSettings, create_app)


if __name__ == "__main__":
    main()
