"""How fast `bart_service` summarises with DistilBART-CNN-12-6's shape, against generating one by one.

    python -m benchmarks.bench_bart [--rounds N] [--device cpu|cuda] [--clock wall|cpu] [--folder DIR] [--quick]

The weights are random (306 M parameters): speed depends on the shape, not on the values. Every summary has exactly
OUTPUT_TOKENS tokens, so that no way of computing can win by writing less. The inputs' lengths are those of news
articles cut at the window. All ways see the same inputs; every ratio is taken within this run, the ways taking turns.

Ways: (a) `model.generate` in fp32, one text at a time, as the original did; (b) transformers with a static batch of 8,
padded; (c) the product's worker (queue, batching, engine) with as many clients as stated, each with one text at a time.

With several rounds the best of each way counts: what else the machine does only ever slows a way down.

`--clock cpu` counts processor seconds of one thread instead of the time that passes: for a machine that is busy with
other things. Its ratios lack what a second core adds to each way.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bart_service.batching import BatchLimits
from bart_service.engine import Generation, NeuralBatchEngine, Piece
from bart_service.worker import ModelWorker
from benchmarks import bart_model
from benchmarks._report import report
from servicekit import logs

OUTPUT_TOKENS = 70  # the median reference summary of CNN/DailyMail has about 56 words
INPUT_TOKENS = (400, 1022)
TEXTS = 8
DEADLINE_S = 3600.0
ONE_BY_ONE, STATIC, OFF = "generate, one by one", "transformers, static batch of 8", ", batching off"


@dataclass(frozen=True)
class Silent:
    """An observer that only notes the sizes of batches."""

    sizes: list[int]

    def batch_done(self, engine: str, pieces: int, tokens_in: int, tokens_out: int, seconds: float) -> None:
        self.sizes.append(pieces)

    def waited(self, engine: str, seconds: float) -> None:
        pass

    def dropped(self, engine: str, reason: str) -> None:
        raise RuntimeError(f"a piece was dropped: {reason}")


def texts(vocabulary: int, count: int = TEXTS) -> list[Piece]:
    """Pieces of random tokens, lengths spread evenly over the range, in a random order; the same in every run."""
    rng = random.Random(12)
    low, high = INPUT_TOKENS
    lengths = [low + (high - low) * place // max(1, count - 1) for place in range(count)]
    rng.shuffle(lengths)
    fixed = Generation(min_tokens=OUTPUT_TOKENS, max_tokens=OUTPUT_TOKENS)
    return [
        Piece("", (0, *(rng.randrange(4, vocabulary) for _ in range(length)), 2), generation=fixed)
        for length in lengths
    ]


def typical(pieces: list[Piece]) -> list[Piece]:
    """Half of eight pieces, with the same mean length as all of them."""
    ordered = sorted(pieces, key=lambda piece: piece.cost)
    return [ordered[place] for place in (0, 2, 5, 7)]


def one_by_one(engine: NeuralBatchEngine, pieces: list[Piece]) -> Callable[[], int]:
    """The original's way."""

    def run() -> int:
        return sum(len(engine.generate([piece])) for piece in pieces)

    return run


def static(engine: NeuralBatchEngine, pieces: list[Piece]) -> Callable[[], int]:
    """One padded batch."""
    return lambda: len(engine.generate(pieces))


def served(
    engine: NeuralBatchEngine, pieces: list[Piece], clients: int, batch: int
) -> tuple[Callable[[], int], list[int]]:
    """The product's worker with so many clients; each sends its next text when it has the last one's summary."""
    observer = Silent([])

    def run() -> int:
        worker = ModelWorker(_Loaded(engine), observer=observer, limits=BatchLimits(batch, 1 << 20), queue_size=1000)
        worker.start()

        def ask(piece: Piece) -> int:
            with worker.admit() as weigh:
                weigh(piece.cost)
                return worker.submit(piece, deadline=time.monotonic() + DEADLINE_S).result().tokens

        with ThreadPoolExecutor(clients) as pool:
            counts = list(pool.map(ask, pieces))
        worker.stop()
        return len(counts)

    return run, observer.sizes


class _Loaded:
    """An engine whose model is already there, so that several workers can use it in turn."""

    def __init__(self, engine: NeuralBatchEngine) -> None:
        self.name, self.generate, self.status = engine.name, engine.generate, engine.status

    def load(self) -> None:
        pass


