"""The programs that `bench_llama` compares with, each answering the same prompts over the same model file."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from benchmarks import processes

ANSWER_TOKENS = 64


@dataclass(frozen=True)
class Setup:
    """What every program runs with: model file, threads, sequences at once, context for each."""

    model: Path
    threads: int
    slots: int
    context: int = 1024


@dataclass(frozen=True)
class Prompt:
    """One request: the book's text for our service, and the whole prompt as our service builds it for the others."""

    text: str
    whole: str


class Program:
    """Something that answers prompts; `ask` yields once for each piece of text that arrives."""

    name: str

    def ask(self, prompt: Prompt) -> Iterator[None]:
        raise NotImplementedError

    def processor_s(self) -> float:
        """Seconds of processor time it has used so far."""
        raise NotImplementedError


@dataclass
class LockedLlama(Program):
    """(a) One `Llama` behind a lock, called from the clients' threads."""

    setup: Setup
    name: str = "locked_llama"
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _llama: Any = None

    def start(self) -> None:
        from llama_cpp import Llama

        setup = self.setup
        self._llama = Llama(
            str(setup.model),
            n_ctx=setup.context,
            n_threads=setup.threads,
            n_threads_batch=setup.threads,
            verbose=False,
        )

    def ask(self, prompt: Prompt) -> Iterator[None]:
        with self._lock:
            for _ in self._llama.create_completion(
                prompt.whole, max_tokens=ANSWER_TOKENS, temperature=0.0, stream=True
            ):
                yield

    def processor_s(self) -> float:
        return time.process_time()

    def stop(self) -> None:
        self._llama.close()


@dataclass
class Server(Program):
    """A server in a child process; `pieces` are the lines of its event stream that carry text."""

    name: str
    command: list[str]
    path: str
    ready: str
    environment: dict[str, str] = field(default_factory=dict)
    own_prompt: bool = False
    _stack: ExitStack = field(default_factory=ExitStack, repr=False)

    def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        port = str(self._port)
        command = [part.replace("{port}", port) for part in self.command]
        environment = {**os.environ, **{key: value.replace("{port}", port) for key, value in self.environment.items()}}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._child = self._stack.enter_context(
            processes.running(command, stop_s=10, env=environment, cwd=processes.ROOT, **quiet)
        )
        processes.await_answer(self.name, self._child, f"http://127.0.0.1:{self._port}{self.ready}")

    def ask(self, prompt: Prompt) -> Iterator[None]:
        body: dict[str, Any] = {"max_tokens": ANSWER_TOKENS, "temperature": 0}
        if self.own_prompt:
            body |= {"text": prompt.text, "engine": "neural", "length": "medium"}
        else:
            body |= {"prompt": prompt.whole, "stream": True, "n_predict": ANSWER_TOKENS, "cache_prompt": True}
        url = f"http://127.0.0.1:{self._port}{self.path}"
        with requests.post(
            url, json=body, stream=True, headers={"Accept": "text/event-stream"}, timeout=300
        ) as response:
            response.raise_for_status()
            for line in response.iter_lines():
                if line.startswith(b"event: problem"):
                    raise RuntimeError(f"{self.name} answered with a problem")
                if line.startswith(b"data: ") and _has_text(line[6:]):
                    yield

    def processor_s(self) -> float:
        return sum(_processor_s(self._child.pid))

    def stop(self) -> None:
        self._stack.close()


def _processor_s(parent: int) -> Iterator[float]:
    """Processor seconds of a process and of its children; nothing where the system does not tell."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = int(path.parent.name), path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if parent in (pid, int(fields[1])):
            yield (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _has_text(data: bytes) -> bool:
    if data == b"[DONE]":
        return False
    event = json.loads(data)
    choices = event.get("choices")
    return bool(event.get("text") or event.get("content") or (choices and choices[0].get("text")))


def ours(setup: Setup, **settings: str) -> Server:
    """Our own service."""
    environment = {
        "LLAMA_ENGINE": "llama_cpp",
        "LLAMA_MODEL_PATH": str(setup.model),
        "LLAMA_PORT": "{port}",
        "LLAMA_N_CTX": str(setup.context),
        "LLAMA_SLOTS": str(setup.slots),
        "LLAMA_N_THREADS": str(setup.threads),
        "VISIS_LOG_LEVEL": "error",
        **settings,
    }
    command = [sys.executable, "-m", "llama_service"]
    return Server("visis", command, "/summaries", "/readyz", environment, own_prompt=True)


def llama_cpp_server(setup: Setup, python: str) -> Server:
    """(b) llama-cpp-python's own server."""
    command = [python, "-m", "llama_cpp.server", "--model", str(setup.model), "--port", "{port}"]
    command += ["--n_ctx", str(setup.context), "--n_threads", str(setup.threads)]
    command += ["--n_threads_batch", str(setup.threads), "--host", "127.0.0.1", "--interrupt_requests", "false"]
    return Server("llama_cpp_server", command, "/v1/completions", "/v1/models")


def llama_server(setup: Setup, binary: str) -> Server:
    """(c) llama.cpp's server."""
    command = [binary, "-m", str(setup.model), "--port", "{port}", "--host", "127.0.0.1"]
    command += ["-t", str(setup.threads), "-tb", str(setup.threads), "-np", str(setup.slots)]
    command += ["-c", str(setup.context * setup.slots)]
    return Server("llama_server", command, "/completion", "/health")


@contextmanager
def running(program: LockedLlama | Server) -> Iterator[LockedLlama | Server]:
    """Start a program, and stop it in any case."""
    try:
        program.start()
        yield program
    finally:
        program.stop()
