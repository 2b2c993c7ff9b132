"""Thread pools by kind of work: what waits for a slow client or a long task never takes the threads of reads."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from servicekit.operations import WRITE, Operation

_PARAMETER = re.compile(r"\\{\w+\\}")


@dataclass(frozen=True)
class PoolSize:
    """So many requests of a kind are worked on at the same time, and so many wait; more are refused with 503."""

    threads: int
    queue: int = 0


class Pool:
    """Threads, made on demand, behind a bounded queue."""

    def __init__(self, name: str, size: PoolSize) -> None:
        self._executor = ThreadPoolExecutor(size.threads, thread_name_prefix=name)
        self._places = threading.BoundedSemaphore(size.threads + size.queue)

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any] | None:
        """Have work done by one of the threads; None if all are busy and the queue is full."""
        if not self._places.acquire(blocking=False):
            return None
        future = self._executor.submit(work, *arguments)
        future.add_done_callback(lambda _: self._places.release())
        return future


class Pools:
    """Which pool serves a request, decided from its head alone.

    Args:
        sizes: of each pool that `operations` name, but for that of reads, which is the server's own.
    """

    def __init__(self, operations: Iterable[Operation], sizes: Mapping[str, PoolSize]) -> None:
        self._sizes = sizes
        kinds: dict[str, list[str]] = {}
        for operation in operations:
            if operation.pool in sizes and operation.pool != WRITE:
                kinds.setdefault(operation.pool, []).append(f"{operation.method} {_pattern(operation.path)}")
        alternatives = (f"(?P<{pool}>{'|'.join(patterns)})" for pool, patterns in kinds.items())
        self._special = re.compile("|".join(alternatives) or "(?!)")

    @functools.cached_property
    def by_name(self) -> dict[str, Pool]:
        """The pools, made at the first use: in the process that serves, not in the one that starts it."""
        return {name: Pool(name, size) for name, size in self._sizes.items()}

    def name_for(self, method: str, path: str, *, has_body: bool) -> str | None:
        """The name of the pool for a request; None for a read.

        Anything with a body that no operation claims goes to the writes: how fast it arrives is up to the client.
        """
        path = unquote(path) if "%" in path else path
        found = self._special.fullmatch(f"{'GET' if method == 'HEAD' else method} {path}")
        if found:
            return found.lastgroup
        return WRITE if WRITE in self._sizes and (has_body or method not in ("GET", "HEAD", "OPTIONS")) else None


def _pattern(path: str) -> str:
    return _PARAMETER.sub("[^/]+", re.escape(path.rstrip("/"))) + "/?"
