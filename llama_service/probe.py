"""Loads a model in a child process first, as the service will: what makes llama.cpp crash cannot end the service.

The child that crashes is tried again with fewer of the processor's features, step by step.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from llama_service.config import CONTEXT_STEP
from modelkit.engine import EngineUnavailable
from servicekit import logs

if TYPE_CHECKING:
    from llama_service.backend import Backend, Options

_SPARE = 1.1
_SHARE = 0.5  # other programs want memory too
_LEAST_CONTEXT, _MOST_CONTEXT = 2048, 32_768
_PROMPT_TOKENS = 40  # llama.cpp takes its matrix kernels for prompts of 32 tokens and more
_SEQUENCES = 2
_ROOT = Path(__file__).parent.parent
log = logs.get_logger(__name__)


class Crashed(Exception):
    """The child died of a signal."""


@dataclass(frozen=True)
class Needs:
    """What a model takes: bytes of weights and of key-value state for each token, and whether a GPU could hold them.

    `context` is how many tokens it was trained for.
    """

    weights: int
    state: int
    gpu: bool = False
    context: int = 0

    def bytes(self, n_ctx: int, sequences: int) -> int:
        """Memory for the model with so much context."""
        return self.weights + self.state * n_ctx * sequences

    def usual_context(self, sequences: int, free_bytes: int | None) -> int:
        """Tokens for each sequence: the trained context, or what `_SHARE` of the free memory holds, if that is less.

        A multiple of `CONTEXT_STEP`, from `_LEAST_CONTEXT` to `_MOST_CONTEXT`.
        """
        trained = self.context or _LEAST_CONTEXT
        fits = trained if free_bytes is None else int(free_bytes * _SHARE - self.weights) // (self.state * sequences)
        tokens = max(min(_LEAST_CONTEXT, trained), min(trained, fits, _MOST_CONTEXT))
        return max(CONTEXT_STEP, tokens // CONTEXT_STEP * CONTEXT_STEP)


def measure(options: Options, timeout_s: float) -> Needs:
    """Open the file in a child, with little context and without touching its weights.

    Raises:
        EngineUnavailable: the child could not, or died, or took too long.
    """
    small = replace(options, n_ctx=256, sequences=1, n_batch=32, n_ubatch=32, repack=False, rope_scaling="none")
    try:
        return Needs(**_run("measure", small, timeout_s))
    except Crashed as error:
        raise EngineUnavailable(f"opening {options.path.name} {error}: the file is damaged") from None


def usable(options: Options, repack: Literal["auto", "on", "off"], timeout_s: float) -> tuple[Options, str]:
    """The options with which a child can read prompts and write, and what was given up for that, if anything was.

    Args:
        repack: `on` and `off` are kept; `auto` does without after a crash.

    Raises:
        EngineUnavailable: there are none; the child could not, or died, or took too long.
    """
    crashes: list[str] = []
    for tried, without in _steps(options, repack):
        try:
            _run("generate", tried, timeout_s)
        except Crashed as error:
            log.warning("model_trial_crashed", model=options.path.name, without=without, reason=str(error))
            crashes.append(str(error))
            continue
        return tried, f"without {without}, with which a trial {crashes[-1]}" if crashes else ""
    raise EngineUnavailable(
        f"a trial of {options.path.name} {crashes[-1]}: the file is damaged, or not for this machine"
    )


def _steps(options: Options, repack: Literal["auto", "on", "off"]) -> Iterator[tuple[Options, str]]:
    """Options with fewer and fewer features, and what each goes without; each differs from the one before."""
    options = replace(options, repack=repack != "off")
    yield options, ""
    given_up: list[str] = []
    for name, changed in (
        ("repacked weights", {"repack": repack == "on"} if options.repack else {}),
        ("flash attention", {"flash_attention": "off"} if options.kv_type == "f16" else {}),
        ("a GPU", {"n_gpu_layers": 0}),
    ):
        before, options = options, replace(options, **changed)
        if options != before:
            given_up.append(name)
            yield options, " and ".join(given_up)


def _run(what: str, options: Options, timeout_s: float) -> dict[str, Any]:
    """The report of a child that does `what`.

    Raises:
        Crashed: it died of a signal.
        EngineUnavailable: it failed in another way, or took too long.
    """
    name = options.path.name
    shown = json.dumps({**asdict(options), "path": str(options.path)})
    reading, writing = os.pipe()
    try:
        child = subprocess.run(
            [sys.executable, "-m", "llama_service.probe", what, shown],
            stdin=reading, capture_output=True, text=True, timeout=timeout_s, check=False, cwd=_ROOT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise EngineUnavailable(f"a trial load of {name} took longer than {timeout_s:g} s") from None
    finally:
        os.close(reading)
        os.close(writing)
    if child.returncode < 0:
        raise Crashed(f"died of {signal.Signals(-child.returncode).name}")
    lines = child.stdout.splitlines()
    if child.returncode or not lines:
        raise EngineUnavailable(f"a trial load of {name} failed with status {child.returncode}")
    report: dict[str, Any] = json.loads(lines[-1])
    if "problem" in report:
        raise EngineUnavailable(report["problem"])
    return report


def require_memory(need_bytes: int, free_bytes: int | None) -> None:
    """Raise EngineUnavailable unless so much memory is free."""
    if free_bytes is not None and need_bytes * _SPARE > free_bytes:
        need, free = need_bytes / 2**30, free_bytes / 2**30
        raise EngineUnavailable(
            f"the model and its context need about {need:.1f} GiB of memory, and {free:.1f} GiB are free"
        )


def available_memory() -> int | None:
    """Bytes of memory that are free, the container's limit considered; None where the system does not say."""
    found = [free for free in (_system_memory(), _container_memory()) if free is not None]
    return min(found, default=None)