def measure(ways: dict[str, Callable[[], int]], rounds: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    """Summaries a second of each way in each round; the ways take turns, so that a slow minute hits all of them."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            started = clock()
            count = way()
            found[name].append(count / (clock() - started))
            print(f"round {number + 1}: {name}: {found[name][-1]:.3f} summaries/s", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Print the table and the line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("VISIS_HOME", "var")) / "bench" / "bart")
    parser.add_argument("--quick", action="store_true", help="a small shape, to try the bench itself")
    given = parser.parse_args()
    logs.configure("bench", level="warning")
    load = round(os.getloadavg()[0], 1)
    shape = bart_model.SMALL if given.quick else bart_model.DISTILBART_CNN_12_6
    folder = bart_model.make(given.folder / shape.name, shape)
    if given.device == "cpu":
        ways, batches = cpu_ways(folder, shape, threads=1 if given.clock == "cpu" else 0)
    else:
        ways, batches = gpu_ways(folder, shape)
    clock = time.process_time if given.clock == "cpu" else time.perf_counter
    speeds = {name: max(found) for name, found in measure(ways, given.rounds, clock).items()}
    show(
        speeds,
        batches,
        {
            "shape": shape.name,
            "device": given.device,
            "rounds": given.rounds,
            "clock": given.clock,
            "load_before": load,
        },
    )


def show(speeds: dict[str, float], batches: dict[str, list[int]], detail: dict[str, object]) -> None:
    """Print the table, the ratios and the line of JSON."""
    base, eight = speeds[ONE_BY_ONE], speeds["bart_service, 8 clients"]
    ratios = {
        "vs_generate_1_client": speeds["bart_service, 1 client"] / base,
        "vs_generate_8_clients": eight / base,
        "batching_8_clients": eight / speeds[f"bart_service, 8 clients{OFF}"],
        "vs_static_batch_8_clients": eight / speeds[STATIC],
    }
    if "bart_service, 32 clients" in speeds:
        ratios["vs_generate_32_clients"] = speeds["bart_service, 32 clients"] / base
    rows = [
        (name, speed, speed / base, round(statistics.mean(batches[name]), 1) if name in batches else "")
        for name, speed in speeds.items()
    ]
    tools = {name: version(name) for name in ("torch", "transformers", "ctranslate2")}
    detail |= {"texts": TEXTS, "output_tokens": OUTPUT_TOKENS, "input_tokens": INPUT_TOKENS, "versions": tools}
    columns = ("way", "summaries/s", "x one by one", "mean batch")
    report("bart", columns, rows, ratios, {"summaries_per_s": speeds, **detail})


def cpu_ways(
    folder: Path, shape: bart_model.Shape, threads: int
) -> tuple[dict[str, Callable[[], int]], dict[str, list[int]]]:
    """The ways on the CPU: fp32 against CTranslate2's int8."""
    reference = bart_model.load("transformers", folder, "float32", threads=threads)
    fast = bart_model.load("ctranslate2", folder, "int8", threads=threads)
    pieces = texts(shape.vocabulary)
    ways: dict[str, Callable[[], int]] = {
        ONE_BY_ONE: one_by_one(reference, typical(pieces)),
        STATIC: static(reference, pieces),
    }
    batches: dict[str, list[int]] = {}
    for clients in (1, 4, 8):
        name = f"bart_service, {clients} client{'s' * (clients > 1)}"
        ways[name], batches[name] = served(fast, pieces, clients, batch=8)
    name = f"bart_service, 8 clients{OFF}"
    ways[name], batches[name] = served(fast, pieces, 8, batch=1)
    return ways, batches


def gpu_ways(folder: Path, shape: bart_model.Shape) -> tuple[dict[str, Callable[[], int]], dict[str, list[int]]]:
    """The ways on a GPU: fp32 one by one against 16 bits in batches."""
    reference = bart_model.load("transformers", folder, "float32", "cuda")
    fast = bart_model.load("transformers", folder, "bfloat16", "cuda")
    pieces = texts(shape.vocabulary, 64)
    ways: dict[str, Callable[[], int]] = {
        ONE_BY_ONE: one_by_one(reference, pieces[:8]),
        STATIC: static(reference, pieces[:8]),
    }
    batches: dict[str, list[int]] = {}
    for clients in (1, 8, 32):
        name = f"bart_service, {clients} client{'s' * (clients > 1)}"
        ways[name], batches[name] = served(fast, pieces, clients, batch=32)
    name = f"bart_service, 8 clients{OFF}"
    ways[name], batches[name] = served(fast, pieces[:16], 8, batch=1)
    return ways, batches


if __name__ == "__main__":
    main()
