"""Remembers the answers of requests that carry an `Idempotency-Key`, so that a repeat does not do the work twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import Database, IntegrityError

from catalog_service.tables import Receipt
from servicekit.problems import Conflict, InvalidInput

MOST_CHARS = 255


@dataclass(frozen=True)
class Ticket:
    """A key, and the fingerprint of the request that came with it."""

    key: str
    fingerprint: str


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    book_id: int
    body: str


def fingerprint(*parts: Any) -> str:
    """A hash of what a request says; the same for the same body, however it was encoded."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Receipts:
    """The answers of one database. Any thread may call it."""

    def __init__(self, db: Database, hours: int) -> None:
        self._db = db
        self._kept = timedelta(hours=hours)
        self._in_flight: set[str] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def claim(self, key: str) -> Iterator[None]:
        """Hold a key while its request is worked on.

        Raises:
            Conflict: another request with this key is being worked on.
        """
        with self._lock:
            if key in self._in_flight:
                raise _in_flight()
            self._in_flight.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(key)

    def find(self, ticket: Ticket) -> Answer | None:
        """The answer that this request had before, if any.

        Raises:
            InvalidInput: the key came before with another request.
        """
        row = Receipt.get_or_none(Receipt.key == ticket.key)
        if row is None:
            return None
        if row.fingerprint != ticket.fingerprint:
            raise InvalidInput(
                "This Idempotency-Key was used with another body before. Use a new key for a new request.",
                errors=[{"field": "Idempotency-Key", "message": "was used with another body"}],
            )
        return Answer(row.status, row.book_id, row.body)

    def write(self, ticket: Ticket, answer: Answer) -> None:
        """Note an answer, and forget old ones; within the transaction that makes what it tells of.

        Raises:
            Conflict: another process has answered the same key meanwhile.
        """
        now = datetime.now(UTC)
        Receipt.delete().where(Receipt.created_at < (now - self._kept).isoformat()).execute()
        try:
            with self._db.atomic():
                Receipt.insert(
                    key=ticket.key,
                    fingerprint=ticket.fingerprint,
                    status=answer.status,
                    book_id=answer.book_id,
                    body=answer.body,
                    created_at=now.isoformat(),
                ).execute()
        except IntegrityError:
            raise _in_flight() from None


def _in_flight() -> Conflict:
    return Conflict("A request with this Idempotency-Key is being worked on. Repeat it in a moment.")
