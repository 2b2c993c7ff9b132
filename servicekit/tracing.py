"""Spans of requests and of calls to other services, for OpenTelemetry; an extra, off unless an address is set.

Without it, `traceparent` is still passed on, and log lines have its trace id.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, has_app_context

from servicekit.settings import ServiceSettings, SettingsError
from servicekit.version import VERSION

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

UNTRACED = "healthz,readyz,metrics"
_TRACER = "visis_tracer"


def install(app: Flask, settings: ServiceSettings) -> None:
    """Send the spans of this app to the collector in the settings, if there is one.

    Raises:
        SettingsError: an address is set, but the extra `tracing` is not installed.
    """
    if settings.otlp_endpoint is None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError("VISIS_OTLP_ENDPOINT needs the extra: pip install 'visis[tracing]'") from None
    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
    instrument(app, BatchSpanProcessor(exporter))


def instrument(app: Flask, processor: Any) -> TracerProvider:
    """Record a span of each request of `app` and of each call it makes, for `processor`."""
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    resource = Resource.create({"service.name": app.import_name, "service.version": VERSION})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(processor)
    FlaskInstrumentor().instrument_app(  # type: ignore[no-untyped-call]
        app, tracer_provider=provider, excluded_urls=UNTRACED
    )
    app.extensions[_TRACER] = provider.get_tracer(__name__, VERSION)
    return provider


def call(upstream: str, method: str, headers: MutableMapping[str, str]) -> AbstractContextManager[Span | None]:
    """A span of a call to another service by the current request, added to `headers`; None if tracing is off."""
    tracer = current_app.extensions.get(_TRACER) if has_app_context() else None
    return nullcontext() if tracer is None else _span(tracer, upstream, method, headers)


@contextmanager
def _span(tracer: Tracer, upstream: str, method: str, headers: MutableMapping[str, str]) -> Iterator[Span]:
    from opentelemetry import propagate
    from opentelemetry.trace import SpanKind

    attributes = {"http.request.method": method, "server.address": upstream}
    with tracer.start_as_current_span(f"{method} {upstream}", kind=SpanKind.CLIENT, attributes=attributes) as span:
        propagate.inject(headers)
        yield span
