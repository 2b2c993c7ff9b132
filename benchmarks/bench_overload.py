"""What a gateway does when there is too much of everything: `python -m benchmarks.bench_overload [part ...]`.

Parts: `waiting` (1,000 clients wait for slow summaries while books are read), `overload` (ten times the summaries that
the worker can make), `slow_clients` (400 clients send one byte a second), `slow_uploads` (200 clients send 1.5 KiB of a
file a second), `many_imports` (24 PDFs of 300 pages at once), `faults` (every fault on every route).
The gateway and the catalog are the real ones, the worker's engine is a fake that sleeps. All on this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import catalog_corpus, processes
from benchmarks._report import report
from deploy.local import free_ports

READS = 1500
WAITING = 1000
SLOW_CLIENTS = 400
SLOW_UPLOADS = 200
IMPORTS, IMPORT_PAGES, IMPORT_STROKES = 24, 300, 3000
CAPACITY_S = 20.0  # summaries a second that the fake engine makes
OVERLOAD = 10
OVERLOAD_S = 15.0
LAG_POLL_S = 0.005
BODY = json.dumps({"text": "The lamp burns all night, and the reef is dark."}).encode()
POST = b"POST /summaries/generate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "


@dataclass
class Product:
    """A running gateway."""

    port: int
    gateway: subprocess.Popen[bytes]

    def memory_mib(self) -> float:
        """Resident memory of the gateway: the master and its worker."""
        pids = [self.gateway.pid, *_children(self.gateway.pid)]
        kib = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in line]
        return sum(int(line.split()[1]) for line in kib) / 1024


@contextlib.contextmanager
def running(*, summary_s: float, queue: int) -> Iterator[Product]:
    """A gateway before a real catalog with one book and a worker with a slow fake engine."""
    gateway, catalog, bart = free_ports(3)
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stack:
        shared = {"VISIS_HOME": home, "VISIS_LOG_LEVEL": "error"}

        def start(module: str, port: int, **environ: str) -> subprocess.Popen[bytes]:
            probe = f"http://127.0.0.1:{port}/readyz"
            return stack.enter_context(processes.module(module, probe=probe, environ={**shared, **environ}))

        start("catalog_service", catalog, CATALOG_PORT=str(catalog))
        slow = {"SLOW_WORKER_S": str(summary_s), "SLOW_WORKER_QUEUE": str(queue)}
        start("benchmarks.slow_worker", bart, BART_PORT=str(bart), **slow)
        process = start(
            "gateway",
            gateway,
            GATEWAY_PORT=str(gateway),
            GATEWAY_CATALOG_URL=f"http://127.0.0.1:{catalog}",
            GATEWAY_BART_URL=f"http://127.0.0.1:{bart}",
            GATEWAY_READY_REQUIRES="catalog_service,bart_service",
        )
        book = json.dumps({"title": "The Lamp", "author": "A. Tull", "text": "The lamp burns. " * 200}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{gateway}/books/", book, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=30).close()
        yield Product(gateway, process)


async def exchange(port: int, sent: bytes, streams: Any = None, heads: list[bytes] | None = None) -> Any:
    """(status, seconds, streams to use again) of one request; status 0 when the connection broke.

    The seconds are the client's, from before it connects until it has the whole answer. `heads` collects the answers'.
    """
    started = time.perf_counter()
    try:
        reader, writer = streams or await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        if heads is not None:
            heads.append(head)
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
        await reader.readexactly(int(length.partition(b":")[2]))
    except (OSError, asyncio.IncompleteReadError):
        return 0, time.perf_counter() - started, None
    return int(head[9:12]), time.perf_counter() - started, (reader, writer)


async def read_books(port: int, count: int = READS) -> list[float]:
    """Seconds of each of so many reads of a book, one after the other on one connection."""
    sent, streams, seconds = b"GET /books/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", None, []
    for _ in range(count):
        status, took, streams = await exchange(port, sent, streams)
        assert status == 200, status
        seconds.append(took)
    return seconds


@contextlib.asynccontextmanager
async def background(jobs: list[Any]) -> AsyncIterator[list[asyncio.Task[Any]]]:
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def post() -> bytes:
    return POST + str(len(BODY)).encode() + b"\r\n\r\n" + BODY


async def waiting(product: Product) -> tuple[dict[str, float], dict[str, Any]]:
    """Reads while 1,000 clients wait for summaries of 5 s each."""
    await read_books(product.port, 300)
    idle, before = await read_books(product.port), product.memory_mib()
    async with background([exchange(product.port, post()) for _ in range(WAITING)]):
        await asyncio.sleep(5)
        busy, after = await read_books(product.port), product.memory_mib()
        in_flight = _metric(product.port, 'visis_upstream_in_flight{upstream="bart_service"}')
    return {"read_p99_waiting_over_idle": p99(busy) / p99(idle)}, {
        "clients_waiting": in_flight,
        "read_ms": {"idle": shown(idle), "waiting": shown(busy)},
        "gateway_mib": {"idle": round(before), "waiting": round(after)},
    }


async def lateness(samples: list[float]) -> None:
    """How late this process's loop wakes, in seconds: what it adds to each time that it measures."""
    while True:
        due = time.perf_counter() + LAG_POLL_S
        await asyncio.sleep(LAG_POLL_S)
        samples.append(time.perf_counter() - due)


