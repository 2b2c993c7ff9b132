"""Which engine of which worker answers for a public `engine`, from what the workers say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contract.fields import EngineName
from contract.jobs import Worker
from contract.models import WorkerModels
from servicekit.problems import NotInstalled, NotReady
from servicekit.upstream import parse_response
from servicekit.version import VERSION

ReadModels = Callable[[Worker], Any]  # a worker's answer to GET /models


@dataclass(frozen=True)
class EngineChoice:
    """The engine and model that make the texts of a job. Without a `worker`, the job runner needs none."""

    engine: str
    model: str
    worker: Worker | None = None
    window: int | None = None  # tokens that the model reads at once, where it says so

    @property
    def made_by(self) -> str:
        """What two equal texts have in common besides their source; another release may write others."""
        return f"{self.engine} {self.model} {VERSION}"


EXTRACTIVE = EngineChoice("extractive", "sentence-graph")


def choose(engine: EngineName, read_models: ReadModels, prefers: Worker = "bart") -> EngineChoice:
    """The engine for a public one: `auto` takes what the preferred worker would.

    Raises:
        NotReady: the worker has no model, or it is not loaded (yet).
        UpstreamFailed, UpstreamTimeout: the worker cannot be reached.
    """
    if engine == "extractive":
        return EXTRACTIVE
    worker = prefers if engine == "auto" else engine
    listed = parse_response(WorkerModels, read_models(worker)).models
    rows = [row for row in listed if row.engine != "extractive"]
    if engine == "auto" and not any(row.selected for row in rows):
        return EXTRACTIVE
    if not rows:
        raise NotInstalled(f"No model is installed for {worker}_service. The engine extractive needs none.")
    row = next((row for row in rows if row.selected), rows[0])
    if not row.loaded:
        raise NotReady(f"The model of {worker}_service is not loaded: {row.why}.")
    return EngineChoice(row.engine, f"{worker} {row.model}", worker, _window(row.limits))


def _window(limits: Mapping[str, Any]) -> int | None:
    found = (limits.get(name) for name in ("input_tokens", "window", "n_ctx"))
    return next((tokens for tokens in found if isinstance(tokens, int) and tokens > 0), None)
