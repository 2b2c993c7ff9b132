"""Time a novel's job, and requests that somebody waits for while such a job is running.

The second is the 95th percentile of `POST /summaries/generate` with and without a job beside it: it may be twice the
idle one plus the time of one part. Run it as `BOOK=path python -m benchmarks.bench_jobs`.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import requests

from benchmarks._report import report
from benchmarks.killing import Product, novel, product

REQUESTS = 60
SENTENCE = "The keeper of the light wrote down the hour at which the lamp was lit, and who had lit it. "
TEXT = SENTENCE * 40


def main() -> int:
    """Print the job's stages and both percentiles; 1 if the busy one is over its bound."""
    book = novel()
    if book is None:
        print("BOOK=path of a PDF or text, or BOOKS=folder of some, is needed", file=sys.stderr)
        return 2
    engine = os.environ.get("ENGINE", "extractive")
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as visis:
        _asked(visis, 10)
        idle = _p95(_asked(visis, REQUESTS))
        started, cpu_s = time.monotonic(), visis.cpu_s()
        with book.open("rb") as file:
            files = {"file": (book.name, file.read())}
        imported = visis.request("POST", "/books/import", files=files).json()
        imported_s = time.monotonic() - started
        alone = _job(visis, visis.order(imported["id"], engine=engine))
        total_s, cpu_s = imported_s + alone["seconds"], visis.cpu_s() - cpu_s
        beside: list[float] = []
        busy_job = visis.order(imported["id"], engine=engine, length="medium")
        done = threading.Event()
        asking = threading.Thread(target=lambda: beside.extend(_asked(visis, 100_000, done)))
        asking.start()
        _job(visis, busy_job)
        done.set()
        asking.join()
        part_s = max(alone["part_s"])
    busy = _p95(beside)
    bound = 2 * idle + part_s
    rows = [["import", imported_s], ["job", alone["seconds"]], *alone["stages"], ["p95 idle", idle], ["p95 busy", busy]]
    ratios = {"busy_vs_bound": busy / bound, "busy_vs_idle": busy / idle}
    rows.append(["import and job, processor", cpu_s])
    times = {"seconds": round(total_s, 2), "cpu_s": round(cpu_s, 2)}
    detail = {"book": book.name, "engine": engine, **times, "requests_beside": len(beside)}
    report("jobs", ["what", "seconds"], rows, ratios, {**detail, "longest_part_s": part_s, "rows": rows})
    return 0 if busy <= bound else 1


def _job(visis: Product, path: str) -> dict[str, Any]:
    """Follow a job to its end: its seconds, and those of each stage and of each part."""
    started = time.monotonic()
    stages: list[list[Any]] = []
    begun, name = started, ""
    ended = False
    while not ended:
        now = visis.job(path)
        ended = now["state"] not in ("queued", "running")
        if now["stage"] != name or ended:
            if name:
                stages.append([f"  {name}", round(time.monotonic() - begun, 2)])
            begun, name = time.monotonic(), now["stage"]
        time.sleep(0.02)
    assert now["state"] == "succeeded", now
    log = visis.log.read_text(encoding="utf-8", errors="replace")
    parts = [float(line.partition("ms=")[2].split()[0]) / 1000 for line in log.splitlines() if "part_made" in line]
    return {"seconds": time.monotonic() - started, "stages": stages, "part_s": parts}


def _asked(visis: Product, count: int, done: threading.Event | None = None) -> list[float]:
    """Seconds of so many requests one after the other, or until `done`."""
    seconds = []
    with requests.Session() as session:
        for number in range(count):
            if done is not None and done.is_set():
                break
            body = {"text": f"{TEXT} This is request {number}.", "length": "short"}
            started = time.perf_counter()
            response = session.post(f"{visis.address}/summaries/generate", json=body, timeout=60)
            assert response.status_code == 200, response.text
            seconds.append(time.perf_counter() - started)
    return seconds


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


if __name__ == "__main__":
    raise SystemExit(main())