def _system_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _container_memory() -> int | None:
    group = Path("/sys/fs/cgroup")
    try:
        limit = (group / "memory.max").read_text().strip()
        used = int((group / "memory.current").read_text())
        stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        files = int(stat["inactive_file"]) + int(stat["active_file"])  # the kernel takes these back when it must
        return None if limit == "max" else int(limit) - used + files
    except (OSError, ValueError, KeyError):
        return None


def _child(what: str, options: dict[str, Any]) -> dict[str, Any]:
    from llama_service.backend import Backend, DecodeFailed, Options

    try:
        backend = Backend(Options(**{**options, "path": Path(options["path"])}))
        if what == "measure":
            return {
                "weights": backend.info.size_bytes,
                "state": backend.state_bytes,
                "gpu": backend.can_offload,
                "context": backend.info.trained.context,
            }
        return _generate(backend)
    except (EngineUnavailable, DecodeFailed) as error:
        return {"problem": str(error)}


def _generate(backend: Backend) -> dict[str, Any]:
    """Read a prompt in each of a few sequences, then write a token of all of them together."""
    import numpy as np

    count = min(_SEQUENCES, backend.options.sequences)
    size = min(_PROMPT_TOKENS, backend.options.n_batch)
    tokens = np.arange(size, dtype=np.int32) % backend.info.vocabulary
    for sequence in range(count):
        outputs = (np.arange(size) == size - 1).astype(np.int8)
        backend.decode(tokens, np.arange(size, dtype=np.int32), np.full(size, sequence, np.int32), outputs)
    each = np.arange(count, dtype=np.int32)
    backend.decode(tokens[:count], np.full(count, size, np.int32), each, np.ones(count, np.int8))
    if not np.isfinite(backend.logits(count)).all():
        return {"problem": "its weights compute to NaN: the file is damaged"}
    return {"tokens": count * (size + 1)}


def _end_with_parent() -> None:
    """Standard input is a pipe that the parent holds open as long as it lives."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(_child(sys.argv[1], json.loads(sys.argv[2]))))
