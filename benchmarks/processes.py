"""Programs that a benchmark starts: however it ends, none of them is left running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local import end_with_parent, free_ports

START_S = 120.0
STOP_S = 40.0
ROOT = Path(__file__).parents[1]


@contextmanager
def running(command: Sequence[str], *, stop_s: float = STOP_S, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a process group of its own, with `subprocess.Popen`'s options.

    At the end it gets SIGTERM and, after `stop_s` seconds, SIGKILL with whatever is left in its group. On Linux it gets
    SIGTERM too when this process is killed.
    """
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=end_with_parent, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(stop_s)
        except subprocess.TimeoutExpired:
            print(f"{command} ignored SIGTERM for {stop_s:g} s", file=sys.stderr)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def module(
    name: str, *arguments: str, probe: str, environ: dict[str, str], **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m NAME ARGUMENTS`, once the URL `probe` answers; options as those of `running`.

    Raises:
        RuntimeError: it ended, or did not answer in time.
    """
    command = [sys.executable, "-m", name, *arguments]
    with running(command, cwd=ROOT, env={**os.environ, **environ}, **options) as process:
        await_answer(name, process, probe)
        yield process


@contextmanager
def product(home: Path, log: Path | None = None, **environ: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start everything as `make run` does, its log in a file; (address, supervisor) once it is ready.

    Raises:
        RuntimeError: it ended, or was not ready in time.
    """
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    own = {"VISIS_HOME": str(home), "GATEWAY_PORT": str(port), **environ}
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(log.open("wb")) if log else None
        command = [sys.executable, "-m", "deploy.local"]
        supervisor = stack.enter_context(
            running(command, cwd=ROOT, env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=sink)
        )
        await_answer("deploy.local", supervisor, f"{address}/readyz")
        yield address, supervisor


def await_answer(name: str, process: subprocess.Popen[bytes], url: str) -> None:
    """Wait until a URL of a process answers with success.

    Raises:
        RuntimeError: the process ended, or did not answer within `START_S`.
    """
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    reason = "did not answer in time" if process.returncode is None else f"ended with status {process.returncode}"
    raise RuntimeError(f"{name} {reason}")
