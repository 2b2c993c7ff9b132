"""Runners as processes: kills cost no job, SIGTERM ends them cleanly, and no job waits in a runner's memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.job_runner.test_runner import job, order
from tests.whole_jobs import wait_until

WITHIN_S = 60


@dataclass
class Runners:
    """Starts `python -m job_runner`, each in a folder of its own, as on a machine of its own."""

    environ: dict[str, str]
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, **environ: str) -> subprocess.Popen[bytes]:
        home = self.folder / f"runner{len(self.processes)}"
        own = {**os.environ, **self.environ, **environ, "VISIS_HOME": str(home)}
        process = subprocess.Popen([sys.executable, "-c", _NAMED, home.name], env=own)
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(WITHIN_S)


# A runner is named after its machine, which these share.
_NAMED = """
import socket, sys
socket.gethostname = lambda: sys.argv[1]
from job_runner.runner import main
main()
"""


@pytest.fixture
def runners(settings, tmp_path) -> Iterator[Runners]:
    environ = {
        "RUNNER_CATALOG_URL": settings.catalog_url,
        "RUNNER_BART_URL": settings.bart_url,
        "RUNNER_LEASE_S": "2",
    }
    runners = Runners(environ, tmp_path)
    yield runners
    runners.stop()


def succeeded(upstreams, job_id) -> Callable[[], bool]:
    return lambda: job(upstreams, job_id)["state"] == "succeeded"


def test_a_runner_takes_jobs_by_itself_and_stops_at_sigterm(runners, orders, book_id, upstreams):
    process = runners.start()
    job_id = order(orders, book_id)
    wait_until(succeeded(upstreams, job_id), WITHIN_S)
    process.terminate()
    assert process.wait(WITHIN_S) == 0


def test_what_a_killed_runner_did_another_one_finishes(runners, orders, book_id, bart, upstreams):
    bart.gate = threading.Event()
    killed = runners.start()
    job_id = order(orders, book_id)
    assert bart.started.wait(WITHIN_S)
    runners.start()
    killed.kill()
    bart.gate.set()
    wait_until(succeeded(upstreams, job_id), WITHIN_S)


def test_a_runner_claims_no_more_jobs_than_it_has_threads_and_sigterm_releases_them(
    runners, orders, book_id, bart, upstreams, library
):
    bart.gate = threading.Event()
    busy = runners.start(RUNNER_WORKERS="1")
    first = order(orders, book_id)
    assert bart.started.wait(WITHIN_S)
    second = order(orders, book_id, points=1)
    runners.start(RUNNER_WORKERS="1")
    wait_until(lambda: job(upstreams, second)["state"] == "running", WITHIN_S)
    owners = dict(library.db.execute_sql("SELECT id, lease_owner FROM jobs").fetchall())
    # An id at the end tells the runners of two folders apart.
    named = {job_id: owner.rpartition("/")[0] for job_id, owner in owners.items()}
    assert named == {first: "runner0/1", second: "runner1/1"}
    bart.gate.set()
    busy.terminate()
    assert busy.wait(WITHIN_S) == 0
    for job_id in (first, second):
        wait_until(succeeded(upstreams, job_id), WITHIN_S)


def test_a_wrong_setting_is_one_line_and_status_2():
    own = {**os.environ, "RUNNER_PARALEL": "3"}
    done = subprocess.run([sys.executable, "-m", "job_runner"], env=own, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr == ("job_runner: RUNNER_PARALEL is not a setting of job_runner; did you mean RUNNER_PARALLEL?\n")
