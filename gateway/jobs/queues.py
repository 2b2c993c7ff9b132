"""huey's queue of a runner: a file of its own, or Redis, which all runners share. It may be lost at any time."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from gateway.config import Settings

try:
    from redis.exceptions import RedisError
except ImportError:  # it is in the extra gateway-redis only
    _REDIS: tuple[type[Exception], ...] = ()
else:
    _REDIS = (RedisError,)

ERRORS: tuple[type[Exception], ...] = (OSError, sqlite3.Error, *_REDIS)
_LOOK_S, _LOOK_MAX_S = 0.05, 0.25
_AWAY_MAX_S = 2.0


class Plain(Serializer):  # type: ignore[misc]
    """Messages as JSON: huey's own are pickles, with which whoever reaches the queue runs what he likes."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps([data.id, data.name, data.args]).encode()

    def _deserialize(self, data: bytes) -> Message:
        identity, name, arguments = json.loads(data)
        return Message(id=identity, name=name, args=arguments, kwargs={}, retries=0, retry_delay=0)


Queue = Huey
_OPTIONS: dict[str, Any] = {"name": "visis-jobs", "results": False, "utc": True, "serializer": Plain()}


def make(settings: Settings, place: Path) -> Huey:
    """The queue that the settings want; a file at `place` begins empty."""
    if not settings.redis_url:
        for leftover in place.parent.glob(f"{place.name}*"):
            leftover.unlink()
        return SqliteHuey(filename=str(place), **_OPTIONS)
    return RedisHuey(url=settings.redis_url.get_secret_value(), **_OPTIONS)


def in_memory() -> Huey:
    """A queue that ends with its process."""
    return MemoryHuey(**_OPTIONS)


def consumer(queue: Huey, workers: int) -> Consumer:
    """What executes the queue's tasks, in threads."""
    # Redis tells of tasks by itself: its workers sleep only while it is away, and log each time.
    longest_s = _AWAY_MAX_S if queue.storage.blocking else _LOOK_MAX_S
    return Consumer(
        queue,
        workers=workers,
        periodic=False,
        initial_delay=_LOOK_S,
        backoff=1.3,
        max_delay=longest_s,
        check_worker_health=True,
    )
