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
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn, Self

from deploy.services import SERVICES, settings_class
from gateway.config import Settings
from servicekit.settings import SettingsError

READY_POLL_S = 0.1
REPORT_AFTER_S = 1.0
SLOW_START_S = 15.0
STOP_GRACE_S = 3.0
STOP_POLL_S = 0.02
ECHO_S = 0.3
RESTART_DELAYS_S = (0.5, 1.0, 2.0, 5.0, 15.0)
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own address, whatever http_proxy says
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
UNREACHABLE = "cannot be reached"
OWN_ADDRESSES = (
    *(f"{caller}_{name}_URL" for caller in ("GATEWAY", "RUNNER") for name in ("CATALOG", "BART", "LLAMA")),
    *(f"{name}_{what}" for name in ("CATALOG", "BART", "LLAMA") for what in ("HOST", "PORT")),
)
SETTINGS_STATUS = 2  # a service ends with this status when a setting is wrong


class StartError(Exception):
    """Why nothing was started, in one line for the user."""


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
            env={**_without_files(self.environ), **self.environ},
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


def _without_files(given: dict[str, str]) -> dict[str, str]:
    """This process's environment without the `NAME_FILE` of a NAME that is given."""
    return {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in given}


class StopSignals:
    """Ctrl-C and other stop signals, as bytes to read: no handler runs that could need a lock of the main thread."""

    def __enter__(self) -> Self:
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._handlers = {number: signal.signal(number, _ignore) for number in STOP_SIGNALS}
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for a signal; whether one arrived. Each counts once."""
        readable, _, _ = select.select([self._reader], [], [], seconds)
        return bool(readable and self._reader.recv(1))


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the interpreter writes the number to the wake-up socket."""


def main() -> int:
    """Run until Ctrl-C or SIGTERM; the exit status is 0, or 2 if a setting or the machine prevents a start."""
    os.umask(0o077)
    try:
        with StopSignals() as stops:
            settings = _load_settings()
            home = settings.home.absolute()
            _check_home(home)
            _check_port(settings.host, settings.port)
            with _lock(home), _claim(settings.host, settings.port):
                return _supervise(_children(settings, home), stops, _address(settings))
    except StartError as error:
        for line in str(error).splitlines():
            print(f"visis: {line}", file=sys.stderr)
        return 2


def _load_settings() -> Settings:
    """The gateway's settings, after those of every program were checked: an invalid one is reported once.

    Raises:
        StartError: a line for each wrong setting.
    """
    faults: dict[str, None] = {}
    for name in SERVICES[1:]:
        try:
            settings_class(name).load()
        except SettingsError as error:
            faults |= dict.fromkeys(str(error).splitlines())
    try:
        settings = Settings.load()
        if settings.port == 0:
            raise SettingsError("GATEWAY_PORT must be a number from 1 to 65535 (it is 0)")
    except SettingsError as error:
        faults |= dict.fromkeys(str(error).splitlines())
    if faults:
        raise StartError("\n".join(faults))
    ignored = [name for name in OWN_ADDRESSES if {name, f"{name}_FILE"} & set(os.environ)]
    if ignored:
        print(
            f"visis: {', '.join(ignored)}: ignored, as make run gives the inner services addresses of its own",
            file=sys.stderr,
        )
    return settings


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _check_home(home: Path) -> None:
    """Write and sync a megabyte, to find a full or read-only disk now rather than at the first import."""
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
def _lock(home: Path) -> Iterator[None]:
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


@contextlib.contextmanager
def _claim(host: str, port: int) -> Iterator[None]:
    """On Linux, keep a second supervisor, which may have found the port free too, from the address."""
    with socket.socket(socket.AF_UNIX) as claim:
        if sys.platform == "linux":
            try:
                claim.bind(f"\0visis-{host}-{port}")
            except OSError:
                raise StartError(
                    f"another Visis is starting on {host}:{port}. Choose another port: GATEWAY_PORT=8001 make run"
                ) from None
        yield


def _children(settings: Settings, home: Path) -> list[Child]:
    """The processes to run, with the addresses by which they find one another."""
    catalog, bart, llama = free_ports(3)
    token = settings.internal_token.get_secret_value() if settings.internal_token else secrets.token_hex(32)
    shared = {
        "VISIS_HOME": str(home),
        "VISIS_LOG_LEVEL": settings.log_level if "log_level" in settings.model_fields_set else "warning",
        "VISIS_INTERNAL_TOKEN": token,
    }
    urls = {name: f"http://127.0.0.1:{port}" for name, port in (("CATALOG", catalog), ("BART", bart), ("LLAMA", llama))}
    gateway = {f"GATEWAY_{name}_URL": url for name, url in urls.items()}
    job_runner = {f"RUNNER_{name}_URL": url for name, url in urls.items()}
    return [
        Child("catalog_service", {**shared, "CATALOG_HOST": "127.0.0.1", "CATALOG_PORT": str(catalog)}),
        Child("bart_service", {**shared, "BART_HOST": "127.0.0.1", "BART_PORT": str(bart)}),
        Child("llama_service", {**shared, "LLAMA_HOST": "127.0.0.1", "LLAMA_PORT": str(llama)}),
        Child("job_runner", {**shared, **job_runner}),
        Child("gateway", {**shared, **gateway, "GATEWAY_PORT": str(settings.port)}),
    ]


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nothing listens on now.

    They are below the range of outgoing connections, which could take one before its service does.
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


def _supervise(children: list[Child], stops: StopSignals, address: str) -> int:
    started = time.monotonic()
    announced, reported = False, set[str]()
    try:
        for child in children:
            child.start()
        while not stops.wait(READY_POLL_S):
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
            for reason in _reportable(reasons, waited_s) - reported:
                print(f"visis: not ready yet: {reason}", file=sys.stderr, flush=True)
                reported.add(reason)
    finally:
        _stop(children, stops)
    return 0


def _reportable(reasons: list[str], waited_s: float) -> set[str]:
    """The reasons to print by now: a service that answers gives its own early, one that is silent may still start."""
    if waited_s > SLOW_START_S:
        return set(reasons)
    return {reason for reason in reasons if waited_s > REPORT_AFTER_S and not reason.endswith(UNREACHABLE)}


def _revive(children: list[Child]) -> None:
    """Restart processes that have ended, after growing delays.

    Raises:
        StartError: a service refused its settings (and has printed which).
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


def _unready(address: str) -> list[str]:
    """Why the product cannot be used yet; empty when it can."""
    try:
        with _DIRECT.open(f"{address}/readyz", timeout=5):
            return []
    except urllib.error.HTTPError as error:
        with error, contextlib.suppress(ValueError, KeyError):
            checks = json.load(error)["checks"]
            return [reason for reason in checks.values() if reason != "ok"]
    except OSError:
        pass
    return [f"gateway {UNREACHABLE}"]


def _stop(children: list[Child], stops: StopSignals) -> None:
    """Stop all processes; after the grace period, or at a second signal, kill the rest with their children."""
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in reversed(running):
        process.terminate()
    began = time.monotonic()
    while any(process.poll() is None for process in running):
        waited_s = time.monotonic() - began
        # Some senders signal the process and its group: a signal right after the first is not a second request.
        if waited_s > STOP_GRACE_S or (stops.wait(STOP_POLL_S) and waited_s > ECHO_S):
            break
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def end_with_parent() -> None:
    """On Linux, get SIGTERM when the parent process dies, however it dies."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _exit() -> NoReturn:
    raise SystemExit(main())


if __name__ == "__main__":
    _exit()
