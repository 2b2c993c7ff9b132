"""Kill each process at 10, 50 and 90 % of a novel's job, let it be restarted, and count what was lost or done twice.

Run it as `BOOK=path python -m benchmarks.bench_faults`. Each run has its own data folder, so that nothing is cached.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._report import report
from benchmarks.killing import VICTIMS, Product, equal, novel, product

POINTS = tuple(float(point) for point in os.environ.get("AT", "0.1 0.5 0.9").split())
PARALLEL = 2


@dataclass(frozen=True)
class Run:
    """What became of one job."""

    state: str
    document: dict[str, Any]
    audio_bytes: int
    parts: int
    redone: int
    seconds: float


def main() -> int:
    """Print a row for each kill; 1 if a job was lost, its result differs, or more was redone than was in flight."""
    book = novel()
    if book is None:
        print("BOOK=path of a PDF or text, or BOOKS=folder of some, is needed", file=sys.stderr)
        return 2
    calm = _run(book, None, 0)
    rows, failures = [["nothing", "", calm.state, calm.parts, calm.redone, "yes", calm.seconds]], 0
    most = 0
    for victim in VICTIMS:
        for point in POINTS:
            run = _run(book, victim, point)
            whole = run.audio_bytes == run.document.get("audio", {}).get("bytes") and equal(run.document, calm.document)
            failures += run.state != "succeeded" or not whole or run.redone > PARALLEL
            most = max(most, run.redone)
            at = f"{point:.0%}"
            rows.append([victim, at, run.state, run.parts, run.redone, "yes" if whole else "NO", run.seconds])
    columns = ["killed", "at", "state", "parts", "redone", "equal result", "seconds"]
    kills = len(VICTIMS) * len(POINTS)
    ratios = {"jobs_kept": (kills - failures) / kills, "most_parts_redone": float(most)}
    report("faults", columns, rows, ratios, {"book": book.name, "parallel": PARALLEL, "rows": rows})
    return 1 if failures else 0


def _run(book: Path, victim: str | None, point: float) -> Run:
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), RUNNER_PARALLEL=str(PARALLEL)) as visis,
    ):
        with book.open("rb") as file:
            imported = visis.request("POST", "/books/import", files={"file": (book.name, file.read())}).json()
        started = time.monotonic()
        job = visis.order(imported["id"])
        if victim:
            visis.await_job(job, lambda now: _share(now) >= point)
            visis.kill(victim)
        return _outcome(visis, job, started)


def _outcome(visis: Product, job: str, started: float) -> Run:
    ended = visis.await_job(job, lambda now: now["state"] in ("succeeded", "failed", "cancelled"))
    seconds = time.monotonic() - started
    document = visis.request("GET", ended["result"]).json() if ended["result"] else {}
    audio = visis.request("GET", f"{ended['result']}/audio").content
    made = visis.made()
    redone = sum(made.values()) - len(made)
    return Run(ended["state"], document, len(audio), len(made), redone, round(seconds, 1))


def _share(job: dict[str, Any]) -> float:
    return job["parts_done"] / job["parts_total"] if job["parts_total"] else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
