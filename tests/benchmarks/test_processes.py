"""A benchmark that fails, or is killed, leaves no process behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import processes

ROOT = Path(__file__).parents[2]
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STUBBORN!r}])"


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def eventually(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it did not become true"
        time.sleep(0.02)


pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def fail_while_it_runs(code: str, pids: list[int]) -> None:
    """Add the pids of a program and its children, and raise ZeroDivisionError."""
    with processes.running([sys.executable, "-c", code], stop_s=0.1, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with process.stdout as out:
            out.readline()
        pids += [process.pid, *children(process.pid)]
        raise ZeroDivisionError


@pytest.mark.parametrize(("code", "count"), [(STUBBORN, 1), (PARENT, 2)], ids=["itself", "its child"])
def test_a_failure_ends_a_program_that_ignores_sigterm(code: str, count: int) -> None:
    pids: list[int] = []
    with pytest.raises(ZeroDivisionError):
        fail_while_it_runs(code, pids)
    assert len(pids) == count
    eventually(lambda: not any(map(alive, pids)))


def test_a_program_that_does_not_answer_is_ended_before_the_error_is_raised() -> None:
    with (
        pytest.raises(RuntimeError, match=r"http\.server ended with status 2"),
        processes.module("http.server", "no-port", probe="http://127.0.0.1:9/", environ={}),
    ):
        pytest.fail("it never answered")


def test_the_product_ends_with_a_benchmark_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys\n"
        "from benchmarks import processes\n"
        f"with processes.product(pathlib.Path({str(tmp_path)!r})) as (address, supervisor):\n"
        "    print(supervisor.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as benchmark:
        assert benchmark.stdout is not None
        supervisor = int(benchmark.stdout.readline())
        services = children(supervisor)
        assert len(services) >= 4
        benchmark.send_signal(signal.SIGKILL)
    eventually(lambda: not any(map(alive, [supervisor, *services])))
