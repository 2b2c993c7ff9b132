"""Does one job that this process holds: reads, summarises, checks, speaks, hands in. Begun again, it goes on.

Every part is looked up before it is made and noted when it is made, so that whoever takes the job over after a crash
makes only what was not noted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from gateway.jobs import document, engines, planner, source, speech, tree
from gateway.jobs.board import Board, Held, Lost
from gateway.jobs.engines import Hands, Maker
from gateway.jobs.tree import Step
from servicekit import logs
from servicekit.abort import Aborted
from servicekit.problems import Busy, Conflict, NotReady, ProblemError, UpstreamFailed, UpstreamTimeout

MOST_BUSY = 20
_SPEECH_LOOKUP = 4
_LATER = (UpstreamFailed, UpstreamTimeout, Busy, NotReady)
log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Bench:
    """What every job of this process works with.

    `slots` bounds the parts made at a time, by all jobs together; after `degrade_attempts` attempts without progress
    a job that may do without its engine does.
    """

    board: Board
    models: engines.Models
    slots: threading.Semaphore
    parallel: int
    degrade_attempts: int


def do(job: dict[str, Any], held: Held, hands: Hands, bench: Bench) -> None:
    """Do a job to its end, or put it back, or fail it, or stop because it is lost; whichever, it is noted."""
    try:
        try:
            _Job(job, held, hands, bench).run()
        except _LATER as problem:
            bench.board.defer(held, job["id"], problem.detail)
        except ProblemError as problem:
            bench.board.fail(held, job["id"], problem.to_dict())
        except (Lost, Aborted):
            raise
        except Exception as error:  # a defect must not end the runner; the job is tried again, then fails
            log.error("job_broke", job=job["id"], exc_info=error)
            bench.board.defer(held, job["id"], "An unexpected error; the log has the reason under the job's id.")
    except (Lost, Aborted):
        log.info("job_let_go", job=job["id"])


class _Job:
    def __init__(self, job: dict[str, Any], held: Held, hands: Hands, bench: Bench) -> None:
        self._id = job["id"]
        self._job = job
        self._request = job["request"]
        self._held, self._hands, self._bench = held, hands, bench
        self._board = bench.board

    def run(self) -> None:
        request = self._request
        read: source.Read = lambda path: self._board.book(self._held, path)  # noqa: E731
        found = source.read(self._job["book_id"], request["scope"], read)
        if (found.book.revision or 0) != request["revision"]:
            raise Conflict("The book's text or chapters changed after this was asked for. Ask again.")
        maker, degraded = self._choose()
        parts = tree.parts_of(found.sections, maker)
        total = planner.counted(parts, points=request["points"] > 0, audio=request["audio"])
        self._board.add_parts(self._held, self._id, "reading", [], total=total, made_by=maker.name)
        made = tree.summarise(found.sections, parts, maker, request["length"], request["points"], self._maker_of(maker))
        self._board.add_parts(self._held, self._id, "support", [])
        about = {
            "book_id": self._job["book_id"],
            "title": found.book.title,
            "author": found.book.author,
            "revision": found.book.revision,
            "scope": request["scope"],
            "engine": maker.engine,
            "model": maker.model,
            "length": request["length"],
            "degraded": degraded is not None,
            "degraded_reason": degraded,
        }
        built = document.build(about, found.sections, made.chapters, made.summary, made.points)
        result = self._speak(built, found.book.language or "") if request["audio"] else {"document": built}
        self._board.finish(self._held, self._id, result)

    def _choose(self) -> tuple[Maker, str | None]:
        """The maker, and why it is not the one that was wanted."""
        request, attempts = self._request, self._job["attempts"]
        may_degrade = request["engine"] == "auto" and attempts > self._bench.degrade_attempts
        try:
            if may_degrade and self._job.get("last_reason"):
                return engines.EXTRACTIVE, self._job["last_reason"]
            return engines.choose(request["engine"], self._bench.models, request["prefers"]), None
        except _LATER as problem:
            if may_degrade:
                return engines.EXTRACTIVE, problem.detail
            raise

    def _speak(self, built: dict[str, Any], language: str) -> dict[str, Any]:
        scripts = speech.script(built)
        outputs = self._make("speech", speech.steps(scripts, language), engines.SPEECH, None)
        spoken = speech.assemble(built["title"], scripts, outputs)
        kept = self._board.keep_audio(self._held, spoken.audio)
        marks = [{"title": mark.title, "start_s": mark.start_s} for mark in spoken.marks]
        audio = {"seconds": spoken.seconds, "bytes": kept["audio_bytes"], "type": engines.MP3, "chapters": marks}
        return {"document": {**built, "audio": audio}, "captions": spoken.captions, **kept}

    def _maker_of(self, maker: Maker) -> tree.Make:
        def make(stage: str, steps: Sequence[Step]) -> list[Any]:
            return self._make(stage, [self._with_options(step) for step in steps], maker.name, maker)

        return make

    def _with_options(self, step: Step) -> Step:
        options = self._request["options"]
        return replace(step, task=replace(step.task, options=options)) if options else step

    def _make(self, stage: str, steps: Sequence[Step], made_by: str, maker: Maker | None) -> list[Any]:
        """The outputs of all steps, those that are there and those made now, `parallel` at a time."""
        keys = [step.task.key(made_by) for step in steps]
        at_once = _SPEECH_LOOKUP if stage == "speech" else 64
        outputs = self._board.lookup(self._held, sorted(set(keys)), at_once)
        there = [_noted(step, key, outputs[key]) for step, key in zip(steps, keys, strict=True) if key in outputs]
        self._board.add_parts(self._held, self._id, stage, there)
        missing: dict[str, list[Step]] = {}
        for step, key in zip(steps, keys, strict=True):
            if key not in outputs:
                missing.setdefault(key, []).append(step)

        def one(key: str, equal: list[Step]) -> None:
            outputs[key] = self._make_one(stage, equal, key, made_by, maker or engines.EXTRACTIVE)

        self._all([partial(one, key, equal) for key, equal in missing.items()])
        return [outputs[key] for key in keys]

    def _all(self, calls: Sequence[Callable[[], None]]) -> None:
        """Make the calls, some at a time; after one has failed no other is begun, and its error is raised."""
        if not calls:
            return
        with ThreadPoolExecutor(self._bench.parallel, thread_name_prefix="part") as pool:
            futures = [pool.submit(call) for call in calls]
            done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
            for future in waiting:
                future.cancel()
        for future in done:
            future.result()
        for future in waiting:
            if not future.cancelled():
                future.result()

    def _make_one(self, stage: str, equal: Sequence[Step], key: str, made_by: str, maker: Maker) -> Any:
        """Make what stands at one place or, where the book repeats itself, at several."""
        task = equal[0].task
        with self._bench.slots:
            self._held.check(begin=True)
            started = time.monotonic()
            output = self._patiently(lambda: self._hands.make(task, maker))
            seconds = round(time.monotonic() - started, 4)
        log.info("part_made", job=self._id, position=equal[0].position, key=key, ms=round(seconds * 1000, 1))
        made = {"kind": task.kind, "made_by": made_by, "seconds": seconds, "output": output}
        parts = [{**_noted(step, key, output), **made} for step in equal]
        self._board.add_parts(self._held, self._id, stage, parts)
        return output

    def _patiently(self, make: Callable[[], Any]) -> Any:
        """Ask again where the worker's queue is full, as often as is reasonable: others come first, that is all."""
        for _ in range(MOST_BUSY):
            try:
                return make()
            except Busy as busy:
                self._held.lost.wait(min(float(busy.headers.get("Retry-After", "1")), 10.0))
                self._held.check(begin=True)
        return make()


def _noted(step: Step, key: str, output: Any) -> dict[str, Any]:
    return {"position": step.position, "key": key, "event": step.event(output) if step.event else None}