async def overload(product: Product) -> tuple[dict[str, float], dict[str, Any]]:
    """Ten times the worker's capacity, each request sent at its time whatever became of those before."""
    for _ in range(5):
        await exchange(product.port, post())
    before = product.memory_mib()
    results: list[tuple[int, float, float]] = []
    idle: list[Any] = []
    heads: list[bytes] = []
    late: list[float] = []
    started = time.perf_counter()

    async def one() -> None:
        status, took, streams = await exchange(product.port, post(), idle.pop() if idle else None, heads)
        results.append((status, took, time.perf_counter() - started))
        if streams:
            idle.append(streams)

    rate = OVERLOAD * CAPACITY_S
    tasks = []
    async with background([lateness(late)]):
        for number in range(int(rate * OVERLOAD_S)):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(one()))
        sent_s, most = time.perf_counter() - started, product.memory_mib()
    await asyncio.gather(*tasks)
    done = sum(status == 200 and at <= sent_s for status, _, at in results)
    refused = [took for status, took, _ in results if status == 503]
    return {"goodput_over_capacity": done / sent_s / CAPACITY_S, "refused_p99_over_50_ms": p99(refused) / 0.05}, {
        "offered_a_second": round(len(tasks) / sent_s, 1),
        "capacity_a_second": CAPACITY_S,
        "statuses": dict(Counter(str(status) for status, _, _ in results)),
        "refused_ms": shown(refused),
        "of_which_in_the_gateway_ms": shown([took for head in heads if (took := _gateway_s(head)) is not None]),
        "generator_late_ms": shown(late),
        "gateway_mib": {"before": round(before), "during": round(most)},
    }


