"""The job runner: takes jobs from the catalog and does them, with huey as the executor.

The truth about every job is in the catalog. What it says may be taken goes into huey's queue; a task that huey forgets,
because its process was killed, is offered again once its lease ends, and one that comes twice is taken once. So the
queue may be lost at any time.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import IO, Any, NoReturn

from gateway.config import Settings
from gateway.jobs import queues, work
from gateway.jobs.board import Board, Held
from gateway.jobs.engines import Hands, Worker
from gateway.upstreams import Upstreams
from servicekit import logs
from servicekit.abort import Abort
from servicekit.problems import ProblemError
from servicekit.settings import SettingsError
from servicekit.upstream import Upstream

PULSE_S = 0.3
CLAIMABLE_WAIT_S = 10.0
RETRY_S = 0.5
DRAIN_S = 10.0
NICENESS = 5  # a request that somebody waits for comes first on a busy machine
MOST_OWNERS = 1024
log = logs.get_logger(__name__)


class Runner:
    """One process's jobs. `owner` must not be used by another one that lives."""

    def __init__(self, settings: Settings, upstreams: Upstreams, owner: str, queue: queues.Queue | None = None) -> None:
        self._settings = settings
        self._workers: dict[Worker, Upstream] = {"bart": upstreams.bart, "llama": upstreams.llama}
        self._board = Board(upstreams.catalog, owner, lease_s=settings.job_lease_s, parallel=settings.job_parallel)
        self._bench = work.Bench(
            board=self._board,
            models=lambda worker: self._workers[worker].call_json("GET", "/models"),
            slots=threading.Semaphore(settings.job_parallel),
            parallel=settings.job_parallel,
            degrade_attempts=settings.job_degrade_attempts,
        )
        self._lock = threading.Lock()
        self._queued: set[str] = set()
        self._held: dict[str, Held] = {}
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self.huey = queue or queues.in_memory()
        self._task = self.huey.task()(self._execute_once())

    def run(self) -> None:
        """Work until `stop`; jobs of an earlier process of this name are let go of first."""
        consumer = queues.consumer(self.huey, self._settings.job_workers)
        self._release_at_start()
        consumer.start()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # In a thread: the main one may hold the event's lock at this very moment.
            signal.signal(number, lambda *_: threading.Thread(target=self.stop).start())
        # Nobody waits for the first at the end: it only asks the catalog, for seconds at a time, and holds nothing.
        threading.Thread(target=self._offer, name="offer", daemon=True).start()
        pulse = threading.Thread(target=self._pulse, name="pulse")
        pulse.start()
        log.info("runner_started", owner=self._board.owner, workers=self._settings.job_workers)
        while not self._stopping.wait(1.0):
            consumer.check_worker_health()
        self._drain()
        self._ended.set()
        consumer.stop(graceful=True)
        pulse.join()
        log.info("runner_stopped", owner=self._board.owner)

    def stop(self) -> None:
        """Finish the parts under way, let go of the jobs, end."""
        self._stopping.set()

    def execute(self, job_id: str) -> None:
        """Take a job and do it, unless another one has it."""
        abort = Abort()
        held = Held(self._board.lease_s, abort.fire)
        hands = Hands(self._workers, request_id=job_id, timeout_s=self._settings.job_part_timeout_s, abort=abort)
        with self._lock:
            if job_id in self._held:  # the queue may name a job twice
                return
            self._held[job_id] = held
        try:
            if self._stopping.is_set():
                return
            job = self._board.claim(job_id)
            if job is not None:
                held.renew()
                log.info("job_taken", job=job_id, attempt=job["attempts"])
                work.do(job, held, hands, self._bench)
        except ProblemError as problem:
            log.warning("job_not_taken", job=job_id, reason=problem.detail)
        finally:
            with self._lock:
                self._held.pop(job_id, None)
                self._queued.discard(job_id)

    def _execute_once(self) -> Any:
        def run_job(job_id: str) -> None:
            self.execute(job_id)

        return run_job

    def _offer(self) -> None:
        """Put into huey's queue what may be taken."""
        while not self._stopping.is_set():
            try:
                ids = self._board.claimable(CLAIMABLE_WAIT_S)
                fresh = self._enlist(ids)
                for job_id in fresh:
                    self._task(job_id)
            except ProblemError:
                self._stopping.wait(RETRY_S)
                continue
            except queues.ERRORS as error:
                log.warning("queue_failed", reason=type(error).__name__)
                self._stopping.wait(RETRY_S)
                continue
            if not fresh:
                self._stopping.wait(RETRY_S if ids else 0)

    def _enlist(self, ids: list[str]) -> list[str]:
        """Those that are neither in the queue nor held. What was put there and is not, though nobody has taken it, was
        lost: by a runner that was killed between the queue and the catalog, or with the queue itself.
        """
        empty = self.huey.pending_count() == 0
        with self._lock:
            if empty:
                self._queued.clear()
            fresh = [job_id for job_id in ids if job_id not in self._queued and job_id not in self._held]
            self._queued.update(fresh)
            return fresh

    def _pulse(self) -> None:
        """Renew the leases, and stop the jobs that are not ours any more."""
        while not self._ended.wait(PULSE_S):
            with self._lock:
                mine = {job_id: held for job_id, held in self._held.items() if held.claimed}
            if not mine:
                continue
            try:
                ours = self._board.pulse()
            except ProblemError:
                ours = set()
                gone = {job_id for job_id, held in mine.items() if held.expired}
            else:
                gone = set(mine) - ours
            for job_id in ours & set(mine):
                mine[job_id].renew()
            for job_id in gone:
                mine[job_id].lose()

    def _release_at_start(self) -> None:
        while not self._stopping.is_set():
            try:
                self._board.release()
                return
            except ProblemError:
                self._stopping.wait(RETRY_S)

    def _drain(self) -> None:
        """Let the parts under way be finished, within reason, and the jobs be taken by others."""
        with self._lock:
            mine = list(self._held.values())
        for held in mine:
            held.drain()
        for _ in range(int(DRAIN_S / PULSE_S)):
            if not self._held:
                break
            self._ended.wait(PULSE_S)
        for held in mine:
            held.lose()
        try:
            self._board.release()
        except ProblemError as problem:
            log.warning("leases_not_released", reason=problem.detail)


def take_name(folder: Path) -> tuple[int, IO[str]]:
    """A number that no living runner of this folder has, and the lock that keeps it: held until the process ends.

    So a runner that was killed leaves its number, and its jobs, to the next one.
    """
    for number in range(1, MOST_OWNERS + 1):
        file = (folder / f"runner-{number}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            continue
        return number, file
    raise SystemExit("gateway.jobs: too many runners on this folder")


def main() -> NoReturn:
    """Run until SIGTERM. A setting that is wrong ends the process with one line and status 2."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        print(f"gateway.jobs: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    logs.configure("gateway.jobs", level=settings.log_level, fmt=settings.log_format)
    logging.getLogger("huey").setLevel(logging.WARNING)
    os.nice(NICENESS)
    folder = (settings.home / "jobs").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    number, lock = take_name(folder)
    with lock:
        queue = queues.make(settings, folder / f"runner-{number}.sqlite3")
        Runner(settings, Upstreams.from_settings(settings), f"{socket.gethostname()}/{number}", queue).run()
    raise SystemExit(0)
