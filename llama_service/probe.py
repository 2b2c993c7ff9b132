"""Loads a model in a child process first, so that a file that makes llama.cpp abort cannot end the service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

_SPARE = 1.1


class ProbeFailed(Exception):
    """The model cannot be loaded here; the text says why."""


@dataclass(frozen=True)
class Needs:
    """What a model takes: bytes of weights and of key-value state for each token, and whether a GPU could hold them."""

    weights: int
    state: int
    gpu: bool = False

    def bytes(self, n_ctx: int, sequences: int) -> int:
        """Memory for the model with so much context."""
        return self.weights + self.state * n_ctx * sequences


def probe(path: Path, kv_type: str, timeout_s: float) -> Needs:
    """Load the file in a child and compute one token.

    Raises:
        ProbeFailed: the child could not, or died, or took too long.
    """
    command = [sys.executable, "-m", "llama_service.probe", str(path), kv_type]
    reading, writing = os.pipe()
    try:
        child = subprocess.run(
            command, stdin=reading, capture_output=True, text=True, timeout=timeout_s, check=False, cwd=_ROOT
        )
    except subprocess.TimeoutExpired:
        raise ProbeFailed(f"a trial load of {path.name} took longer than {timeout_s:g} s") from None
    finally:
        os.close(reading)
        os.close(writing)
    lines = child.stdout.splitlines()
    if child.returncode == 0 and lines:
        report = json.loads(lines[-1])
        if "problem" in report:
            raise ProbeFailed(report["problem"])
        return Needs(report["weights"], report["state"], report["gpu"])
    if child.returncode < 0:
        raise ProbeFailed(f"a trial load of {path.name} died of signal {-child.returncode}: the file is damaged")
    raise ProbeFailed(f"a trial load of {path.name} failed with status {child.returncode}")


_ROOT = Path(__file__).parent.parent


def require_memory(need_bytes: int, free_bytes: int | None) -> None:
    """Raise ProbeFailed unless so much memory is free."""
    if free_bytes is not None and need_bytes * _SPARE > free_bytes:
        need, free = need_bytes / 2**30, free_bytes / 2**30
        raise ProbeFailed(f"the model and its context need about {need:.1f} GiB of memory, and {free:.1f} GiB are free")


def available_memory() -> int | None:
    """Bytes of memory that can be had, the container's limit considered; None where the system does not say."""
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


def _try(path: Path, kv_type: str) -> dict[str, object]:
    import numpy as np

    from llama_service.backend import Backend, DecodeFailed, LoadFailed, Options, as_tokens

    try:
        backend = Backend(Options(path, n_ctx=256, n_batch=32, n_ubatch=32, kv_type=kv_type, repack=False))
        backend.decode(as_tokens([0]), as_tokens([0]), as_tokens([0]), np.ones(1, dtype=np.int8))
    except (LoadFailed, DecodeFailed) as error:
        return {"problem": str(error)}
    if not np.isfinite(backend.logits(1)).all():
        return {"problem": "its weights give no numbers: the file is damaged"}
    return {"weights": backend.info.size_bytes, "state": backend.state_bytes, "gpu": backend.can_offload}


def _end_with_parent() -> None:
    """Standard input is a pipe that the parent holds open as long as it lives."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(_try(Path(sys.argv[1]), sys.argv[2])))