async def slow_clients(product: Product) -> tuple[dict[str, float], dict[str, Any]]:
    """Reads while clients send a head or a body at one byte a second; how long until these are let go."""
    await read_books(product.port, 300)
    idle = await read_books(product.port)
    gone: dict[str, list[float]] = {"head": [], "body": []}

    async def trickle(kind: str) -> None:
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
        if kind == "body":
            writer.write(POST + b"100000\r\n\r\n")
        ended = asyncio.create_task(reader.read())
        while not ended.done():
            with contextlib.suppress(OSError):
                writer.write(b"P")
                await writer.drain()
            await asyncio.wait([ended], timeout=1.0)
        ended.exception()
        gone[kind].append(time.perf_counter() - started)
        writer.close()

    kinds = ["head", "body"] * (SLOW_CLIENTS // 2)
    async with background([trickle(kind) for kind in kinds]) as tasks:
        await asyncio.sleep(3)
        busy = await read_books(product.port)
        await asyncio.wait(tasks, timeout=60)
    return {"read_p99_slow_clients_over_idle": p99(busy) / p99(idle)}, {
        "slow_clients": SLOW_CLIENTS,
        "read_ms": {"idle": shown(idle), "slow_clients": shown(busy)},
        "let_go_after_s": {
            kind: {"clients": len(took), "longest": round(max(took, default=0.0), 1)} for kind, took in gone.items()
        },
    }


FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\n'
UPLOAD = (
    b"POST /books/import HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    b"Content-Length: %d\r\n\r\n%b"
)


async def slow_uploads(product: Product) -> tuple[dict[str, float], dict[str, Any]]:
    """Reads while files arrive just above the slowest rate that is allowed."""
    await read_books(product.port, 300)
    idle, before = await read_books(product.port), product.memory_mib()
    ended = Counter[str]()

    async def trickle() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
        writer.write(UPLOAD % (4_000_000, FORM % b"slow.txt"))
        answer = asyncio.create_task(reader.readline())
        try:
            while not answer.done():
                writer.write(b"a" * 1536)
                await writer.drain()
                await asyncio.wait([answer], timeout=1.0)
            ended[answer.result().decode("latin-1").strip()] += 1
        finally:
            answer.cancel()
            writer.close()

    async with background([trickle() for _ in range(SLOW_UPLOADS)]):
        await asyncio.sleep(3)
        arriving = _metric(product.port, "visis_uploads")
        busy, after = await read_books(product.port), product.memory_mib()
    return {"read_p99_slow_uploads_over_idle": p99(busy) / p99(idle)}, {
        "uploads_arriving": arriving,
        "ended_early": dict(ended),
        "read_ms": {"idle": shown(idle), "slow_uploads": shown(busy)},
        "gateway_mib": {"idle": round(before), "slow_uploads": round(after)},
    }


async def many_imports(product: Product) -> tuple[dict[str, float], dict[str, Any]]:
    """Reads while ordinary PDFs are imported, all sent at once."""
    await read_books(product.port, 300)
    idle = await read_books(product.port)
    sent = []
    for number in range(IMPORTS):
        file = catalog_corpus.drawn_pdf(pages=IMPORT_PAGES, strokes=IMPORT_STROKES, salt=b"%d" % number)
        form = FORM % b"many.pdf" + file + b"\r\n--b--\r\n"
        sent.append(UPLOAD % (len(form), form))
    started, busy = time.perf_counter(), list[float]()
    async with background([exchange(product.port, one) for one in sent]) as tasks:
        while not all(task.done() for task in tasks):
            busy += await read_books(product.port, 50)
        took_s = time.perf_counter() - started
        statuses = Counter(str(task.result()[0]) for task in tasks)
    return {"read_p99_imports_over_idle": p99(busy) / p99(idle)}, {
        "imports": dict(statuses),
        "imports_took_s": round(took_s, 1),
        "read_ms": {"idle": shown(idle), "imports": shown(busy)},
    }


def faults() -> tuple[dict[str, float], dict[str, Any]]:
    """Longest answer of any route under any fault over its deadline, and what was answered."""
    from concurrent.futures import ThreadPoolExecutor

    from gateway.app import create_app
    from gateway.config import Settings
    from tests.faults.proxy import FAULTS, fault_proxy
    from tests.faults.services import fake_service, served
    from tests.faults.test_gateway_faults import DEADLINE_S, SERVICES, call, routes_of

    longest, statuses, calls = 0.0, Counter[str](), 0
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(served(fake_service()))
        proxies = {name: stack.enter_context(fault_proxy(target)) for name in SERVICES}
        app = create_app(
            Settings(request_timeout_s=DEADLINE_S, **{f"{name}_url": proxy.url for name, proxy in proxies.items()})
        )
        host, port = stack.enter_context(served(app))
        routes = routes_of(app)
        for proxy in proxies.values():
            for fault in FAULTS:
                proxy.fault = fault
                with ThreadPoolExecutor(4) as pool:
                    for response, took in pool.map(lambda route: call(f"http://{host}:{port}", *route), routes):
                        calls, longest = calls + 1, max(longest, took)
                        problem = response.headers["Content-Type"] == "application/problem+json"
                        kind = "" if problem or response.status_code < 400 else " not a problem"
                        statuses[f"{response.status_code}{kind}"] += 1
                proxy.fault = None
    return {"longest_over_deadline": longest / DEADLINE_S}, {
        "calls": calls,
        "deadline_s": DEADLINE_S,
        "longest_s": round(longest, 2),
        "statuses": dict(statuses),
    }


PARTS = {
    "waiting": (waiting, {"summary_s": 5.0, "queue": 4096}),
    "overload": (overload, {"summary_s": 1 / CAPACITY_S, "queue": 16}),
    "slow_clients": (slow_clients, {"summary_s": 0.05, "queue": 64}),
    "slow_uploads": (slow_uploads, {"summary_s": 0.05, "queue": 64}),
    "many_imports": (many_imports, {"summary_s": 0.05, "queue": 64}),
}


def main() -> None:
    ratios: dict[str, float] = {}
    detail: dict[str, Any] = {}
    for name in sys.argv[1:] or [*PARTS, "faults"]:
        if name == "faults":
            found, detail[name] = faults()
        else:
            part, setup = PARTS[name]
            with running(**setup) as product:  # type: ignore[arg-type]
                found, detail[name] = asyncio.run(part(product))
        ratios.update({ratio: round(value, 3) for ratio, value in found.items()})
    rows = [[name, json.dumps(found)] for name, found in detail.items()]
    report("overload", ["part", "found"], rows, ratios, detail)


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def shown(seconds: list[float]) -> dict[str, float]:
    """Milliseconds: median, 99th percentile and largest."""
    if len(seconds) < 2:
        return {}
    found = {"p50": statistics.median(seconds), "p99": p99(seconds), "max": max(seconds)}
    return {name: round(value * 1000, 1) for name, value in found.items()}


def _gateway_s(head: bytes) -> float | None:
    """What the gateway says that a refusal took it, in seconds; None of any other answer."""
    found = re.search(rb"gateway;dur=([0-9.]+)", head)
    return float(found[1]) / 1000 if found and head[9:12] == b"503" else None


def _metric(port: int, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main()
