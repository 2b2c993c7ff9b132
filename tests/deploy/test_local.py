"""The supervisor: refuses a start that cannot work in one line, leaves nothing behind, revives what dies."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from benchmarks import processes
from deploy import local
from deploy.local import Child, StartError, free_ports

ROOT = Path(__file__).parents[2]
SERVICES = {"catalog_service", "bart_service", "llama_service", "gateway"}
WAIT_S = 60.0

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def refused(home: Path, **environ: str) -> str:
    """What a start that must fail says on stderr."""
    own = {"VISIS_HOME": str(home), "GATEWAY_PORT": str(free_ports(1)[0]), **environ}
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.local"],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )
    assert ended.returncode == 2, ended
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return ended.stderr


def processes_of(home: Path) -> dict[int, str]:
    """Pid and module of every living process that was started with this VISIS_HOME."""
    mark = f"VISIS_HOME={home}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().split(b"\0")[2].decode()
        except (OSError, IndexError):
            continue
    return found


def eventually(holds: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < end, "it did not become true"
        time.sleep(0.05)


@contextmanager
def supervised(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A supervisor in its own process group, as a shell starts it, once it is ready."""
    (port,) = free_ports(1)
    environ = {**os.environ, "VISIS_HOME": str(home), "GATEWAY_PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    with processes.running(
        [sys.executable, "-m", "deploy.local"], cwd=ROOT, env=environ, stdout=subprocess.PIPE
    ) as supervisor:
        assert supervisor.stdout is not None
        try:
            assert select.select([supervisor.stdout], [], [], WAIT_S)[0], "it was not ready in time"
            assert supervisor.stdout.readline().startswith(b"Visis is ready")
            yield supervisor, f"http://127.0.0.1:{port}"
        finally:
            for pid in processes_of(home):
                os.kill(pid, signal.SIGKILL)
            supervisor.stdout.close()


def test_a_port_in_use_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(tmp_path, GATEWAY_PORT=str(port))
    assert said == (
        f"visis: cannot listen on 127.0.0.1:{port}: it is in use. Choose another port: GATEWAY_PORT=8001 make run\n"
    )


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "80 00", "eight", "9" * 5000, "²", "0x50"])
def test_a_port_that_is_none_is_one_line(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PORT", port)
    with pytest.raises(StartError, match="GATEWAY_PORT") as caught:
        local._load_settings()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_settings_may_come_from_files_and_an_empty_home_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("GATEWAY_PORT", "8123"), ("VISIS_INTERNAL_TOKEN", "hush")):
        (tmp_path / name).write_text(value)
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    monkeypatch.setenv("VISIS_HOME", "")
    settings = local._load_settings()
    assert (settings.port, settings.home) == (8123, Path("var"))
    for child in local._children(settings, tmp_path):
        assert child.environ["VISIS_INTERNAL_TOKEN"] == "hush"
        inherited = local._without_files(child.environ)
        assert "VISIS_INTERNAL_TOKEN_FILE" not in inherited
        assert ("GATEWAY_PORT_FILE" in inherited) == (not child.name.startswith("gateway"))


def test_addresses_that_make_run_sets_itself_are_reported_as_ignored(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_CATALOG_URL", "http://elsewhere:1")
    monkeypatch.setenv("BART_PORT", "9000")
    local._load_settings()
    said = capsys.readouterr().err
    assert said.startswith("visis: GATEWAY_CATALOG_URL, BART_PORT: ignored")
    assert len(said.splitlines()) == 1


def test_a_services_own_reason_is_reported_before_that_a_service_does_not_answer() -> None:
    reasons = ["llama_service is not ready: no model", "bart_service cannot be reached"]
    assert local._reportable(reasons, 0.1) == set()
    assert local._reportable(reasons, local.REPORT_AFTER_S + 0.1) == {reasons[0]}
    assert local._reportable(reasons, local.SLOW_START_S + 0.1) == set(reasons)


@pytest.mark.parametrize("number", local.STOP_SIGNALS)
def test_each_signal_counts_once_and_the_handlers_are_restored(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with local.StopSignals() as stops:
        assert not stops.wait(0)
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert stops.wait(WAIT_S)
    assert signal.getsignal(number) is before


def stubborn() -> Child:
    """A process that has said that it ignores SIGTERM."""
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
    return Child("shop", {}, process=process)


def test_a_second_signal_kills_what_does_not_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "STOP_GRACE_S", 3600)
    monkeypatch.setattr(local, "ECHO_S", -1)
    child = stubborn()
    with local.StopSignals() as stops:
        os.kill(os.getpid(), signal.SIGINT)
        local._stop([child], stops)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


def test_a_process_that_runs_after_the_grace_period_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "STOP_GRACE_S", 0)
    child = stubborn()
    with local.StopSignals() as stops:
        local._stop([child], stops)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("host", ["no such host", "256.0.0.1", "203.0.113.7"])
