"""The process that runs jobs: claims them from the catalog, does each in a thread, renews their leases.

The catalog's leases are the queue. A job is claimed only when a thread is free for it, so none waits in memory; the
lease of a runner that was killed runs out, and another one claims its jobs.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NoReturn

from contract.jobs import ClaimedJob, Worker
from job_runner import job
from job_runner.config import Settings
from job_runner.part_maker import PartMaker
from job_runner.store import JobStoreClient, Lease
from servicekit import logs
from servicekit.abort import Abort, Aborted
from servicekit.problems import ProblemError
from servicekit.settings import make_folder, prepare_process
from servicekit.upstream import Upstream

RENEW_S = 0.3
CLAIMABLE_WAIT_S = 10.0
RETRY_S = 0.5
DRAIN_S = 10.0
NICENESS = 5  # a request that somebody waits for comes first on a busy machine
MOST_OWNERS = 1024
MOST_CLAIMED = 100  # at once
log = logs.get_logger(__name__)


class Runner:
    """One process's jobs. `owner` must not be the name of another runner that lives."""

    def __init__(self, settings: Settings, catalog: Upstream, workers: Mapping[Worker, Upstream], owner: str) -> None:
        self._settings = settings
        self._workers = workers
        self._store = JobStoreClient(catalog, owner, lease_s=settings.lease_s, parallel=settings.parallel)
        self._context = job.RunnerContext(
            store=self._store,
            read_models=lambda worker: workers[worker].call_json("GET", "/models"),
            slots=threading.Semaphore(settings.parallel),
            parallel=settings.parallel,
            degrade_attempts=settings.degrade_attempts,
        )
        self._leases: dict[str, Lease] = {}
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._stop_waiting = Abort()
        self._ended = threading.Event()

    def run(self) -> None:
        """Work until `stop`; the leases of an earlier process of this name are ended first."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # In a thread: the main one may hold a lock that `stop` needs at this very moment.
            signal.signal(number, lambda *_: threading.Thread(target=self.stop).start())
        self._release_at_start()
        renewing = threading.Thread(target=self._renew, name="renew")
        renewing.start()
        log.info("runner_started", owner=self._store.owner, workers=self._settings.workers)
        try:
            with ThreadPoolExecutor(self._settings.workers, thread_name_prefix="job") as pool:
                while not self._stopping.is_set():
                    self._claim(pool, self._free_threads())
                self._drain()
        finally:
            self._ended.set()
            renewing.join()
        log.info("runner_stopped", owner=self._store.owner)

    def stop(self) -> None:
        """Finish the parts under way, release the jobs, end."""
        self._stopping.set()
        self._stop_waiting.fire()
        with self._changed:
            self._changed.notify_all()

    def _free_threads(self) -> int:
        """How many threads have no job; waits until there is one, or until `stop`."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping.is_set() or len(self._leases) < self._settings.workers)
            return min(self._settings.workers - len(self._leases), MOST_CLAIMED)

    def _claim(self, pool: ThreadPoolExecutor, limit: int) -> None:
        """Wait for up to `limit` jobs and do each in a thread of the pool."""
        if self._stopping.is_set():
            return
        try:
            ids = self._store.claimable(CLAIMABLE_WAIT_S, limit, self._stop_waiting)
            claimed = [found for job_id in ids if (found := self._try_claim(job_id))]
        except Aborted:
            return
        except ProblemError as problem:
            log.warning("jobs_not_claimed", reason=problem.detail)
            self._stopping.wait(RETRY_S)
            return
        for found in claimed:
            pool.submit(self._do, *found)
        if ids and not claimed:
            self._stopping.wait(RETRY_S)  # other runners were faster

    def _try_claim(self, job_id: str) -> tuple[ClaimedJob, Lease, PartMaker] | None:
        """Claim a job unless this process has it, which may have missed that its lease ran out."""
        abort = Abort()
        lease = Lease(self._store.lease_s, abort.fire)
        with self._changed:
            if job_id in self._leases or self._stopping.is_set():
                return None
        try:
            claimed = self._store.claim(job_id)
        except ProblemError as problem:
            log.warning("job_not_claimed", job=job_id, reason=problem.detail)
            return None
        if claimed is None:
            return None
        with self._changed:
            self._leases[job_id] = lease
        log.info("job_claimed", job=job_id, attempt=claimed.attempts)
        timeout_s = self._settings.part_timeout_s
        return claimed, lease, PartMaker(self._workers, request_id=job_id, timeout_s=timeout_s, abort=abort)

    def _do(self, claimed: ClaimedJob, lease: Lease, part_maker: PartMaker) -> None:
        try:
            job.do(claimed, lease, part_maker, self._context)
        except ProblemError as problem:  # the catalog refused the outcome: the lease runs out, and it is tried again
            log.error("job_not_recorded", job=claimed.id, reason=problem.detail)
        finally:
            with self._changed:
                self._leases.pop(claimed.id, None)
                self._changed.notify_all()

    def _renew(self) -> None:
        """Renew the leases, and stop the jobs that this runner does not hold any more."""
        while not self._ended.wait(RENEW_S):
            with self._changed:
                mine = dict(self._leases)
            if not mine:
                continue
            asked = time.monotonic()
            try:
                ours = self._store.renew(mine)
            except ProblemError:
                lost = {job_id for job_id, lease in mine.items() if lease.expired}
            else:
                lost = set(mine) - ours
                for job_id in set(mine) - lost:
                    mine[job_id].renew(asked)
            for job_id in lost:
                mine[job_id].lose()

    def _release_at_start(self) -> None:
        while not self._stopping.is_set():
            try:
                self._store.release()
                return
            except ProblemError:
                self._stopping.wait(RETRY_S)

    def _drain(self) -> None:
        """Let the parts under way be finished, within `DRAIN_S`, and the jobs be claimed by others."""
        with self._changed:
            mine = list(self._leases.values())
            for lease in mine:
                lease.drain()
            self._changed.wait_for(lambda: not self._leases, DRAIN_S)
        for lease in mine:
            lease.lose()
        try:
            self._store.release()
        except ProblemError as problem:
            log.warning("leases_not_released", reason=problem.detail)


