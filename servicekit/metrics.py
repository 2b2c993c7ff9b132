"""Prometheus metrics of one service: HTTP requests by route template, and a registry for the service's own."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The registry of one app, so that several apps can live in one process.

    Services register their own metrics on `.registry`; names start with `visis_`, times are in seconds.
    """

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._service = service
        self._requests = Histogram(
            "visis_http_request_seconds",
            "Time to answer a request, by route template.",
            ["service", "method", "route", "status"],
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.rejected = Counter(
            "visis_requests_rejected_total",
            "Requests refused because a bounded queue or a quota was full.",
            ["service", "reason"],
            registry=self.registry,
        )
        self.upstreams = UpstreamMetrics(self.registry)

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; unknown methods share one label, so that labels are bounded."""
        known = method if method in METHODS else "other"
        self._requests.labels(self._service, known, route, str(status)).observe(seconds)

    def gauge(self, name: str, description: str, ask: Callable[[], float]) -> None:
        """Add a gauge that asks for its value at each scrape."""
        Gauge(name, description, registry=self.registry).set_function(ask)

    def render(self) -> bytes:
        """The text of `/metrics`."""
        return generate_latest(self.registry)


class UpstreamMetrics:
    """Calls to other services, by the service's name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "visis_upstream_request_seconds",
            "Time from the start of a call to the response's headers, with retries; status 0: no response.",
            ["upstream", "status"],
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.retries = Counter(
            "visis_upstream_retries_total", "Retried calls.", ["upstream", "reason"], registry=registry
        )
        self.in_flight = Gauge("visis_upstream_in_flight", "Calls in progress.", ["upstream"], registry=registry)
        self.refused = Counter(
            "visis_upstream_refused_total",
            "Calls not made because too many were in flight.",
            ["upstream"],
            registry=registry,
        )
        self.replicas = Gauge(
            "visis_upstream_replicas",
            "Replicas by state (healthy, cooldown, ejected).",
            ["upstream", "state"],
            registry=registry,
        )
