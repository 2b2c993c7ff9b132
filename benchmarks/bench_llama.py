"""How fast the Llama worker serves 1, 4 and 8 clients, against a locked `Llama`, llama_cpp.server and llama-server.

All have the same random-weight model, threads and prompts and are asked one after another, several rounds in turn; the
best round of each counts. `BENCH_LLAMA_SERVER` is the path of a llama-server binary, `BENCH_LLAMA_CPP_PYTHON` that
of a Python with llama-cpp-python[server]. What is not there is skipped, with the reason.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks._report import report
from benchmarks.llama_gguf import BENCH, prose, write
from benchmarks.llama_rivals import (
    ANSWER_TOKENS,
    LockedLlama,
    Program,
    Prompt,
    Server,
    Setup,
    llama_cpp_server,
    llama_server,
    ours,
    running,
)

CLIENTS = (1, 4, 8)
TEXT_WORDS = 120
QUANTISATIONS = {"q4_k_m": 15, "q4_0": 2, "q8_0": 7, "iq4_nl": 25}


@dataclass(frozen=True)
class Figures:
    """One round: tokens a second of all clients, seconds of mean and 95th-percentile latency and to the first token.

    Tokens for each second of processor time say what a program costs where other work shares the machine.
    """

    tokens_per_s: float
    mean_s: float
    p95_s: float
    first_s: float
    tokens_per_processor_s: float


def model_file(folder: Path, quantisation: str) -> Path:
    """The benchmark's model, made unless it is there."""
    path = folder / f"bench-{quantisation}.gguf"
    if not path.exists():
        import llama_cpp

        full = folder / "bench-f16.gguf"
        if not full.exists():
            write(full, BENCH, half=True)
        params = llama_cpp.llama_model_quantize_default_params()
        params.ftype = QUANTISATIONS[quantisation]
        llama_cpp.llama_model_quantize(str(full).encode(), str(path).encode(), ctypes.byref(params))
    return path


def prompts(model: Path, count: int, seed: int) -> list[Prompt]:
    """Different texts under one instruction."""
    from llama_service.backend import Backend, Options
    from llama_service.prompts import Prompts, summary_task

    backend = Backend(Options(model, n_ctx=256, repack=False))
    chat = Prompts.of(backend, backend.info.chat_template, backend.info.bos, backend.info.eos)
    made = []
    for index in range(count):
        text = prose(TEXT_WORDS, seed=seed + index)
        whole = chat.fill(summary_task("medium"), text).removeprefix(backend.info.bos)
        made.append(Prompt(text, whole))
    size = len(chat.build(summary_task("medium"), made[0].text))
    print(f"prompts of about {size} tokens, {len(chat.head_tokens())} of them the shared instruction", file=sys.stderr)
    backend.close()
    return made


def measure(program: Program, asked: list[Prompt], clients: int) -> Figures:
    """Let `clients` threads answer all prompts, each taking the next as it is done with one."""
    waiting, lock = list(asked), threading.Lock()
    spans: list[tuple[float, float]] = []
    failures: list[Exception] = []

    def client() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                prompt = waiting.pop()
            started = time.perf_counter()
            first = 0.0
            try:
                for _ in program.ask(prompt):
                    first = first or time.perf_counter() - started
            except Exception as error:  # noqa: BLE001 - handed to the main thread
                failures.append(error)
                return
            spans.append((first, time.perf_counter() - started))

    used = program.processor_s()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    wall = time.perf_counter() - started
    latencies = sorted(latency for _, latency in spans)
    return Figures(
        tokens_per_s=len(asked) * ANSWER_TOKENS / wall,
        mean_s=sum(latencies) / len(latencies),
        p95_s=latencies[min(len(latencies) - 1, int(len(latencies) * 0.95))],
        first_s=sum(first for first, _ in spans) / len(spans),
        tokens_per_processor_s=len(asked) * ANSWER_TOKENS / max(0.01, program.processor_s() - used),
    )


