"""A load generator light enough to share two cores with what it measures. Not a general HTTP client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What a run measured: answers a second, and milliseconds from request to whole answer."""

    answers: int
    per_s: float
    median_ms: float
    p99_ms: float


class _Connection(asyncio.Protocol):
    """Keeps one connection busy: the next request leaves when the last answer is whole."""

    def __init__(self, requests: Sequence[bytes], start: int, times: list[float], until: float) -> None:
        self._requests, self._at, self._times, self._until = requests, start, times, until
        self._buffer, self._need, self._sent = b"", -1, 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._at += 1
        self._sent = time.perf_counter()
        self._transport.write(self._requests[self._at % len(self._requests)])

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._need < 0 and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            self._read_head(self._buffer[:end].lower(), end + 4)
        if self._need < 0 or len(self._buffer) < self._need:
            return
        now = time.perf_counter()
        self._times.append(now - self._sent)
        self._buffer, self._need = b"", -1
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def _read_head(self, head: bytes, body: int) -> None:
        if not head.startswith(b"http/1.1 200"):
            self.done.set_exception(RuntimeError(f"answered {head[:200]!r}"))
            self._transport.close()
            return
        at = head.index(b"content-length:") + 15
        self._need = body + int(head[at:].split(b"\r\n", 1)[0])

    def connection_lost(self, reason: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def measure(port: int, paths: Sequence[str], *, connections: int = 16, seconds: float = 3.0) -> Load:
    """GET the paths in turn over keep-alive connections for a while.

    Raises:
        RuntimeError: an answer was not 200.
    """
    return asyncio.run(_measure(port, paths, connections, seconds))


async def _measure(port: int, paths: Sequence[str], connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode() for path in paths]
    times: list[float] = []
    start = time.perf_counter()
    made = [_Connection(requests, number * 7, times, start + seconds) for number in range(connections)]
    for one in made:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(one.done for one in made))
    elapsed = time.perf_counter() - start
    times.sort()
    return Load(len(times), len(times) / elapsed, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000)
