"""`make demo`: shows the product on a book, over its own HTTP API, with the time that each step took.

Starts the services by itself unless they already answer; takes a PDF or text as argument, else a story of ours.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from deploy.local import free_ports

SAMPLE = Path(__file__).parent / "sample-story.txt"
SAMPLE_PARTICULARS = {"title": "The Lamp at Corrow Head", "author": "The Visis authors", "language": "en"}
START_S = 60.0
CALL_S = 130.0


class DemoError(Exception):
    """What went wrong, in one line."""


def main(arguments: list[str]) -> int:
    """Run the demonstration; the exit status is 1 if a step failed."""
    book = Path(arguments[0]) if arguments else SAMPLE
    try:
        if not book.is_file():
            raise DemoError(f"{book} is not a file")
        with _running() as address:
            show(address, book)
    except (DemoError, requests.RequestException) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def show(address: str, path: Path) -> None:
    """Every step of the tour, printed."""
    said = SAMPLE_PARTICULARS if path == SAMPLE else {}
    with path.open("rb") as file:
        book = _step(
            "Importing", lambda: _call("POST", f"{address}/books/import", files={"file": (path.name, file)}, data=said)
        )
    print(
        f"  {book['title']} by {book['author']}: {book['page_count']:,} pages, {book['word_count']:,} words "
        f"(book {book['id']})"
    )
    number = min(book["page_count"], max(1, book["page_count"] // 3))
    page = _step(f"Reading page {number}", lambda: _call("GET", f"{address}/books/{book['id']}/pages/{number}"))
    _print(_shortened(page["text"]))
    source = {"book_id": book["id"]}
    summary = _step("Summarising", lambda: _call("POST", f"{address}/generate-summary", json=source))
    _print(summary["summary"], f"[{summary['engine']}]")
    points = _step("Key points", lambda: _call("POST", f"{address}/generate-points", json={**source, "count": 5}))
    _print(points["text"], f"[{points['engine']}]")
    audio = _step("Speaking", lambda: _raw(f"{address}/summaries/generate/audio", {"text": summary["summary"]}))
    target = Path("summary.mp3")
    target.write_bytes(audio)
    print(f"  wrote {target} ({len(audio) / 1024:,.0f} KiB)")


@contextmanager
def _running() -> Iterator[str]:
    """The address of a running Visis: the one at GATEWAY_PORT, or one of our own with data in a temporary folder."""
    address = f"http://127.0.0.1:{os.environ.get('GATEWAY_PORT', '8000')}"
    if _answers(address):
        print(f"Using the Visis that runs at {address}")
        yield address
        return
    address = f"http://127.0.0.1:{free_ports(1)[0]}"
    with tempfile.TemporaryDirectory(prefix="visis-demo-") as home:
        environ = {**os.environ, "VISIS_HOME": home, "GATEWAY_PORT": address.rpartition(":")[2]}
        supervisor = subprocess.Popen([sys.executable, "-m", "deploy.local"], env=environ, stdout=subprocess.DEVNULL)
        try:
            _step("Starting Visis", lambda: _wait(address, supervisor))
            yield address
        finally:
            supervisor.send_signal(signal.SIGTERM)
            supervisor.wait()


def _wait(address: str, supervisor: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while not _answers(address):
        if supervisor.poll() is not None or time.monotonic() > end:
            raise DemoError("Visis did not start; `make run` shows why")
        time.sleep(0.1)


def _answers(address: str) -> bool:
    """Whether a Visis is ready there (some other server may listen at the address)."""
    try:
        answer = _request("GET", f"{address}/readyz", timeout=2)
        return answer.status_code == 200 and bool(answer.json().get("service") == "gateway")
    except (requests.RequestException, ValueError, AttributeError):
        return False


def _step(title: str, work: Any) -> Any:
    print(f"{title} ... ", end="", flush=True)
    started = time.perf_counter()
    result = work()
    print(f"{time.perf_counter() - started:.2f} s")
    return result


def _call(method: str, url: str, **kwargs: Any) -> Any:
    return _checked(_request(method, url, timeout=CALL_S, **kwargs)).json()


def _raw(url: str, body: dict[str, Any]) -> bytes:
    return _checked(_request("POST", url, json=body, timeout=CALL_S)).content


def _request(method: str, url: str, **kwargs: Any) -> requests.Response:
    """A call of this machine's own address, whatever http_proxy says."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, **kwargs)


def _checked(response: requests.Response) -> requests.Response:
    if response.status_code >= 400:
        print()
        raise DemoError(str(response.json().get("detail", response.status_code)))
    return response


def _shortened(text: str) -> str:
    return textwrap.shorten(" ".join(text.split()), 400, placeholder=" ...")


def _print(text: str, *more: str) -> None:
    for line in [*text.splitlines(), *more]:
        print(textwrap.indent(textwrap.fill(line, 100), "  "))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
