"""Runners as processes, on a queue of their own and on one that they share: kills and lost queues cost no job."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.jobs import queues
from tests.gateway.jobs import redis_server
from tests.gateway.jobs.test_runner import job, order, wait_until

WITHIN_S = 60


@dataclass
class Runners:
    """Starts `python -m gateway.jobs`, each in a folder of its own, as on a machine of its own."""

    environ: dict[str, str]
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> subprocess.Popen[bytes]:
        home = self.folder / f"runner{len(self.processes)}"
        own = {**os.environ, **self.environ, "VISIS_HOME": str(home)}
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
from gateway.jobs.runner import main
main()
"""


@pytest.fixture
def redis() -> Iterator[redis_server.Server]:
    with redis_server.running() as server:
        yield server


@pytest.fixture(params=["file", "redis"])
def runners(request, settings, tmp_path) -> Iterator[Runners]:
    environ = {
        "GATEWAY_CATALOG_URL": settings.catalog_url,
        "GATEWAY_BART_URL": settings.bart_url,
        "GATEWAY_JOB_LEASE_S": "2",
    }
    if request.param == "redis":
        environ["GATEWAY_REDIS_URL"] = request.getfixturevalue("redis").url
    runners = Runners(environ, tmp_path)
    yield runners
    runners.stop()


def succeeded(upstreams, job_id) -> Callable[[], bool]:
    return lambda: job(upstreams, job_id)["state"] == "succeeded"


def test_a_runner_takes_jobs_by_itself_and_stops_when_told(runners, desk, book_id, upstreams):
    process = runners.start()
    job_id = order(desk, book_id)
    wait_until(succeeded(upstreams, job_id), WITHIN_S)
    process.terminate()
    assert process.wait(WITHIN_S) == 0


def test_what_a_killed_runner_did_another_one_finishes(runners, desk, book_id, bart, upstreams):
    bart.gate = threading.Event()
    killed = runners.start()
    job_id = order(desk, book_id)
    assert bart.started.wait(WITHIN_S)
    runners.start()
    killed.kill()
    bart.gate.set()
    wait_until(succeeded(upstreams, job_id), WITHIN_S)


@pytest.mark.parametrize("runners", ["redis"], indirect=True)
def test_a_queue_that_dies_and_comes_back_empty_costs_no_job(runners, redis, desk, book_id, upstreams):
    runners.start()
    first = order(desk, book_id)
    wait_until(succeeded(upstreams, first), WITHIN_S)
    redis.kill()
    second = order(desk, book_id, points=1)
    redis.start()
    wait_until(succeeded(upstreams, second), WITHIN_S)


def test_what_another_runner_took_from_the_queue_and_dropped_is_put_there_again(make_runner):
    runner = make_runner()
    assert runner._enlist(["one"]) == ["one"]
    runner._task("one")
    assert runner._enlist(["one", "two"]) == ["two"]
    runner.huey.dequeue()
    assert runner._enlist(["one"]) == ["one"]


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("what the queue held was run",))


def test_what_a_stranger_puts_into_the_queue_is_not_run():
    queue = queues.in_memory()
    queue.storage.enqueue(pickle.dumps(Bomb()))
    with pytest.raises(ValueError):  # noqa: PT011 - whatever JSON has against it
        queue.dequeue()
