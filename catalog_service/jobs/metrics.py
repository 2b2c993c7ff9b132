"""Metrics of jobs, in the catalog's `/metrics`: a runner has no port of its own, and the catalog keeps the jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from peewee import PeeweeException
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

EVENTS = ("created", "succeeded", "failed", "cancelled", "deferred", "lease_lost")


class JobEvents:
    """Counts what happens to jobs; `lease_lost` is one that was taken over from a runner that went silent."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counter = Counter(
            "visis_job_events_total", f"What happened to jobs: {', '.join(EVENTS)}.", ["event"], registry=registry
        )
        for event in EVENTS:
            self._counter.labels(event)

    def count(self, event: str) -> None:
        """Note one of `EVENTS`."""
        self._counter.labels(event).inc()


class Backlog(Collector):
    """Asks at each scrape for the jobs by state, and the age in seconds of the oldest that a runner may claim."""

    def __init__(self, ask: Callable[[], tuple[Mapping[str, int], float]]) -> None:
        self._ask = ask

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing, so that to register it asks no database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The backlog now; nothing while the database is away, so that the other metrics are there."""
        try:
            states, oldest_s = self._ask()
        except PeeweeException:
            return
        jobs = GaugeMetricFamily("visis_jobs", "Jobs that have not ended.", labels=["state"])
        for state, number in states.items():
            jobs.add_metric([state], number)
        yield jobs
        yield GaugeMetricFamily("visis_jobs_oldest_seconds", "Age of the oldest job that a runner may claim.", oldest_s)
