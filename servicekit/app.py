"""Builds the Flask app of a service: documented routes, problems, ids, deadlines, health, metrics.

The only module that imports flask_openapi, so that leaving it stays cheap.
"""

from __future__ import annotations

import functools
import html
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

import flask_openapi_swagger
from flask import Flask, Response, make_response, redirect, send_from_directory
from flask_openapi import APIBlueprint, Info, OpenAPI, Schema, Tag
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import models_json_schema

from servicekit import events, hooks, problems, tracing
from servicekit.bodies import BoundedRequest, StrictJson
from servicekit.metrics import Metrics
from servicekit.operations import Routes
from servicekit.settings import ServiceSettings
from servicekit.version import VERSION

Check = Callable[[], str | None]
_CODE = re.compile("`([^`]+)`")
_DOCUMENTING = ("header", "cookie", "path", "query", "form", "body")
_SWAGGER = Path(flask_openapi_swagger.__file__).parent / "templates" / "swagger"
_DOCS_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/docs/assets/css/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/assets/js/swagger-ui-bundle.js"></script>
<script>
window.ui = SwaggerUIBundle({{url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"}});
</script></body></html>
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


class FieldError(BaseModel):
    """One field that breaks a rule."""

    field: str
    message: str


class Health(BaseModel):
    """The process is up."""

    status: Literal["ok"]
    service: str


class Readiness(BaseModel):
    """Whether it can serve."""

    ready: bool
    service: str
    checks: dict[str, str] = Field(description="Each named check: `ok`, or why not.")


class Version(BaseModel):
    """What runs here."""

    service: str
    version: str
    revision: str


class Problem(BaseModel):
    """An error, RFC 9457. `detail` says what to change; `errors` names the fields, where fields are wrong."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[FieldError] | None = None


def build_app(
    *,
    name: str,
    title: str,
    description: str,
    settings: ServiceSettings,
    blueprints: Iterable[APIBlueprint | Routes],
    checks: Mapping[str, Check] | None = None,
    metrics: Metrics | None = None,
    public: bool = False,
    guards: Iterable[Callable[[], None]] = (),
    security: Mapping[str, Any] | None = None,
    models: Iterable[type[BaseModel]] = (),
) -> Flask:
    """Make the app of a service.

    Args:
        name: the service's folder name; the label of its logs and metrics.
        checks: what must hold for `/readyz` to be green; each returns None, or the reason why it does not hold.
        public: whether clients outside the deployment call it; if not, the internal token is asked for, if one is set.
        guards: run before each request, before its body is read; they refuse it by raising a problem.
        security: OpenAPI security schemes by name, of which a client may use one.
        models: schemas that the document's own `$ref`s name, where no route takes or answers them by annotation.
    """
    app = OpenAPI(
        name,
        info=Info(title=title, version=VERSION, description=description),
        doc_ui=False,
        operation_id_callback=_operation_id,
    )
    app.openapi_version = "3.1.0"
    app.config["OPENAPI_SECURITY"] = dict(security or {})
    app.validation_error_callback = _validation_response
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_body_bytes
    app.url_map.merge_slashes = False
    app.request_class = BoundedRequest
    app.json = StrictJson(app)
    metrics = metrics or Metrics(name)
    app.extensions["visis_metrics"] = metrics
    problems.install(app)
    hooks.install(app, settings=settings, metrics=metrics, public=public, guards=guards)
    for api in blueprints:
        if isinstance(api, Routes):
            app.register_blueprint(api)
        else:
            app.register_api(api)
    app.components_schemas.update(_components(models))
    _add_operations(app, name, settings, checks or {}, metrics)
    _add_docs(app, title)
    tracing.install(app, settings)
    return app


def _components(models: Iterable[type[BaseModel]]) -> dict[str, Schema]:
    _, document = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    return {name: Schema(**schema) for name, schema in document.get("$defs", {}).items()}


def blueprint(name: str, *, tag: str, description: str, failures: Iterable[int] = ()) -> APIBlueprint:
    """A group of routes under one tag of the docs; `failures` are the statuses its routes document as problems."""
    responses: dict[Any, Any] = {status: problem_response(status) for status in failures}
    tags: list[Tag | dict[str, Any]] = [Tag(name=tag, description=description)]
    return APIBlueprint(name, name, abp_tags=tags, abp_responses=responses, operation_id_callback=_operation_id)


def _operation_id(*, name: str, path: str, method: str) -> str:
    """The view's own name, so that generated clients have readable functions that stay."""
    return name


def problem_response(status: int) -> dict[str, Any]:
    """The documentation of a problem response with this status."""
    kind = problems.for_status(status)
    return {
        "description": kind.title if kind else "A problem",
        "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def array_response(schema: str) -> dict[str, Any]:
    """The documentation of a JSON array of one of the document's schemas, with the headers that lists are paged by."""
    return {
        "description": "A JSON array; `X-Total-Count` says how many there are, `Link` where the other pages lie.",
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}}
        },
    }


def streamed_response(schema: str) -> dict[str, Any]:
    """The documentation of an answer with one of the document's schemas, or of events that end with it."""
    return {
        "description": "The answer; where the client accepts a stream of events, its progress before it.",
        "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}},
            events.MEDIA_TYPE: {"schema": {"type": "string"}},
        },
    }


