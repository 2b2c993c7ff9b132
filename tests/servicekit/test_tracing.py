from __future__ import annotations

import sys

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the extra `tracing` is not installed")

from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.app import create_app
from gateway.config import Settings
from servicekit import tracing
from servicekit.settings import SettingsError
from tests.faults.services import fake_service, served

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def gateway():
    seen: list[str] = []
    from flask import request

    with served(fake_service(lambda: seen.append(request.headers.get("traceparent", "")))) as (host, port):
        urls = {f"{name}_url": f"http://{host}:{port}" for name in ("catalog", "bart", "llama")}
        yield create_app(Settings(**urls)), seen


def test_traceparent_is_passed_through_without_the_extra(gateway):
    app, seen = gateway
    app.test_client().get("/books/1", headers={"traceparent": TRACEPARENT})
    assert seen == [TRACEPARENT]


@pytest.mark.parametrize("wrong", ["", "nonsense", TRACEPARENT.upper(), TRACEPARENT + "-x", "00-short-b7-01"])
def test_a_malformed_traceparent_is_not_passed_on(gateway, wrong):
    app, seen = gateway
    app.test_client().get("/books/1", headers={"traceparent": wrong})
    assert seen == [""]


def test_a_request_and_its_call_are_spans_of_the_clients_trace(gateway):
    app, seen = gateway
    exporter = InMemorySpanExporter()
    provider = tracing.instrument(app, SimpleSpanProcessor(exporter))
    try:
        app.test_client().get("/books/1", headers={"traceparent": TRACEPARENT})
        app.test_client().get("/healthz")
    finally:
        provider.shutdown()
    spans = exporter.get_finished_spans()
    assert {format(span.context.trace_id, "032x") for span in spans} == {TRACE}
    assert [span.resource.attributes["service.name"] for span in spans] == ["gateway"] * 2
    call, served_request = spans
    assert (call.name, call.parent.span_id) == ("GET catalog_service", served_request.context.span_id)
    assert call.attributes["http.response.status_code"] == 200
    assert seen[0].split("-")[1:3] == [TRACE, format(call.context.span_id, "016x")]


def test_an_address_without_the_extra_is_reported_at_the_start(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    with pytest.raises(SettingsError, match=r"visis\[tracing\]"):
        create_app(Settings(otlp_endpoint="http://collector:4318"))


def test_each_response_has_its_server_timing(gateway):
    app, _ = gateway
    assert "gateway;dur=" in app.test_client().get("/books/1").headers["Server-Timing"]
