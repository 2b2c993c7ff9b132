"""Starts services as processes of their own for the catalog's benchmark, and calls them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import processes
from deploy.local import free_ports


@dataclass
class Service:
    """A running process that answers on a port of the loopback address."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it and its workers with SIGKILL, at one instant."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def memory_mib(self) -> float:
        """The most memory that its largest process has had resident."""
        return max(_peak_mib(pid) for pid in self._pids())

    def cpu_s(self) -> float:
        """The computing time it and its workers have had, seconds."""
        return sum(_cpu_s(pid) for pid in self._pids())

    def _pids(self) -> list[str]:
        pid = self.process.pid
        return [str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _peak_mib(pid: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _cpu_s(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(name: str, *arguments: str, port: int, probe: str, **environ: str) -> Iterator[Service]:
    """A service, `python -m NAME ARGUMENTS`, once `probe` answers.

    Raises:
        RuntimeError: it ended, or did not answer in time.
    """
    own = {"VISIS_LOG_LEVEL": "error", **environ}
    with processes.module(name, *arguments, probe=f"http://127.0.0.1:{port}{probe}", environ=own) as process:
        yield Service(process, port)


@contextmanager
def running_catalog(data: Path, **environ: str) -> Iterator[Service]:
    """A catalog on a data folder."""
    (port,) = free_ports(1)
    own = {"CATALOG_PORT": str(port), "CATALOG_DATA_DIR": str(data), "VISIS_HOME": str(data), **environ}
    with running("catalog_service", port=port, probe="/readyz", **own) as service:
        yield service


def call(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """One request; `body` is sent as JSON, or as it is if it is bytes. Status 0 if the connection broke."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **(headers or {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, sent, method=method), timeout=150) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""


def send_file(url: str, name: str, content: bytes) -> tuple[int, bytes]:
    """Upload a file as a form does."""
    mark = uuid.uuid4().hex.encode()
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
    body = b"--" + mark + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n--" + mark + b"--\r\n"
    return call("POST", url, body, {"Content-Type": f"multipart/form-data; boundary={mark.decode()}"})
