"""`make run`: every service on this machine under one supervisor, stopped together.

Not for servers: there, docker compose or an orchestrator does this.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

READY_POLL_S = 0.1
SLOW_START_S = 30.0
STOP_GRACE_S = 20.0
RESTART_DELAYS_S = (0.5, 1.0, 2.0, 5.0, 15.0)
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own address, whatever http_proxy says
SETTINGS_STATUS = 2  # a service ends with this status when a setting is wrong


class StartError(Exception):
    """Why nothing was started, in one line for the person at the keyboard."""


@dataclass
class Child:
    """One supervised process."""

    name: str
    environ: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the process in its own session, so that Ctrl-C reaches only the supervisor."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.name.split()],
            env={**os.environ, **self.environ},
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


def main() -> int:
    """Run until Ctrl-C or SIGTERM; the exit status is 0 then, 2 when a setting or the machine forbids a start."""
    try:
        home, port = _prepare()
        with _lock(home):
            return _supervise(_children(home, port), port)
    except StartError as error:
        print(f"visis: {error}", file=sys.stderr)
        return 2


def _prepare() -> tuple[Path, int]:
    home = Path(os.environ.get("VISIS_HOME", "var")).absolute()
    given = os.environ.get("GATEWAY_PORT", "8000")
    if not re.fullmatch("[0-9]{1,5}", given) or not 0 < int(given) < 65536:
        raise StartError(f"GATEWAY_PORT must be a number from 1 to 65535 (it is {given!r})")
    _check_home(home)
    _check_port(os.environ.get("GATEWAY_HOST", "127.0.0.1"), int(given))
    return home, int(given)


def _check_home(home: Path) -> None:
    """Write and sync a megabyte, so that a full or read-only disk is found now and not by the first import."""
    probe = home / ".probe"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with probe.open("wb") as file:
            file.write(bytes(1 << 20))
            os.fsync(file.fileno())
    except OSError as error:
        reason = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else os.strerror(error.errno or 0)
        raise StartError(f"cannot write to VISIS_HOME={home}: {reason}") from None
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if isinstance(error, socket.gaierror):
                raise StartError(f"GATEWAY_HOST={host!r} is not an address of this machine") from None
            reason = "it is in use" if error.errno == errno.EADDRINUSE else error.strerror
            raise StartError(
                f"cannot listen on {host}:{port}: {reason}. Choose another port: GATEWAY_PORT=8001 make run"
            ) from None


@contextlib.contextmanager
def _lock(home: Path):  # type: ignore[no-untyped-def]
    try:
        file: IO[str] = (home / "lock").open("w")
    except OSError as error:
        raise StartError(f"cannot write to VISIS_HOME={home}: {error.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StartError(f"another Visis is running on VISIS_HOME={home}. Stop it, or choose another folder") from None
    with file:
        yield


def _children(home: Path, port: int) -> list[Child]:
    """The processes to run, with the addresses by which they find one another."""
    names = ("catalog_service", "bart_service", "llama_service")
    catalog, bart, llama = free_ports(len(names))
    shared = {
        "VISIS_HOME": str(home),
        "VISIS_LOG_LEVEL": os.environ.get("VISIS_LOG_LEVEL", "warning"),
    }
    if "VISIS_INTERNAL_TOKEN_FILE" not in os.environ:
        shared["VISIS_INTERNAL_TOKEN"] = os.environ.get("VISIS_INTERNAL_TOKEN") or secrets.token_hex(32)
    gateway = {
        **shared,
        "GATEWAY_PORT": str(port),
        "GATEWAY_CATALOG_URL": f"http://127.0.0.1:{catalog}",
        "GATEWAY_BART_URL": f"http://127.0.0.1:{bart}",
        "GATEWAY_LLAMA_URL": f"http://127.0.0.1:{llama}",
    }
    return [
        Child("catalog_service", {**shared, "CATALOG_PORT": str(catalog)}),
        Child("bart_service", {**shared, "BART_PORT": str(bart)}),
        Child("llama_service", {**shared, "LLAMA_PORT": str(llama)}),
        Child("gateway.jobs", gateway),
        Child("gateway", gateway),
    ]


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nothing listens on at this moment.

    They lie below those that systems hand to outgoing connections, which could take one before its service does.
    """
    with contextlib.ExitStack() as stack:
        found: list[int] = []
        for _ in range(1000):
            if len(found) == count:
                break
            probe = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", 20_000 + secrets.randbelow(12_000)))
                found.append(int(probe.getsockname()[1]))
        return found


def _supervise(children: list[Child], port: int) -> int:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    host = os.environ.get("GATEWAY_HOST", "127.0.0.1")
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104
    started = time.monotonic()
    announced = warned = False
    try:
        for child in children:
            child.start()
        while not stopping.wait(READY_POLL_S):
            _revive(children)
            if announced:
                continue
            reasons = _unready(address)
            waited_s = time.monotonic() - started
            if not reasons:
                print(
                    f"Visis is ready after {waited_s:.1f} s: {address}  (docs: {address}/docs, stop: Ctrl-C)",
                    flush=True,
                )
                announced = True
            elif waited_s > SLOW_START_S and not warned:
                print(f"visis: still not ready; {address}/readyz says: {reasons}", file=sys.stderr, flush=True)
                warned = True
    finally:
        _stop(children)
    return 0


def _revive(children: list[Child]) -> None:
    """Start again what has ended, after a growing while.

    Raises:
        StartError: a service refused its settings (it has said which itself).
    """
    for child in children:
        if child.process is None:
            if time.monotonic() >= child.restart_at:
                child.start()
        elif (status := child.process.poll()) is not None:
            if status == SETTINGS_STATUS:
                raise StartError(f"{child.name} did not start: see the line above")
            delay_s = RESTART_DELAYS_S[min(child.failures, len(RESTART_DELAYS_S) - 1)]
            print(f"visis: {child.name} ended ({_ending(status)}); starting it again in {delay_s:g} s", file=sys.stderr)
            child.process, child.failures = None, child.failures + 1
            child.restart_at = time.monotonic() + delay_s


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _unready(address: str) -> str:
    """Why the product cannot be used yet; empty when it can."""
    try:
        with _DIRECT.open(f"{address}/readyz", timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        with error, contextlib.suppress(ValueError, KeyError):
            checks = json.load(error)["checks"]
            return "; ".join(reason for reason in checks.values() if reason != "ok")
    except OSError:
        pass
    return "gateway cannot be reached"


def _stop(children: list[Child]) -> None:
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in reversed(running):
        process.terminate()
    end = time.monotonic() + STOP_GRACE_S
    for process in running:
        try:
            process.wait(timeout=max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _die_with_parent() -> None:
    """On Linux, ask for SIGTERM when the supervisor dies, however it dies: nothing is left behind."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _exit() -> NoReturn:
    raise SystemExit(main())


if __name__ == "__main__":
    _exit()
