"""Measures the catalog: PDF reading, requests a second, growth, kills, hostile files. `--only` names parts.

The last line is one line of JSON. Every figure is a ratio, or was compared, within one run on one machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import catalog_corpus, catalog_kills, catalog_scale, catalog_words
from benchmarks.catalog_load import Load, measure
from benchmarks.catalog_process import Service, call, running, running_catalog, send_file
from catalog_service.config import Settings
from catalog_service.library import Library
from deploy.local import free_ports

SHELF = Path(os.environ.get("BOOKS") or Path(__file__).parent.parent.parent / "shared" / "books")
ROUNDS = 5


def main() -> int:
    """Run the parts and print what they found."""
    parser = argparse.ArgumentParser("bench_catalog", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--hostile", type=int, default=500)
    parser.add_argument("--books", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    ratios: dict[str, float] = {}
    detail: dict[str, Any] = {}
    for part in options.only:
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            found, shown = PARTS[part](Path(folder), options)
        ratios |= {name: round(value, 4) for name, value in found.items()}
        detail[part] = shown
        print(f"{part}\n" + "\n".join(f"  {name:32} {value}" for name, value in (found | shown).items()), flush=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    print(json.dumps({"bench": "catalog", "machine": machine, "ratios": ratios, "detail": detail}))
    return 0


def _pdf(folder: Path, options: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    """Import over HTTP against pdfplumber's extract_text on the same pages; and a PDF of 3,000 pages."""
    import pdfplumber

    real = SHELF / "pride-and-prejudice.pdf"
    long = catalog_corpus.pdf([catalog_corpus.prose(n, 30).replace(". ", ".\n") for n in range(3000)])
    content = real.read_bytes() if real.exists() else long
    with running_catalog(folder) as service:
        send_file(f"{service.address}/books/import", "warm.pdf", catalog_corpus.pdf(["warm"]))
        seconds = []
        for _ in range(3):
            started = time.perf_counter()
            status, body = send_file(f"{service.address}/books/import", "book.pdf", content)
            seconds.append(time.perf_counter() - started)
            assert status == 201, body
            book = json.loads(body)
            pages = json.loads(call("GET", f"{service.address}/books/{book['id']}/text", None, _JSON)[1])["pages"]
            call("DELETE", f"{service.address}/books/{book['id']}")
        status, body = send_file(f"{service.address}/books/import", "long.pdf", long)
        assert status == 201, body
        memory = service.memory_mib()
    ours_s = sorted(seconds)[1] / len(pages)
    path = folder / "book.pdf"
    path.write_bytes(content)
    with pdfplumber.open(path) as document:
        started = time.perf_counter()
        theirs = [page.extract_text() for page in document.pages]
        theirs_s = (time.perf_counter() - started) / len(theirs)
    kept, wanted = catalog_words.kept(theirs, [page["text"] for page in pages])
    shown = {
        "file": real.name if real.exists() else "3,000 generated pages",
        "pages": len(pages),
        "words": f"{kept:,} of {wanted:,}",
        "import_s": round(sorted(seconds)[1], 3),
        "ours_pages_per_s": round(1 / ours_s, 1),
        "pdfplumber_pages_per_s": round(1 / theirs_s, 1),
        "parent_mib_after_3000_pages": round(memory, 1),
    }
    return {"pdf_vs_pdfplumber": theirs_s / ours_s, "pdf_words_kept": kept / wanted}, shown


