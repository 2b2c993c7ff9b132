"""Wires the gateway."""

from __future__ import annotations

from flask import Flask

from contract import headers, public
from gateway import auth, cors, limits
from gateway.config import Settings
from gateway.jobs.desk import Desk
from gateway.jobs.following import Follower
from gateway.routes import catalog, generation, jobs, models
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
    app = build_app(
        name="gateway",
        title="Visis",
        description=DESCRIPTION,
        settings=settings,
        public=True,
        blueprints=[
            catalog.create_routes(upstreams),
            generation.create_routes(upstreams, desk, follower),
            jobs.create_routes(upstreams, desk, follower),
            models.create_routes(upstreams),
        ],
        tags=public.TAGS,
        guards=[auth.Guard(settings)],
        security={"key": {"type": "http", "scheme": "bearer", "description": "An API key of this deployment."}},
        info={
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "The operator of this deployment"},
        },
        common_headers=(headers.REQUEST_ID, headers.SERVER_TIMING, headers.RATE_LIMIT),
        metrics=metrics,
        checks={upstream.name: upstream.ready for upstream in required},
    )
    limits.install(app)
    cors.install(app, settings.allowed_origins())
    return app
