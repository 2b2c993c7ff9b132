"""Builds the Flask app of a service: its operations, problems, ids, deadlines, health, metrics and documentation."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Flask, Response, current_app, make_response, redirect, send_from_directory

from servicekit import hooks, openapi, problems, security_headers, tracing
from servicekit.bodies import BoundedRequest, StrictJson
from servicekit.metrics import Metrics
from servicekit.openapi import Api
from servicekit.operations import Content, Header, Operation, Routes, json_content
from servicekit.pools import Pools, PoolSize
from servicekit.schemas import Health, Readiness, Version
from servicekit.settings import ServiceSettings
from servicekit.version import VERSION

Check = Callable[[], str | None]
OPERATIONS_TAG = {"operations": "For operators and supervisors."}
HEALTHZ = Operation(
    "read_health", "GET", "/healthz", "Is the process up?", "operations", {200: json_content(Health, "It is.")}
)
READYZ = Operation(
    "read_readiness",
    "GET",
    "/readyz",
    "Can it serve?",
    "operations",
    {200: json_content(Readiness, "It can."), 503: json_content(Readiness, "It cannot: the checks say why.")},
    "Named checks, each `ok` or the reason why not.",
)
METRICS = Operation(
    "read_metrics",
    "GET",
    "/metrics",
    "Prometheus metrics",
    "operations",
    {200: Content("Metrics.", str, ("text/plain",))},
    scopes=("admin",),
)
VERSION_OF = Operation(
    "read_version", "GET", "/version", "Name and version", "operations", {200: json_content(Version, "What runs here.")}
)
PAGES = frozenset({"front", "favicon", "docs", "docs_script", "docs_asset", "openapi_spec", "problem_list"})
_CODE = re.compile("`([^`]+)`")
_SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
_DOCS_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script></body></html>
"""
_DOCS_SCRIPT = """const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
follow();
dark.addEventListener("change", follow);
window.ui = SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"});
"""
_PROBLEMS_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Problems</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .8rem; border-bottom: 1px solid #8884; }}
tr:target {{ background: #fd83; }}
:root {{ color-scheme: light dark; }}
</style></head>
<body><h1>Problems</h1>
<p>Every error is <code>application/problem+json</code> (RFC 9457); its <code>type</code> ends with a name below.</p>
<table><thead><tr><th>Status</th><th>Name</th><th>Title</th><th>What it means</th></tr></thead>
<tbody>{rows}</tbody></table></body></html>
"""


def build_app(
    *,
    name: str,
    title: str,
    description: str,
    settings: ServiceSettings,
    blueprints: Iterable[Routes],
    tags: Mapping[str, str],
    checks: Mapping[str, Check] | None = None,
    details: Mapping[str, Check] | None = None,
    metrics: Metrics | None = None,
    public: bool = False,
    guards: Iterable[Callable[[], None]] = (),
    security: Mapping[str, Any] | None = None,
    info: Mapping[str, Any] | None = None,
    common_headers: Iterable[Header] = (),
    pools: Mapping[str, PoolSize] | None = None,
    upload_folder: Path | None = None,
) -> Flask:
    """Make the app of a service.

    Args:
        name: the service's folder name; the label of its logs and metrics.
        tags: the groups of operations in the document, and what they are for.
        checks: what must hold for `/readyz` to be green; each returns None, or the reason why it does not hold.
        details: what `/readyz` says beside the checks, in the same form, without being red for it.
        public: whether clients outside the deployment call it; if not, the internal token is asked for, if one is set.
        guards: run before each request, before its body is read; they refuse it by raising a problem.
        security: OpenAPI security schemes by name, of which a client may use one.
        info, common_headers: as in `openapi.Api`.
        pools: threads for kinds of operations, by the kind; what is not named shares the server's own.
        upload_folder: where large files of forms are kept while their request is answered; by default the system's.
    """
    app = Flask(name, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_body_bytes
    app.config["UPLOAD_FOLDER"] = upload_folder
    app.request_class = BoundedRequest
    app.json = StrictJson(app)
    metrics = metrics or Metrics(name)
    app.extensions["visis_metrics"] = metrics
    problems.install(app)
    hooks.install(app, settings=settings, metrics=metrics, public=public, guards=guards)
    every = [*blueprints, _health_routes(name, settings, checks or {}, details or {}, metrics)]
    for routes in every:
        app.register_blueprint(routes)
    app.extensions["visis_operations"] = {
        f"{routes.name}.{operation.id}": operation for routes in every for operation in routes.operations
    }
    if pools:
        app.extensions["visis_pools"] = Pools(operations_of(app), pools)
    api = Api(
        title=title,
        version=VERSION,
        description=description,
        tags={**tags, **OPERATIONS_TAG},
        security=security or {},
        info=info or {},
        common_headers=tuple(common_headers),
        limited=public,
    )
    _add_docs(app, title, lambda: openapi.document(api, operations_of(app)))
    tracing.install(app, settings)
    return app


def operations_of(app: Flask) -> list[Operation]:
    """The operations that an app implements, in the order of its document."""
    return list(app.extensions["visis_operations"].values())


def current_operation(endpoint: str | None) -> Operation | None:
    """The operation behind an endpoint of the current app; None for pages and assets."""
    found: Operation | None = current_app.extensions["visis_operations"].get(endpoint)
    return found


def _health_routes(
    name: str, settings: ServiceSettings, checks: Mapping[str, Check], details: Mapping[str, Check], metrics: Metrics
) -> Routes:
    routes = Routes("operations")

    @routes.implements(HEALTHZ)
    def healthz() -> dict[str, Any]:
        return {"status": "ok", "service": name}

    @routes.implements(READYZ)
    def readyz() -> tuple[dict[str, Any], int]:
        reasons = {check: test() for check, test in checks.items()}
        ready = all(reason is None for reason in reasons.values())
        shown = {check: reason or "ok" for check, reason in reasons.items()}
        more = {detail: test() or "ok" for detail, test in details.items()}
        return {"ready": ready, "service": name, "checks": shown, "details": more}, 200 if ready else 503

    @routes.implements(METRICS)
    def metrics_text() -> Response:
        return Response(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")

    @routes.implements(VERSION_OF)
    def version() -> dict[str, Any]:
        return {"service": name, "version": VERSION, "revision": settings.revision}

    return routes


def _add_docs(app: Flask, title: str, write: Callable[[], dict[str, Any]]) -> None:
    page = _DOCS_PAGE.format(title=html.escape(title))
    document = functools.cache(write)

    def docs() -> Response:
        return security_headers.page(make_response(page))

    def script() -> Response:
        return Response(_DOCS_SCRIPT, content_type="text/javascript; charset=utf-8")

    def asset(path: str) -> Response:
        return send_from_directory(_SWAGGER, path, max_age=86_400)

    def problem_list() -> Response:
        rows = "".join(
            f'<tr id="{slug}"><td>{status}</td><td><code>{slug}</code></td><td>{html.escape(heading)}</td>'
            f"<td>{_with_code(html.escape(meaning))}</td></tr>"
            for status, slug, heading, meaning in problems.table()
        )
        return security_headers.page(make_response(_PROBLEMS_PAGE.format(rows=rows)))

    def front() -> Any:
        return redirect("/docs")

    def no_icon() -> Response:
        return Response(status=204)

    app.add_url_rule("/", "front", front)
    app.add_url_rule("/favicon.ico", "favicon", no_icon)
    app.add_url_rule("/docs", "docs", docs)
    app.add_url_rule("/docs/start.js", "docs_script", script)
    app.add_url_rule("/docs/assets/<path:path>", "docs_asset", asset)
    app.add_url_rule("/openapi.json", "openapi_spec", document)
    app.add_url_rule("/problems", "problem_list", problem_list)


def _with_code(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", text)
