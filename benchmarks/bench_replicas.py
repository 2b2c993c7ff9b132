"""Throughput of three replicas over one, and requests lost when one is killed under load, on docker compose.

`python -m benchmarks.bench_replicas [SECONDS]`; needs docker, and the images and secrets that `make up`
makes. It uses a compose project of its own, so that it touches no deployment.
"""

from __future__ import annotations

import collections
import json
import os
import platform
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

COMPOSE = [
    "docker",
    "compose",
    "-p",
    "visis-bench",
    "-f",
    "docker-compose.yml",
    "-f",
    "benchmarks/replicas.compose.yml",
]
CLIENTS = 24
RAMP_S = 1.0


def compose(*arguments: str) -> str:
    return subprocess.run([*COMPOSE, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def scale(replicas: int) -> None:
    compose("up", "-d", "--wait", "--no-build", "--scale", f"bart_service={replicas}", "gateway", "bart_service")
    time.sleep(3)  # the gateway looks at the name server every 2 s


def load(address: str, seconds: float, midway: threading.Event | None = None) -> tuple[float, dict[str, int]]:
    """(answers a second after the ramp, outcomes by status) of clients that ask again as soon as they are answered."""
    started = time.monotonic()
    outcomes: collections.Counter[str] = collections.Counter()
    in_time = [0]
    lock = threading.Lock()

    def client(_: int) -> None:
        with requests.Session() as session:
            while (now := time.monotonic() - started) < seconds:
                if midway is not None and now > seconds / 3:
                    midway.set()
                try:
                    body = {"text": "The lamp burns."}
                    status = str(session.post(f"{address}/summaries/generate", json=body, timeout=60).status_code)
                except requests.RequestException as error:
                    status = type(error).__name__
                with lock:
                    outcomes[status] += 1
                    in_time[0] += RAMP_S < time.monotonic() - started < seconds

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    return in_time[0] / (seconds - RAMP_S), dict(outcomes)


def kill_one(midway: threading.Event) -> None:
    """SIGKILL one replica when the load is a third through."""
    midway.wait(60)
    container = compose("ps", "-q", "bart_service").splitlines()[0]
    subprocess.run(["docker", "kill", container], check=True, capture_output=True)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    try:
        scale(1)
        address = f"http://{compose('port', 'gateway', '8000')}"
        one, outcomes_one = load(address, seconds)
        scale(3)
        three, outcomes_three = load(address, seconds)
        midway = threading.Event()
        killer = threading.Thread(target=kill_one, args=(midway,))
        killer.start()
        killed, outcomes_killed = load(address, seconds, midway)
        killer.join()
    finally:
        compose("down", "-v", "--timeout", "5")
    print(
        json.dumps(
            {
                "bench": "replicas",
                "machine": {"cpus": os.cpu_count(), "platform": platform.platform()},
                "ratios": {"three_over_one": round(three / one, 2)},
                "detail": {
                    "clients": CLIENTS,
                    "seconds_each": seconds,
                    "answers_a_second": {
                        "one": round(one, 2),
                        "three": round(three, 2),
                        "one_killed": round(killed, 2),
                    },
                    "outcomes": {"one": outcomes_one, "three": outcomes_three, "one_killed": outcomes_killed},
                },
            }
        )
    )


if __name__ == "__main__":
    main()