def programs(setup: Setup, settings: dict[str, str]) -> tuple[list[LockedLlama | Server], dict[str, str]]:
    """What can run here, and why the rest cannot."""
    found: list[LockedLlama | Server] = [ours(setup, **settings), LockedLlama(setup)]
    skipped = {}
    python = os.environ.get("BENCH_LLAMA_CPP_PYTHON", sys.executable)
    probe = subprocess.run([python, "-c", "import llama_cpp.server.app"], capture_output=True, check=False)
    if probe.returncode == 0:
        found.append(llama_cpp_server(setup, python))
    else:
        skipped["llama_cpp_server"] = "llama-cpp-python[server] is not installed (BENCH_LLAMA_CPP_PYTHON)"
    binary = os.environ.get("BENCH_LLAMA_SERVER", "")
    if Path(binary).is_file():
        found.append(llama_server(setup, binary))
    else:
        skipped["llama_server"] = "no llama-server binary (BENCH_LLAMA_SERVER)"
    return found, skipped


def compare(setup: Setup, arguments: argparse.Namespace) -> tuple[dict[str, dict[int, Figures]], dict[str, str]]:
    """The best round of each program at each number of clients."""
    settings = dict(pair.split("=", 1) for pair in arguments.set)
    found, skipped = programs(setup, settings)
    found = [program for program in found if not arguments.only or program.name in arguments.only]
    best: dict[str, dict[int, Figures]] = {program.name: {} for program in found}
    with ExitStack() as stack:
        for program in found:
            stack.enter_context(running(program))
            measure(program, prompts_for(setup.model, 2, 10_000), 1)
        for turn, clients in itertools.product(range(arguments.rounds), CLIENTS):
            asked = prompts_for(setup.model, max(3, clients * arguments.requests), 100 * clients + 1000 * turn)
            for program in found:
                figures = measure(program, asked, clients)
                known = best[program.name].get(clients)
                print(f"round {turn + 1} {program.name:17} {clients} clients {figures}", file=sys.stderr)
                if known is None or figures.tokens_per_s > known.tokens_per_s:
                    best[program.name][clients] = figures
    return best, skipped


_prompts: dict[tuple[int, int], list[Prompt]] = {}


def prompts_for(model: Path, count: int, seed: int) -> list[Prompt]:
    """The same prompts for every program."""
    if (count, seed) not in _prompts:
        _prompts[count, seed] = prompts(model, count, seed)
    return _prompts[count, seed]


def ratios(best: dict[str, dict[int, Figures]]) -> dict[str, float]:
    """Our tokens a second over each other program's, at 8 clients; for llama-server at 1 too."""
    wanted = [
        ("locked_llama", 8),
        ("llama_cpp_server", 8),
        ("llama_server", 8),
        ("llama_server", 4),
        ("llama_server", 1),
    ]
    return {
        f"vs_{name}_{clients}_client{'s' if clients > 1 else ''}": round(
            best["visis"][clients].tokens_per_s / best[name][clients].tokens_per_s, 3
        )
        for name, clients in wanted
        if name in best and "visis" in best
    }


def rows(best: dict[str, dict[int, Figures]], skipped: dict[str, str]) -> list[list[object]]:
    """All figures, for people."""
    found: list[list[object]] = [
        [name, clients, *vars(figures).values()] for name, runs in best.items() for clients, figures in runs.items()
    ]
    return found + [[name, "skipped", reason, "", "", "", ""] for name, reason in skipped.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quantisation", choices=QUANTISATIONS, default="q4_k_m")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=2, help="requests a client makes in a round")
    parser.add_argument("--only", nargs="*", default=[], help="names of the programs to run")
    parser.add_argument("--set", nargs="*", default=[], metavar="LLAMA_X=Y", help="settings of our service")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "visis-bench-llama")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    setup = Setup(model_file(arguments.folder, arguments.quantisation), arguments.threads, max(CLIENTS))
    best, skipped = compare(setup, arguments)
    detail = {
        "quantisation": arguments.quantisation,
        "threads": arguments.threads,
        "settings": arguments.set,
        "skipped": skipped,
        "gpu": "not measured",
        "figures": {name: {str(n): vars(figure) for n, figure in runs.items()} for name, runs in best.items()},
    }
    columns = ["program", "clients", "tokens/s", "mean s", "p95 s", "first token s", "tokens/processor s"]
    report("llama", columns, rows(best, skipped), ratios(best), detail)


if __name__ == "__main__":
    main()
