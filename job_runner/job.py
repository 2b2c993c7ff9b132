"""Does one job that this process has leased: reads, summarises, checks, speaks, hands in. Begun again, it goes on.

Every part is looked up before it is made and stored when it is made, so that whoever takes the job over after a crash
makes only what is missing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contract.engine_choice import EXTRACTIVE, EngineChoice, ReadModels, choose
from contract.events import Stage
from contract.jobs import ClaimedJob, FinishedPart
from job_runner import document, planner, source, speech, tree
from job_runner.part_maker import MP3, SPEECH, PartMaker
from job_runner.store import JobStoreClient, Lease, LeaseLost
from job_runner.tree import Step
from servicekit import logs
from servicekit.abort import Aborted
from servicekit.problems import Busy, NotReady, ProblemError, UpstreamFailed, UpstreamTimeout

BUSY_RETRIES = 20
LOOKUP, SPEECH_LOOKUP = 64, 4  # parts looked up at once; those of speech are large
_RETRY_LATER = (UpstreamFailed, UpstreamTimeout, Busy, NotReady)
log = logs.get_logger(__name__)


@dataclass(frozen=True)
class RunnerContext:
    """What every job of this process works with.

    `slots` bounds the parts made at a time, by all jobs together; after `degrade_attempts` attempts without progress
    a job of `auto` does without its engine.
    """

    store: JobStoreClient
    read_models: ReadModels
    slots: threading.Semaphore
    parallel: int
    degrade_attempts: int


def do(job: ClaimedJob, lease: Lease, part_maker: PartMaker, context: RunnerContext) -> None:
    """Do a job to its end, or put it back, or fail it, or stop because its lease is lost."""
    try:
        try:
            _Run(job, lease, part_maker, context).run()
        except _RETRY_LATER as problem:
            context.store.defer(lease, job.id, problem.detail)
        except ProblemError as problem:
            context.store.fail(lease, job.id, problem)
        except (LeaseLost, Aborted):
            raise
        except Exception as error:  # a defect must not end the runner; the job is tried again, then fails
            log.error("job_broke", job=job.id, exc_info=error)
            context.store.defer(lease, job.id, "An unexpected error; the log has the reason under the job's id.")
    except (LeaseLost, Aborted):
        log.info("job_lost", job=job.id)


class _Run:
    def __init__(self, job: ClaimedJob, lease: Lease, part_maker: PartMaker, context: RunnerContext) -> None:
        self._job = job
        self._request = job.request
        self._lease, self._part_maker, self._context = lease, part_maker, context
        self._store = context.store

    def run(self) -> None:
        job, request = self._job, self._request
        scope = request.scope if request.scope == "book" else request.scope.model_dump()
        found = source.read(job.book_id, request.revision, scope, lambda path: self._store.read(self._lease, path))
        choice, degraded = self._choose()
        sizes = tree.Sizes.of(choice)
        parts = tree.parts_of(found.sections, sizes)
        total = planner.counted(parts, points=request.points > 0, audio=request.audio)
        self._store.add_parts(self._lease, job.id, "reading", [], total=total, made_by=choice.made_by)
        made = tree.summarise(found.sections, parts, sizes.join, request.length, request.points, self._make_by(choice))
        self._store.add_parts(self._lease, job.id, "support", [])
        about = {
            "book_id": job.book_id,
            "title": found.book.title,
            "author": found.book.author,
            "revision": found.book.revision,
            "scope": scope,
            "engine": choice.engine,
            "model": choice.model,
            "length": request.length,
            "degraded": degraded is not None,
            "degraded_reason": degraded,
        }
        built = document.build(about, found.sections, made.chapters, made.summary, made.points)
        spoken = self._speak(built, found.book.language or "") if request.audio else {}
        self._store.finish(self._lease, job.id, built, **spoken)

    def _choose(self) -> tuple[EngineChoice, str | None]:
        """The engine, and why it is not the one that was wanted."""
        request = self._request
        may_degrade = request.engine == "auto" and self._job.attempts > self._context.degrade_attempts
        try:
            if may_degrade and self._job.last_reason:
                return EXTRACTIVE, self._job.last_reason
            return choose(request.engine, self._context.read_models, request.prefers), None
        except _RETRY_LATER as problem:
            if may_degrade:
                return EXTRACTIVE, problem.detail
            raise

    def _speak(self, built: dict[str, Any], language: str) -> dict[str, Any]:
        """Add the audio to the document; what the result says of it beside that."""
        scripts = speech.script(built)
        outputs = self._make("speech", speech.steps(scripts, language), SPEECH, EXTRACTIVE)
        spoken = speech.assemble(built["title"], scripts, outputs)
        stored = self._store.store_audio(self._lease, spoken.audio)
        marks = [{"title": mark.title, "start_s": mark.start_s} for mark in spoken.marks]
        built["audio"] = {"seconds": spoken.seconds, "bytes": stored.audio_bytes, "type": MP3, "chapters": marks}
        return {"captions": spoken.captions, "audio": stored.audio, "audio_bytes": stored.audio_bytes}

    def _make_by(self, choice: EngineChoice) -> tree.Make:
        options = self._request.options.options()

        def make(stage: Stage, steps: Sequence[Step]) -> list[Any]:
            wanted = [replace(step, task=replace(step.task, options=options)) for step in steps]
            return self._make(stage, wanted, choice.made_by, choice)

        return make

    def _make(self, stage: Stage, steps: Sequence[Step], made_by: str, choice: EngineChoice) -> list[Any]:
        """The outputs of all steps, those that are stored and those made now, `parallel` at a time."""
        keys = [step.task.key(made_by) for step in steps]
        at_once = SPEECH_LOOKUP if stage == "speech" else LOOKUP
        outputs = self._store.lookup(self._lease, sorted(set(keys)), at_once)
        stored = [_part(step, key, outputs[key]) for step, key in zip(steps, keys, strict=True) if key in outputs]
        self._store.add_parts(self._lease, self._job.id, stage, stored)
        missing: dict[str, list[Step]] = {}
        for step, key in zip(steps, keys, strict=True):
            if key not in outputs:
                missing.setdefault(key, []).append(step)

        def one(key: str, equal: list[Step]) -> None:
            outputs[key] = self._make_one(stage, equal, key, made_by, choice)

        self._all([partial(one, key, equal) for key, equal in missing.items()])
        return [outputs[key] for key in keys]

    def _all(self, calls: Sequence[Callable[[], None]]) -> None:
        """Make the calls, some at a time; after one has failed no other is begun, and its error is raised."""
        if not calls:
            return
        with ThreadPoolExecutor(self._context.parallel, thread_name_prefix="part") as pool:
            futures = [pool.submit(call) for call in calls]
            done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
            for future in waiting:
                future.cancel()
        for future in done:
            future.result()
        for future in waiting:
            if not future.cancelled():
                future.result()

    def _make_one(self, stage: Stage, equal: Sequence[Step], key: str, made_by: str, choice: EngineChoice) -> Any:
        """Make what stands at one position or, where the book repeats itself, at several."""
        task = equal[0].task
        with self._context.slots:
            self._lease.check(begin=True)
            started = time.monotonic()
            output = self._retry_while_busy(lambda: self._part_maker.make(task, choice))
            seconds = round(time.monotonic() - started, 4)
        log.info("part_made", job=self._job.id, position=equal[0].position, key=key, ms=round(seconds * 1000, 1))
        made = {"kind": task.kind, "made_by": made_by, "seconds": seconds, "output": output}
        parts = [_part(step, key, output).model_copy(update=made) for step in equal]
        self._store.add_parts(self._lease, self._job.id, stage, parts)
        return output

    def _retry_while_busy(self, make: Callable[[], Any]) -> Any:
        """Ask again where the worker's queue is full: others come first, that is all."""
        for _ in range(BUSY_RETRIES):
            try:
                return make()
            except Busy as busy:
                self._lease.lost.wait(min(float(busy.headers.get("Retry-After", "1")), 10.0))
                self._lease.check(begin=True)
        return make()


def _part(step: Step, key: str, output: Any) -> FinishedPart:
    return FinishedPart(position=step.position, key=key, event=step.event(output) if step.event else None)
