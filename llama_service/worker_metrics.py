"""The model's own metrics: time in the queue and in the model, batches, tokens, cache hits, slots."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from servicekit.metrics import LATENCY_BUCKETS, Metrics

_ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)


class WorkerMetrics:
    """Registered once per app; tokens a second are the rate of the counters."""

    def __init__(self, metrics: Metrics) -> None:
        registry = metrics.registry
        self.rejected = metrics.rejected.labels("llama_service", "queue_full")
        self.queue_seconds = Histogram(
            "visis_llama_queue_seconds", "Time a prompt waited for a slot.", buckets=LATENCY_BUCKETS, registry=registry
        )
        self.inference_seconds = Histogram(
            "visis_llama_inference_seconds", "Time a prompt was in a slot.", buckets=LATENCY_BUCKETS, registry=registry
        )
        self.first_token_seconds = Histogram(
            "visis_llama_first_token_seconds",
            "Time from a prompt's arrival to its first token.",
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.batch_rows = Histogram("visis_llama_batch_rows", "Tokens in a batch.", buckets=_ROWS, registry=registry)
        self.prompt_tokens = Counter("visis_llama_prompt_tokens", "Prompt tokens computed.", registry=registry)
        self.cached_tokens = Counter(
            "visis_llama_cached_prompt_tokens", "Prompt tokens taken from shared or cached state.", registry=registry
        )
        self.generated_tokens = Counter("visis_llama_generated_tokens", "Tokens generated.", registry=registry)
        self.cache_hits = Counter(
            "visis_llama_prompt_cache_hits", "Prompts that began with a cached one.", registry=registry
        )
        self.cancelled = Counter("visis_llama_cancelled", "Prompts given up by their client.", registry=registry)
        self.failed = Counter("visis_llama_failed_batches", "Batches llama.cpp could not compute.", registry=registry)
        self.slots_in_use = Gauge("visis_llama_slots_in_use", "Sequences at work.", registry=registry)
        self.queue_length = Gauge("visis_llama_queue_length", "Prompts waiting for a slot.", registry=registry)
        self.cache_bytes = Gauge("visis_llama_prompt_cache_bytes", "Memory of the prompt cache.", registry=registry)