def test_a_host_that_is_not_this_machine_is_one_line(host: str) -> None:
    with pytest.raises(StartError) as caught:
        local._check_port(host, free_ports(1)[0])
    assert "\n" not in str(caught.value)
    assert host in str(caught.value)
    assert "Unknown error" not in str(caught.value)


def test_a_home_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("x")
    assert refused(home) == f"visis: cannot write to VISIS_HOME={home}: File exists\n"
    assert home.read_text() == "x"


@linux
def test_a_home_that_cannot_be_written_is_one_line() -> None:
    said = refused(Path("/proc/visis"))
    assert said.startswith("visis: cannot write to VISIS_HOME=/proc/visis: ")
    assert len(said.splitlines()) == 1


def test_a_full_disk_is_reported_as_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(local.os, "fsync", full)
    with pytest.raises(StartError, match="the disk is full"):
        local._check_home(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    assert refused(tmp_path).startswith(f"visis: cannot write to VISIS_HOME={tmp_path}: ")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GATEWAY_THREADS", "many", "visis: GATEWAY_THREADS: "),
        ("BART_THREDS", "4", "visis: BART_THREDS is not a setting of bart_service; did you mean BART_THREADS?"),
        ("VISIS_HOEM", "x", "visis: VISIS_HOEM is not a setting of Visis; did you mean VISIS_HOME?"),
        ("VISIS_LOG_LEVEL", "loud", "visis: VISIS_LOG_LEVEL: "),
    ],
)
def test_a_wrong_setting_of_any_service_is_one_line_before_anything_starts(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    (line,) = refused(tmp_path, **{name: value}).splitlines()
    assert line.startswith(says)
    assert list(tmp_path.iterdir()) == []


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_with_status_0(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path) as (supervisor, _):
        assert set(processes_of(tmp_path).values()) >= SERVICES
        os.killpg(supervisor.pid, number)
        assert supervisor.wait(timeout=WAIT_S) == 0
        assert processes_of(tmp_path) == {}


@linux
def test_files_of_the_services_are_readable_by_their_user_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    with supervised(home) as (_, address):
        story = {"file": ("story.txt", b"The lamp burns all night.", "text/plain")}
        assert requests.post(f"{address}/books/import", files=story, timeout=60).status_code == 201
        written = [home.parent, *home.parent.rglob("*")]
        assert len(written) >= 5
        assert [path for path in written if path.stat().st_mode & 0o077] == []


@linux
def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with supervised(tmp_path) as (supervisor, _):
        supervisor.kill()
        supervisor.wait(timeout=WAIT_S)
        eventually(lambda: processes_of(tmp_path) == {})


@linux
def test_a_second_start_on_the_same_home_is_refused_and_does_not_disturb_the_first(tmp_path: Path) -> None:
    with supervised(tmp_path) as (supervisor, address):
        before = set(processes_of(tmp_path))
        said = refused(tmp_path)
        assert said.startswith(f"visis: another Visis is running on VISIS_HOME={tmp_path}.")
        assert requests.get(f"{address}/readyz", timeout=10).status_code == 200
        assert set(processes_of(tmp_path)) == before
        supervisor.terminate()
        assert supervisor.wait(timeout=WAIT_S) == 0


@linux
def test_a_second_start_on_the_same_port_is_refused_before_the_first_listens(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with local._claim("127.0.0.1", port):
        said = refused(tmp_path, GATEWAY_PORT=str(port))
    assert said == (
        f"visis: another Visis is starting on 127.0.0.1:{port}. Choose another port: GATEWAY_PORT=8001 make run\n"
    )


@linux
def test_a_service_that_dies_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path) as (supervisor, address):
        killed = [pid for pid, name in processes_of(tmp_path).items() if name == "llama_service"]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        eventually(
            lambda: any(name == "llama_service" and pid not in killed for pid, name in processes_of(tmp_path).items())
        )
        eventually(lambda: requests.get(f"{address}/readyz", timeout=10).status_code == 200)
        supervisor.terminate()
        assert supervisor.wait(timeout=WAIT_S) == 0
        assert processes_of(tmp_path) == {}


def test_a_service_that_keeps_dying_is_restarted_after_longer_and_longer_delays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 1000.0
    monkeypatch.setattr(local.time, "monotonic", lambda: now)
    monkeypatch.setattr(Child, "start", lambda child: setattr(child, "process", ended))
    ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    ended.wait()
    child = Child("shop", {}, process=ended)
    delays = []
    for _ in range(7):
        local._revive([child])
        assert child.process is None
        delays.append(child.restart_at - now)
        local._revive([child])
        assert child.process is None
        now = child.restart_at
        local._revive([child])
    assert delays == [*local.RESTART_DELAYS_S, local.RESTART_DELAYS_S[-1], local.RESTART_DELAYS_S[-1]]
    assert "visis: shop ended (status 7); starting it again in 0.5 s" in capsys.readouterr().err


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports[:3]:
        socket.create_server(("127.0.0.1", port)).close()
