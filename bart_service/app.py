"""Wires the BART worker: engines, voices, routes."""

from __future__ import annotations

from flask import Flask

from bart_service import choice
from bart_service.config import BartSettings
from bart_service.engine import BatchEngine
from bart_service.observe import SERVICE, WorkerMetrics
from bart_service.routes import speech_routes
from bart_service.speech import build
from bart_service.speech.speaker import Speaker
from modelkit.choice import Engines
from modelkit.routes import generation_routes
from servicekit import sandbox
from servicekit.app import build_app
from servicekit.metrics import Metrics
from servicekit.serve import serve

MAX_TOKENS = 1024
TAGS = {"text": "Summaries and key points.", "speech": "Text read aloud."}


def create_app(settings: BartSettings | None = None, engine: BatchEngine | None = None) -> Flask:
    """Make the app; returns at once, the model loads in its own thread. `engine` stands in for the configured one."""
    settings = settings or BartSettings.load()
    metrics = Metrics(SERVICE)
    observer = WorkerMetrics(metrics)
    engines = choice.engines(settings, observer, engine)
    speaker = build.speaker(settings, observer.spoken)
    app = build_app(
        name=SERVICE,
        title="Visis BART worker",
        description="Summaries, key points and speech. Called by the gateway.",
        settings=settings,
        tags=TAGS,
        blueprints=[generation_routes(SERVICE, engines, max_tokens=MAX_TOKENS), speech_routes(speaker, settings)],
        checks={"engine": engines.not_ready},
        details={"sandbox": sandbox.missing},
        metrics=metrics,
    )
    app.extensions["visis_engines"] = engines
    app.extensions["visis_stop"] = lambda: _stop(engines, speaker)
    engines.start()
    return app


def _stop(engines: Engines, speaker: Speaker) -> None:
    engines.close()
    speaker.stop()


def main() -> None:
    """Serve until SIGTERM."""
    serve(BartSettings, create_app)


if __name__ == "__main__":
    main()
