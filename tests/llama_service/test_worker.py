"""How the model's threads wait and where they run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from llama_service import worker


@pytest.mark.parametrize(
    ("spin_count", "threads", "bound"),
    [(100_000, 4, "true"), (100_000, 3, None), (0, 4, None)],
    ids=["all_cores", "some_cores", "shared_cores"],
)
def test_threads_are_bound_to_cores_only_where_they_have_all_of_them(monkeypatch, spin_count, threads, bound):
    environ = {}
    monkeypatch.setattr(worker.os, "environ", environ)
    monkeypatch.setattr(worker, "_cores", lambda: 4)
    worker._set_up_threads(spin_count, threads)
    assert environ == {"GOMP_SPINCOUNT": str(spin_count)} | ({"OMP_PROC_BIND": bound} if bound else {})


def test_what_the_operator_says_of_threads_rules(monkeypatch):
    environ = {"OMP_PROC_BIND": "false", "GOMP_SPINCOUNT": "7"}
    monkeypatch.setattr(worker.os, "environ", environ)
    worker._set_up_threads(100_000, worker._cores())
    assert environ == {"OMP_PROC_BIND": "false", "GOMP_SPINCOUNT": "7"}


def test_the_openmp_library_has_read_them_when_the_model_is_loaded(tiny_model):
    script = f"""
import ctypes, pathlib
from types import SimpleNamespace
from llama_service.config import LlamaSettings
from llama_service.worker import Worker
about = dict(n_ctx=512, n_gpu_layers=0, name="tiny", sha256=None, repo=None)
source = SimpleNamespace(path=pathlib.Path({str(tiny_model)!r}), **about)
Worker(LlamaSettings(), source, None)._load().close()
libraries = {{line.split()[-1] for line in open("/proc/self/maps") if "libgomp" in line}}
print([ctypes.CDLL(path).omp_get_proc_bind() for path in libraries])
"""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "LLAMA_"))}
    run = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    if run.stdout.strip() == "[]":
        pytest.skip("llama.cpp was built without GNU OpenMP")
    assert "[1]" in run.stdout