def documented_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let the annotations of a view document it, without validating the request.

    For hot paths, and for routes that pass bytes on to the service that validates them. The documenting parameters
    (`path`, `query`, `header`, `cookie`, `form`, `body`) are None; a raw path argument comes under its own name, as
    text, if the view has a parameter for it.
    """
    parameters = inspect.signature(view).parameters
    documenting = {name: None for name in _DOCUMENTING if name in parameters}

    @functools.wraps(view)
    def undisturbed(**raw: Any) -> Any:
        return view(**documenting, **{name: value for name, value in raw.items() if name in parameters})

    undisturbed.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return undisturbed


def _validation_response(error: ValidationError) -> Response:
    return problems.render(problems.invalid_input(error))


def _add_operations(
    app: OpenAPI, name: str, settings: ServiceSettings, checks: Mapping[str, Check], metrics: Metrics
) -> None:
    @app.get("/healthz", summary="Is the process up?", tags=[_OPERATIONS], responses={200: Health})
    def healthz() -> dict[str, Any]:
        return {"status": "ok", "service": name}

    @app.get(
        "/readyz",
        summary="Can it serve?",
        description="Named checks, each `ok` or the reason why not.",
        tags=[_OPERATIONS],
        responses={200: Readiness, 503: Readiness},
    )
    def readyz() -> tuple[dict[str, Any], int]:
        reasons = {check: test() for check, test in checks.items()}
        ready = all(reason is None for reason in reasons.values())
        shown = {check: reason or "ok" for check, reason in reasons.items()}
        return {"ready": ready, "service": name, "checks": shown}, 200 if ready else 503

    @app.get(
        "/metrics",
        summary="Prometheus metrics",
        tags=[_OPERATIONS],
        responses={200: {"description": "Metrics", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    def metrics_text() -> Response:
        return Response(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/version", summary="Name and version", tags=[_OPERATIONS], responses={200: Version})
    def version() -> dict[str, Any]:
        return {"service": name, "version": VERSION, "revision": settings.revision}


_OPERATIONS = Tag(name="operations", description="For operators and supervisors.")


def _add_docs(app: OpenAPI, title: str) -> None:
    page = _DOCS_PAGE.format(title=html.escape(title))

    def docs() -> Response:
        return make_response(page)

    def asset(path: str) -> Response:
        return send_from_directory(_SWAGGER, path, max_age=86_400)

    def spec() -> dict[str, Any]:
        return _finished_spec(app)

    def problem_list() -> Response:
        rows = "".join(
            f'<tr id="{slug}"><td>{status}</td><td><code>{slug}</code></td><td>{html.escape(heading)}</td>'
            f"<td>{_with_code(html.escape(meaning))}</td></tr>"
            for status, slug, heading, meaning in problems.table()
        )
        return make_response(_PROBLEMS_PAGE.format(rows=rows))

    def front() -> Any:
        return redirect("/docs")

    def no_icon() -> Response:
        return Response(status=204)

    app.add_url_rule("/", "front", front)
    app.add_url_rule("/favicon.ico", "favicon", no_icon)
    app.add_url_rule("/docs", "docs", docs)
    app.add_url_rule("/docs/assets/<path:path>", "docs_asset", asset)
    app.add_url_rule("/openapi.json", "openapi_spec", spec)
    app.add_url_rule("/problems", "problem_list", problem_list)


def _with_code(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", text)


def _finished_spec(app: OpenAPI) -> dict[str, Any]:
    """The OpenAPI document, with the problem schema and its responses written out (computed once)."""
    if app.spec_json:
        return app.spec_json
    app.validation_error_model = Problem
    app.components_schemas.pop("ValidationErrorModel", None)
    spec = cast(dict[str, Any], app.api_doc)
    if schemes := app.config["OPENAPI_SECURITY"]:
        spec["components"]["securitySchemes"] = schemes
        spec["security"] = [{}, *({name: []} for name in schemes)]
    for path_item in spec["paths"].values():
        for operation in path_item.values():
            if "parameters" in operation or "requestBody" in operation:
                operation["responses"]["422"] = problem_response(422)
            else:
                operation["responses"].pop("422", None)
            if "requestBody" in operation:
                for status in (400, 413, 415):
                    operation["responses"].setdefault(str(status), problem_response(status))
            operation["responses"].setdefault("default", problem_response(500))
            if not any(status.startswith("2") for status in operation["responses"]):
                operation["responses"]["200"] = {"description": "OK"}
    return spec
