"""Generated requests, with stateful links, against a gateway: `python -m benchmarks.fuzz [ADDRESS] [EXAMPLES]`.

Without an address it starts the product on this machine, in a temporary folder. EXAMPLES is per operation and phase:
400 make more than 10,000 cases. Ends with status 1 if any answer breaks what the OpenAPI document says, or is a 5xx
other than a documented refusal (503) that says when to come again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from benchmarks import catalog_corpus, processes
from benchmarks.fuzz_checks import IDS

CHECKS = (
    "no_server_error_but_a_refusal",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
CONFIGURATION = 'hooks = "benchmarks.fuzz_checks"\n'
PHASES = ("coverage", "fuzzing", "stateful")
EXAMPLES = 400


@contextlib.contextmanager
def product() -> Iterator[str]:
    """The product, started as `make run` does; gives its address.

    Raises:
        RuntimeError: it did not become ready.
    """
    with tempfile.TemporaryDirectory() as home, processes.product(Path(home), VISIS_LOG_LEVEL="error") as (address, _):
        yield address


def supply(address: str) -> dict[str, Any]:
    """Put a book with pictures and a spoken summary of it into the product; the path parameters that name them.

    Raises:
        requests.HTTPError: one of them was refused.
    """
    pages = [catalog_corpus.prose(number) for number in range(3)]
    file = ("weir.pdf", catalog_corpus.pdf(pages, image=True), "application/pdf")
    book = requests.post(f"{address}/books/import", files={"file": file}, timeout=60)
    book.raise_for_status()
    there: dict[str, Any] = {"book_id": book.json()["id"], "page_number": 1, "image_number": 1}
    order = {"engine": "extractive", "points": 2, "audio": True}
    path = f"{address}/books/{there['book_id']}/summaries"
    made = requests.post(path, json=order, headers={"Prefer": "wait=60"}, timeout=90)
    made.raise_for_status()
    jobs = requests.get(f"{address}/jobs", timeout=10).json()
    return {**there, "summary_id": made.json()["id"], "job_id": jobs[0]["id"]}


def fuzz(address: str, examples: int) -> tuple[int, str]:
    """(exit status, output) of schemathesis."""
    configuration = Path(tempfile.mkdtemp()) / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(configuration),
        "run",
        f"{address}/openapi.json",
        "--checks",
        ",".join(CHECKS),
        "--phases",
        ",".join(PHASES),
        "--max-examples",
        str(examples),
        "--exclude-path-regex",
        "/events$",  # schemathesis takes the schema of a stream's text for that of each event
        "--continue-on-failure",
        "--request-timeout",
        "130",
        "--no-color",
    ]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), IDS: json.dumps(supply(address))}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tempfile.gettempdir(), env=environ)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    address = next((one for one in sys.argv[1:] if one.startswith("http")), None)
    examples = next((int(one) for one in sys.argv[1:] if one.isdigit()), EXAMPLES)
    started = time.monotonic()
    with contextlib.nullcontext(address) if address else product() as at:
        status, output = fuzz(at, examples)
    print(output[-40_000:])
    generated = re.search(r"([\d,]+) generated", output)
    found = {
        "cases": int(generated[1].replace(",", "")) if generated else 0,
        "clean": status == 0,
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps({"bench": "fuzz", "detail": found}))
    return status


if __name__ == "__main__":
    sys.exit(main())
