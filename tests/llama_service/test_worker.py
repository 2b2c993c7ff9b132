"""How the model's threads wait and where they run."""

from __future__ import annotations

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
