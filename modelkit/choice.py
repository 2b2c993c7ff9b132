"""Which engine answers, and why: by the setting, the installed packages, and what is on disk and could be loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Literal

from modelkit import checked
from modelkit.engine import Engine, Event, Request, Status, TooSlow
from servicekit import logs
from servicekit.problems import NotInstalled, NotReady, TooLarge

Requested = Literal["auto", "extractive", "neural"]
_INSTALL = "install the models extra"
_RETRY_LOADING_S, _RETRY_FAILED_S = 5, 60
log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Candidate:
    """A neural engine that may be chosen: the packages it imports, and why it goes before the other candidates."""

    name: str
    packages: tuple[str, ...]
    make: Callable[[], Engine]
    reason: str = ""

    def missing(self) -> str | None:
        """The first of its packages that is not installed."""
        return next((package for package in self.packages if not _installed(package)), None)


@dataclass(frozen=True)
class Engines:
    """The engines of one process.

    Args:
        neural: the model's engine, loading, ready or failed; None if there is none.
        why: how it was chosen, or why there is none.
        named: whether a setting names the neural engine, so that nothing else answers in its place.
        check: whether what the neural engine writes is checked before it is sent.
    """

    extractive: Engine
    neural: Engine | None
    why: str
    named: bool = False
    check: bool = True

    def start(self) -> None:
        """Begin to load; returns at once."""
        for engine in self._all():
            engine.start()

    def close(self) -> None:
        """End all work and free the models."""
        for engine in self._all():
            engine.close()

    def selected(self) -> Engine:
        """The engine that `auto` means: the neural one, unless it failed and no setting names it."""
        if self.neural is None or (not self.named and self.neural.status().state == "failed"):
            return self.extractive
        return self.neural

    def not_ready(self) -> str | None:
        """Why the selected engine does not serve, or None."""
        return self.selected().status().problem

    def pick(self, requested: Requested) -> Engine:
        """The engine for a request.

        Raises:
            NotInstalled: `neural` is asked for, and there is none.
            NotReady: the engine is loading, or failed.
        """
        if requested == "extractive":
            return self.extractive
        engine = self.selected() if requested == "auto" else self.neural
        if engine is None:
            raise NotInstalled(f"There is no model here: {self.why}. The engine extractive needs none.")
        status = engine.status()
        if engine is not self.extractive and status.problem is not None:
            retry_after_s = _RETRY_LOADING_S if status.state == "loading" else _RETRY_FAILED_S
            detail = f"The model cannot answer: {status.problem}. The engine extractive needs none."
            raise NotReady(detail, retry_after_s=retry_after_s)
        return engine

    def answer(self, requested: Requested, request: Request) -> Iterator[Event]:
        """The events of a request: see `checked`. The extractive engine answers `auto` where the text is too much.

        Raises:
            ProblemError: as `pick` and the engine do.
        """
        engine = self.pick(requested)
        if engine is self.extractive:
            yield from engine.answer(request)
            return
        try:
            yield from checked.answer(engine, self.extractive, request) if self.check else engine.answer(request)
        except (TooLarge, TooSlow) as problem:
            if requested != "auto":
                raise
            yield from checked.degraded(self.extractive, request, problem.detail)

    def describe(self) -> list[tuple[Status, bool, str]]:
        """(status, whether it is selected, why) of each engine."""
        selected = self.selected()
        return [(engine.status(), engine is selected, self._why(engine, selected)) for engine in self._all()]

    def _all(self) -> list[Engine]:
        return [self.extractive, *([] if self.neural is None else [self.neural])]

    def _why(self, engine: Engine, selected: Engine) -> str:
        problem = self.neural.status().problem if self.neural else None
        if engine is self.neural:
            return f"{self.why}; {problem}" if problem else self.why
        if engine is not selected:
            return "answers requests that name it, and needs no model"
        return f"the model does not serve: {problem}" if problem else self.why


class MissingEngine:
    """Stands for an engine that a setting names and whose package is not installed."""

    rules = ()

    def __init__(self, name: str, package: str) -> None:
        self.name = name
        self._problem = f"the Python package {package} is not installed; {_INSTALL}"

    def start(self) -> None:
        """Nothing can be loaded."""

    def answer(self, request: Request) -> Iterator[Event]:
        """Never reached: it is not ready."""
        raise NotReady(f"The model cannot answer: {self._problem}.")

    def status(self) -> Status:
        """Failed, and why."""
        return Status(self.name, "none", "none", "failed", self._problem)

    def close(self) -> None:
        """Nothing to free."""


def choose(
    setting: str,
    value: str,
    *,
    extractive: Engine,
    candidates: Sequence[Candidate],
    absent: str | None,
    check: bool = True,
) -> Engines:
    """The engines for the setting `value`: `auto`, `extractive`, or a candidate's name. Loads nothing.

    Args:
        setting: the setting's name, for the reason.
        candidates: the neural engines, the preferred one first.
        absent: why no model can be loaded from disk, or None; a named engine finds out by itself.
        check: as in `Engines`.
    """
    engines = replace(_choose(setting, value, extractive, candidates, absent), check=check)
    log.info("engine_chosen", engine=engines.selected().name, why=engines.why)
    return engines


def _choose(
    setting: str, value: str, extractive: Engine, candidates: Sequence[Candidate], absent: str | None
) -> Engines:
    if value == "extractive":
        return Engines(extractive, None, f"{setting} is extractive")
    if value != "auto":
        candidate = next(one for one in candidates if one.name == value)
        package = candidate.missing()
        engine = candidate.make() if package is None else MissingEngine(value, package)
        return Engines(extractive, engine, f"{setting} is {value}", named=True)
    if absent is not None:
        return Engines(extractive, None, absent)
    usable = [candidate for candidate in candidates if candidate.missing() is None]
    if not usable:
        packages = " or ".join(candidate.packages[0] for candidate in candidates)
        return Engines(extractive, None, f"a model is on disk, but it needs the Python package {packages}; {_INSTALL}")
    first = usable[0]
    reason = first.reason if first is candidates[0] else "it is the only engine installed"
    return Engines(extractive, first.make(), "the model is on disk" + (f", and {reason}" if reason else ""))


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # a module that is loaded without a spec, or made unimportable
        return False
