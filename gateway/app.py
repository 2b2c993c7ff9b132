"""Wires the gateway."""

from __future__ import annotations

from flask import Flask

from gateway import auth, cors, limits, reading_schemas
from gateway.config import Settings
from gateway.jobs.desk import Desk
from gateway.jobs.following import Follower
from gateway.routes import books, generation, jobs, models, reading
from gateway.upstreams import Upstreams
from servicekit.app import build_app
from servicekit.metrics import Metrics

DESCRIPTION = """\
Books in; pages, summaries, key points and speech out.

Every error is `application/problem+json` (RFC 9457): `detail` says what to change, `errors` names the fields, and
`request_id` finds the request in the logs. [All problems](/problems).
"""


def create_app(settings: Settings | None = None, upstreams: Upstreams | None = None) -> Flask:
    """Make the gateway's app. `upstreams` replaces the clients made from the settings, in tests."""
    settings = settings or Settings.load()
    metrics = Metrics("gateway")
    upstreams = upstreams or Upstreams.from_settings(settings, metrics.upstreams)
    desk, follower = Desk(upstreams, settings), Follower(upstreams.catalog, settings.event_streams)
    required = [upstreams.by_name(name) for name in settings.ready_requires.split(",") if name]
    blueprints = [
        auth.scoped(books.create_blueprint(upstreams), reads="read", writes="write"),
        auth.scoped(reading.create_blueprint(upstreams), reads="read", writes="write"),
        auth.scoped(generation.create_blueprint(upstreams, desk, follower), reads="generate", writes="generate"),
        auth.scoped(jobs.create_blueprint(upstreams, desk, follower), reads="read", writes="generate"),
        auth.scoped(models.create_blueprint(upstreams), reads="read", writes="admin"),
    ]
    app = build_app(
        name="gateway",
        title="Visis",
        description=DESCRIPTION,
        settings=settings,
        public=True,
        blueprints=blueprints,
        guards=[auth.Guard(settings, blueprints)],
        security={"key": {"type": "http", "scheme": "bearer"}},
        metrics=metrics,
        models=[reading_schemas.BookText],
        checks={upstream.name: upstream.ready for upstream in required},
    )
    limits.install(app)
    cors.install(app, settings.allowed_origins())
    return app
