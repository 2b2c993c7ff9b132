"""Wires the gateway."""

from __future__ import annotations

from typing import Literal

from flask import Flask

from contract import headers, public
from gateway import auth, cors, limits
from gateway.config import Settings
from gateway.job_events import JobEvents
from gateway.job_orders import JobOrders
from gateway.places import Places
from gateway.routes import catalog, generation, jobs, models
from gateway.spool import Spool, Uploads
from gateway.spool import install as install_spool
from gateway.upstreams import Upstreams
from servicekit import security_headers
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
    orders = JobOrders(upstreams)
    job_events = JobEvents(upstreams.catalog, Places(settings.event_streams, settings.event_streams_per_caller))
    spool = Spool(settings.home / "gateway" / "spool", settings.spool_mb << 20)
    required = [upstreams.by_name(name) for name in settings.ready_requires.split(",") if name]
    app = build_app(
        name="gateway",
        title="Visis",
        description=DESCRIPTION,
        settings=settings,
        public=True,
        blueprints=[
            catalog.create_routes(upstreams, spool),
            generation.create_routes(upstreams, orders, job_events),
            jobs.create_routes(upstreams, orders, job_events),
            models.create_routes(upstreams),
        ],
        tags=public.TAGS,
        guards=[auth.Guard(settings), Uploads(settings, spool, metrics)],
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
    install_spool(app)
    cors.install(app, settings.allowed_origins())
    readers: Literal["same-origin", "cross-origin"] = "cross-origin" if settings.allowed_origins() else "same-origin"
    app.after_request(lambda response: security_headers.add(response, readers=readers))
    return app
