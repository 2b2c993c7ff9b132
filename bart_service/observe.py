"""The metrics of the BART worker: queue, batches, tokens and speech."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram

from servicekit.metrics import LATENCY_BUCKETS, Metrics

SERVICE = "bart_service"
_COUNTS = (1, 2, 4, 8, 16, 32, 64, 128)


class WorkerMetrics:
    """What workers and voices report; the `Observer` of `worker.py`."""

    def __init__(self, metrics: Metrics) -> None:
        registry = metrics.registry
        self._rejected = metrics.rejected
        self._queue = Histogram(
            "visis_queue_seconds", "Time a piece waited.", ["engine"], buckets=LATENCY_BUCKETS, registry=registry
        )
        self._inference = Histogram(
            "visis_inference_seconds", "Time of a batch.", ["engine"], buckets=LATENCY_BUCKETS, registry=registry
        )
        self._batch = Histogram(
            "visis_batch_pieces", "Pieces of a batch.", ["engine"], buckets=_COUNTS, registry=registry
        )
        self._length = Gauge("visis_queue_length", "Pieces that wait.", ["engine"], registry=registry)
        self._dropped = Counter(
            "visis_pieces_dropped_total", "Pieces not computed, and why.", ["engine", "reason"], registry=registry
        )
        self._tokens = Counter("visis_tokens_total", "Tokens read and written.", ["engine", "way"], registry=registry)
        self._pace = Gauge(
            "visis_tokens_per_second", "Tokens written in the last batch.", ["engine"], registry=registry
        )
        self._spoken = Counter("visis_speech_seconds_total", "Seconds of speech made.", ["voice"], registry=registry)
        self._speaking = Counter("visis_speech_work_seconds_total", "Time it took.", ["voice"], registry=registry)
        self._factor = Gauge(
            "visis_speech_real_time_factor",
            "Time to speak by time spoken, last sentence.",
            ["voice"],
            registry=registry,
        )

    def watch_queue(self, engine: str, length: Callable[[], int]) -> None:
        """Report a queue's length when asked."""
        self._length.labels(engine).set_function(length)

    def batch_done(self, engine: str, pieces: int, tokens_in: int, tokens_out: int, seconds: float) -> None:
        """A batch was computed."""
        self._inference.labels(engine).observe(seconds)
        self._batch.labels(engine).observe(pieces)
        self._tokens.labels(engine, "in").inc(tokens_in)
        self._tokens.labels(engine, "out").inc(tokens_out)
        if tokens_out:
            self._pace.labels(engine).set(tokens_out / max(seconds, 1e-6))

    def waited(self, engine: str, seconds: float) -> None:
        """A piece's turn came after this wait."""
        self._queue.labels(engine).observe(seconds)

    def dropped(self, engine: str, reason: str) -> None:
        """A piece or a request was not computed."""
        if reason == "queue_full":
            self._rejected.labels(SERVICE, reason).inc()
        else:
            self._dropped.labels(engine, reason).inc()

    def spoken(self, voice: str, took_s: float, sound_s: float) -> None:
        """A sentence was spoken."""
        self._spoken.labels(voice).inc(sound_s)
        self._speaking.labels(voice).inc(took_s)
        if sound_s:
            self._factor.labels(voice).set(took_s / sound_s)