def _http(folder: Path, options: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    """Gateway and catalog (two hops) against the reference service (one hop), on the same database, in turns."""
    paths = _fill(folder)
    gateway_port, one_hop_port = free_ports(2)
    with contextlib.ExitStack() as stack:
        catalog = stack.enter_context(running_catalog(folder))
        own = {"GATEWAY_PORT": str(gateway_port), "GATEWAY_CATALOG_URL": catalog.address, "VISIS_HOME": str(folder)}
        own["GATEWAY_READY_REQUIRES"] = "catalog_service"
        gateway = stack.enter_context(running("gateway", port=gateway_port, probe="/healthz", **own))
        arguments = (str(folder / "catalog.sqlite3"), str(one_hop_port))
        one_hop = stack.enter_context(
            running("benchmarks.catalog_one_hop", *arguments, port=one_hop_port, probe="/books/1")
        )
        ports = {"two_hops": gateway_port, "catalog": catalog.port, "one_hop": one_hop_port}
        loads = _rounds(ports, paths, options.seconds)
        costs = {
            "two_hops_cpu_ms": _cpu_ms((gateway, catalog), gateway_port, paths["get"]),
            "one_hop_cpu_ms": _cpu_ms((one_hop,), one_hop_port, paths["get"]),
        }
        alone = {name: measure(port, paths["get"], connections=1, seconds=2) for name, port in ports.items()}
    ratios = {f"{kind}_vs_one_hop": found["two_hops"].per_s / found["one_hop"].per_s for kind, found in loads.items()}
    ratios["gateway_overhead_ms"] = alone["two_hops"].median_ms - alone["catalog"].median_ms
    shown = {
        f"{kind}_{name}": f"{load.per_s:.0f}/s median {load.median_ms:.2f} ms p99 {load.p99_ms:.1f} ms"
        for kind, found in loads.items()
        for name, load in found.items()
    }
    shown |= {f"alone_{name}": f"median {load.median_ms:.2f} ms" for name, load in alone.items()}
    return ratios, shown | costs


def _cpu_ms(services: Sequence[Service], port: int, urls: list[str]) -> float:
    """Computing time of the services for one request: what is left of a measurement on a machine that others use."""
    before = sum(service.cpu_s() for service in services)
    load = measure(port, urls, seconds=2)
    return round((sum(service.cpu_s() for service in services) - before) * 1000 / load.answers, 3)


def _rounds(ports: dict[str, int], paths: dict[str, list[str]], seconds: float) -> dict[str, dict[str, Load]]:
    """The median run of each, the services taking turns, so that a noisy moment meets all of them."""
    loads: dict[str, dict[str, Load]] = {}
    for kind, urls in paths.items():
        runs: dict[str, list[Load]] = {name: [] for name in ports}
        for _ in range(ROUNDS):
            for name, port in ports.items():
                runs[name].append(measure(port, urls, seconds=seconds))
        loads[kind] = {name: sorted(found, key=lambda load: load.per_s)[ROUNDS // 2] for name, found in runs.items()}
    return loads


def _fill(folder: Path) -> dict[str, list[str]]:
    """A library of 200 books with 10 pages each; the paths to ask for."""
    library = Library.open(Settings(data_dir=folder))
    for number in range(200):
        text = catalog_corpus.prose(number, 260)
        library.create({"title": f"Volume {number}", "author": "B. Sallow", "language": "en"}, text)
    library.close()
    return {
        "get": [f"/books/{number}" for number in range(1, 201)],
        "list": ["/books/"],
        "page": [f"/books/{number}/pages/{number % 5 + 1}" for number in range(1, 201)],
    }


def _scale(folder: Path, options: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    return catalog_scale.run(folder, options.books)


def _kills(folder: Path, options: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    found = catalog_kills.run(folder, options.kills)
    shown = {"acknowledged_writes": found.acknowledged, "lost": found.lost, "half_books": found.half_books}
    return {"kills_without_loss": found.kills if not (found.lost or found.half_books) else 0}, shown


def _hostile(folder: Path, options: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    """Every bomb and many mutants, imported over HTTP: no answer may be a server error."""
    counts: dict[int, int] = {}
    slowest = (0.0, "")
    bad = []
    with running_catalog(folder, CATALOG_PARSE_CPU_S="10") as service:
        files = [*catalog_corpus.bombs().items(), *catalog_corpus.mutants(options.hostile)]
        for name, content in files:
            started = time.perf_counter()
            status, _ = send_file(f"{service.address}/books/import", name, content)
            slowest = max(slowest, (round(time.perf_counter() - started, 2), name))
            counts[status] = counts.get(status, 0) + 1
            if status == 0 or status >= 500:
                bad.append(f"{name}: {status}")
        assert call("GET", f"{service.address}/readyz")[0] == 200
        memory = service.memory_mib()
    shown = {"files": len(files), "answers": counts, "bad": bad, "slowest": slowest, "parent_mib": round(memory, 1)}
    return {"hostile_without_server_error": 1 - len(bad) / len(files)}, shown


_JSON = {"Accept": "application/json"}
PARTS: dict[str, Callable[[Path, argparse.Namespace], tuple[dict[str, float], dict[str, Any]]]] = {
    "pdf": _pdf,
    "http": _http,
    "scale": _scale,
    "hostile": _hostile,
    "kills": _kills,
}

if __name__ == "__main__":
    sys.exit(main())
