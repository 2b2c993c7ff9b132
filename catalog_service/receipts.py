"""Remembers the answers of requests that carry an `Idempotency-Key`, so that a repeat does not do the work twice.

A key belongs to the caller who sent it: the same key of another caller is another key.
"""

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

from catalog_service.tables import Book, Receipt
from servicekit.problems import Conflict, Gone, InvalidInput

MOST_CHARS = 255


@dataclass(frozen=True)
class RequestKey:
    """A caller's key."""

    caller: str
    key: str


@dataclass(frozen=True)
class Ticket:
    """A key, and the fingerprint of the request that came with it."""

    key: RequestKey
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
        self._in_flight: set[RequestKey] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def claim(self, key: RequestKey) -> Iterator[None]:
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
            Gone: what the request created has been deleted since.
        """
        row = Receipt.get_or_none((Receipt.caller == ticket.key.caller) & (Receipt.key == ticket.key.key))
        if row is None:
            return None
        if row.fingerprint != ticket.fingerprint:
            raise InvalidInput(
                "This Idempotency-Key was used with another body before. Use a new key for a new request.",
                errors=[{"field": "Idempotency-Key", "message": "was used with another body"}],
            )
        if not Book.select().where(Book.id == row.book_id).exists():
            raise Gone("What this Idempotency-Key created has been deleted. Use a new key to create it again.")
        return Answer(row.status, row.book_id, row.body)

    def forget(self, book_id: int) -> None:
        """Remove what is remembered of a deleted book, but that it was there."""
        Receipt.update(body="").where(Receipt.book_id == book_id).execute()

    def write(self, ticket: Ticket, answer: Answer) -> None:
        """Note an answer, and forget old ones; within the transaction that stores the book.

        Raises:
            Conflict: another process has answered the same key meanwhile.
        """
        now = datetime.now(UTC)
        Receipt.delete().where(Receipt.created_at < (now - self._kept).isoformat()).execute()
        try:
            with self._db.atomic():
                Receipt.insert(
                    caller=ticket.key.caller,
                    key=ticket.key.key,
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
