"""Which engine serves a request, and why: the choice made from `LLAMA_ENGINE` and what could be loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llama_service.engine import Engine, Status
from servicekit.problems import NotInstalled, NotReady

Mode = Literal["auto", "extractive", "llama_cpp"]
Requested = Literal["auto", "extractive", "neural"]


@dataclass(frozen=True)
class Engines:
    """The engines of this process.

    Args:
        mode: the engine that was configured.
        extractive: always there.
        neural: the model's engine, loaded or loading or failed; None if none is configured or its file is missing.
        absent: why there is no neural engine, where there is none.
    """

    mode: Mode
    extractive: Engine
    neural: Engine | None = None
    absent: str = ""

    def pick(self, requested: Requested) -> Engine:
        """The engine for a request.

        Raises:
            NotReady: the engine asked for is loading or failed; NotInstalled: it is not there.
        """
        if requested == "extractive":
            return self.extractive
        selected = self._selected()
        if requested == "auto" and selected is self.extractive:
            return self.extractive
        if self.neural is None:
            raise NotInstalled(f"No model is loaded: {self.absent}. The engine `extractive` needs none.")
        problem = self.neural.status().problem
        if problem is not None:
            raise NotReady(f"The model cannot serve: {problem}. The engine `extractive` needs none.")
        return self.neural

    def ready(self) -> str | None:
        """None, or why the configured engine does not serve yet."""
        if self.mode == "extractive" or self._selected() is self.extractive:
            return None
        return self.neural.status().problem if self.neural else self.absent

    def describe(self) -> list[tuple[Status, bool, str]]:
        """(status, selected, why) of each engine."""
        selected = self._selected()
        rows = [(self.extractive.status(), selected is self.extractive, self._why_extractive(selected))]
        if self.neural is not None:
            status = self.neural.status()
            rows.append((status, selected is self.neural, status.problem or "the model is on disk and loaded"))
        return rows

    def close(self) -> None:
        """Free every engine."""
        for engine in (self.neural, self.extractive):
            if engine is not None:
                engine.close()

    def _selected(self) -> Engine | None:
        """What `auto` in a request means; None if a named engine is not there."""
        if self.mode == "extractive":
            return self.extractive
        if self.mode == "llama_cpp":
            return self.neural
        if self.neural is None or self.neural.status().state == "failed":
            return self.extractive
        return self.neural

    def _why_extractive(self, selected: Engine | None) -> str:
        if self.mode == "extractive":
            return "LLAMA_ENGINE names it"
        if selected is not self.extractive:
            return "answers requests that name it"
        failure = self.neural.status().problem if self.neural else self.absent
        return f"no model serves: {failure}"