def take_name(folder: Path) -> tuple[int, IO[str]]:
    """A number that no living runner of this folder has, and the lock that keeps it: held until the process ends.

    So a runner that was killed leaves its number, and its jobs, to the next one.
    """
    for number in range(1, MOST_OWNERS + 1):
        file = (folder / f"runner-{number}.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            continue
        return number, file
    raise SystemExit("job_runner: too many runners on this folder")


def identity(lock: IO[str]) -> str:
    """What tells this folder's runner from those of other folders on the host; kept in its lock file."""
    lock.seek(0)
    known = lock.read().strip()
    if not known:
        known = uuid.uuid4().hex[:8]
        lock.write(known)
        lock.flush()
    return known


def from_settings(settings: Settings, owner: str) -> Runner:
    """A runner for the services that the settings name."""
    token = settings.internal_token.get_secret_value() if settings.internal_token else None

    def client(name: str, url: str) -> Upstream:
        return Upstream(name, url, token=token, timeout_s=settings.call_timeout_s)

    workers: dict[Worker, Upstream] = {
        "bart": client("bart_service", settings.bart_url),
        "llama": client("llama_service", settings.llama_url),
    }
    return Runner(settings, client("catalog_service", settings.catalog_url), workers, owner)


def main() -> NoReturn:
    """Run until SIGTERM. A setting that is wrong ends the process with one line and status 2."""
    settings = prepare_process(Settings)
    settings.forget_secrets()
    logs.configure("job_runner", level=settings.log_level, fmt=settings.log_format)
    os.nice(NICENESS)
    folder = (settings.home / "jobs").absolute()
    make_folder(Settings.owner, folder)
    number, lock = take_name(folder)
    with lock:
        from_settings(settings, f"{socket.gethostname()}/{number}/{identity(lock)}").run()
    raise SystemExit(0)
