"""The thread that owns the model: it loads it, serves tickets, frees it. Only there is the model library imported."""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llama_service import models, probe
from llama_service.admission import Admission
from llama_service.config import CONTEXT_STEP, LlamaSettings
from llama_service.prompts import Prompts, points_task
from llama_service.ticket import Ticket
from llama_service.worker_metrics import WorkerMetrics
from modelkit.engine import EngineUnavailable, Limit, State
from servicekit import logs
from servicekit.problems import Busy, NotReady

if TYPE_CHECKING:
    from llama_service.backend import Backend, Options

_ROOM = 64
_STOP_S = 10.0
log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Loaded:
    """What requests need of the loaded model; its tokeniser may be called from any thread."""

    prompts: Prompts
    n_ctx: int
    device: str
    limits: dict[str, Limit]

    def count(self, text: str) -> int:
        """The tokens of a text."""
        return len(self.prompts.tokenizer.tokenize(text))


class Worker:
    """Runs the model of some settings. `state` goes from loading to ready or failed, and `problem` says why."""

    def __init__(self, settings: LlamaSettings, model: models.Source, metrics: WorkerMetrics) -> None:
        self.model = model
        self.state: State = "loading"
        self.problem: str | None = "the model is loading"
        self.loaded: Loaded | None = None
        self._fallback = ""
        self.admission = Admission(settings.queue_requests, settings.queue_tokens, settings.slots)
        self._settings = settings
        self._metrics = metrics
        self._thread = threading.Thread(target=self._run, name="llama", daemon=True)

    def start(self) -> None:
        """Begin to load; returns at once."""
        atexit.register(self.close)  # llama.cpp's own threads must have ended before the process does
        self._thread.start()

    def submit(self, ticket: Ticket) -> None:
        """Queue a ticket.

        Raises:
            Busy: too many wait already.
            NotReady: the worker has ended.
        """
        try:
            self.admission.submit(ticket)
        except Busy:
            self._metrics.rejected.inc()
            raise

    def close(self) -> None:
        """End all work and free the model."""
        atexit.unregister(self.close)
        self.admission.close("The service is stopping.")
        if self._thread.is_alive():
            self._thread.join(_STOP_S)
        self.state, self.problem, self.loaded = "failed", "the service is stopping", None

    def _run(self) -> None:
        try:
            with closing(self._load()) as backend:
                self._serve(backend)
        except Exception as error:  # noqa: BLE001 - the thread's last line: whoever waits gets the reason
            self._fail(error)

    def _load(self) -> Backend:
        # before anything imports the model library: the OpenMP library reads its settings once, when it is loaded
        _set_up_threads(self._settings.spin_count, self._threads())
        models.check(self.model)
        options, timeout_s = self._options(), self._settings.probe_timeout_s
        needs = probe.measure(options, timeout_s)
        on_gpu = options.n_gpu_layers != 0 and needs.gpu
        free = None if on_gpu else probe.available_memory()
        if self.model.n_ctx is None:
            options = replace(options, n_ctx=needs.usual_context(options.sequences, free))
        probe.require_memory(needs.bytes(options.n_ctx, options.sequences), free)
        options, self._fallback = probe.usable(options, self._settings.repack, timeout_s)
        from llama_service.backend import Backend

        return Backend(options)

    def _serve(self, backend: Backend) -> None:
        from llama_service.scheduler import Scheduler

        info = backend.info
        prompts = Prompts.of(backend, info.chat_template, info.bos, info.eos)
        n_ctx = backend.options.n_ctx
        if prompts.overhead(points_task(30)) + 2 * _ROOM > n_ctx // 2:
            raise EngineUnavailable(f"LLAMA_N_CTX={n_ctx} leaves no room for text beside the instructions")
        scheduler = Scheduler(
            backend,
            self.admission,
            self._metrics,
            slots=self._settings.slots,
            head=prompts.head_tokens(),
            cache_bytes=self._settings.prompt_cache_mb * 2**20,
        )
        self.loaded = Loaded(prompts, n_ctx, backend.device, self._limits(backend))
        self.state, self.problem = "ready", None
        log.info("model_loaded", model=self.model.name, device=backend.device, **self.loaded.limits)
        try:
            scheduler.run()
        finally:
            scheduler.close(NotReady("The model stopped. Try again in a moment."))

    def _threads(self) -> int:
        return self._settings.n_threads or _cores()

    def _options(self) -> Options:
        from llama_service.backend import Options

        settings = self._settings
        return Options(
            path=self.model.path,
            n_ctx=self.model.n_ctx or CONTEXT_STEP,
            sequences=settings.slots + settings.kv_unified,  # the shared buffer keeps the instruction in one of its own
            n_gpu_layers=self.model.n_gpu_layers,
            n_batch=settings.n_batch,
            n_ubatch=settings.n_ubatch,
            n_threads=self._threads(),
            kv_type=settings.kv_type,
            kv_unified=settings.kv_unified,
            flash_attention=settings.flash_attention,
            rope_scaling=settings.rope_scaling,
            rope_factor=settings.rope_factor,
            rope_force=settings.rope_force,
        )

    def _limits(self, backend: Backend) -> dict[str, Limit]:
        options, info, rope = backend.options, backend.info, backend.rope
        return {
            "description": info.description,
            "parameters": info.parameters,
            "n_ctx": options.n_ctx,
            "n_ctx_train": info.trained.context,
            "slots": self._settings.slots,
            "n_gpu_layers": options.n_gpu_layers,
            "n_threads": options.n_threads,
            "kv_type": options.kv_type,
            "kv_unified": options.kv_unified,
            "chat_template": "model" if info.chat_template else "alpaca",
            "repack": options.repack,
            "fallback": self._fallback or None,
            "rope_scaling": rope.scaling,
            "rope_factor": rope.factor,
            "rope_freq_base": rope.freq_base or info.trained.base,
            "rope_freq_scale": rope.freq_scale or 1.0,
            "rope_original_context": rope.original_context or info.trained.context,
        }

    def _fail(self, error: Exception) -> None:
        known = isinstance(error, EngineUnavailable)
        self.problem = str(error) if known else "the model library failed; the log says how"
        self.state, self.loaded = "failed", None
        log.error("model_failed", model=self.model.name, reason=str(error), exc_info=None if known else error)
        for ticket in self.admission.close(f"The model stopped: {self.problem}."):
            ticket.deliver(NotReady("The model stopped. Try again in a moment."))


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _set_up_threads(spin_count: int, threads: int) -> None:
    """Set how the OpenMP library's threads wait and where they run."""
    os.environ.setdefault("GOMP_SPINCOUNT", str(spin_count))
    if spin_count and threads == _cores():
        # Two that share a core for a moment stall every layer. Fewer threads than cores must be free to find idle ones:
        # those of several processes would all be bound to the first.
        os.environ.setdefault("OMP_PROC_BIND", "true")
