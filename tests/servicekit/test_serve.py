"""How a service starts, refuses to start, and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import urllib3

from deploy.local import free_ports

SHOP = Path(__file__).parent / "shop.py"


def run(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SHOP)], env={**os.environ, **environ}, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SHOP_THREADS", "many", "shop: SHOP_THREADS: "),
        ("SHOP_THREAD", "4", "shop: SHOP_THREAD is not a setting of shop; did you mean SHOP_THREADS?"),
        ("VISIS_LOG_LEVEL", "loud", "shop: VISIS_LOG_LEVEL: "),
    ],
)
def test_a_wrong_setting_is_one_line_and_status_2(name: str, value: str, says: str) -> None:
    ended = run(**{name: value})
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith(says)
    assert len(ended.stderr.splitlines()) == 1


def test_several_wrong_settings_are_a_line_each() -> None:
    ended = run(SHOP_THREADS="many", SHOP_SIZE="0", SHOP_X="1")
    assert ended.returncode == 2
    assert [line.startswith("shop: SHOP_") for line in ended.stderr.splitlines()] == [True] * 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_with_status_0_and_nothing_stays(number: signal.Signals) -> None:
    (port,) = free_ports(1)
    environ = {**os.environ, "SHOP_PORT": str(port), "VISIS_LOG_FORMAT": "json"}
    process = subprocess.Popen([sys.executable, str(SHOP)], env=environ, start_new_session=True)
    try:
        with requests.Session() as session:
            session.mount("http://", requests.adapters.HTTPAdapter(max_retries=_patient()))
            assert session.get(f"http://127.0.0.1:{port}/healthz", timeout=10).status_code == 200
        process.send_signal(number)
        assert process.wait(timeout=40) == 0
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _patient() -> urllib3.Retry:
    return urllib3.Retry(connect=12, backoff_factor=0.05)


def test_a_busy_port_ends_it_with_a_failure_that_names_the_port(served: str) -> None:
    port = served.rpartition(":")[2]
    ended = run(SHOP_PORT=port)
    assert ended.returncode not in (0, 2)
    assert port in ended.stderr
    assert "Traceback" not in ended.stderr


def test_answers_stream(served: str) -> None:
    with requests.get(f"{served}/stream", stream=True, timeout=10) as response:
        assert response.headers["Transfer-Encoding"] == "chunked"
        assert response.text == "part 0\npart 1\npart 2\n"
