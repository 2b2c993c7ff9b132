"""Server-sent events as the WHATWG's HTML standard writes them: encoded, and the `Last-Event-ID` read. Pure."""

from __future__ import annotations

from typing import Protocol

MEDIA_TYPE = "text/event-stream"
CONTENT_TYPE = f"{MEDIA_TYPE}; charset=utf-8"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
PING = ": ping\n\n"
RETRY = "retry: 2000\n\n"
_LARGEST_ID = 2**31 - 1


class Event(Protocol):
    """A message with a type."""

    @property
    def type(self) -> str:
        """The `event` line."""

    def model_dump_json(self) -> str:
        """Its JSON on a single line, so that no line break inside it can end it."""


def encode(event: Event, event_id: int | None = None) -> str:
    """One event."""
    numbered = "" if event_id is None else f"id: {event_id}\n"
    return f"{numbered}event: {event.type}\ndata: {event.model_dump_json()}\n\n"


def last_id(header: str | None) -> int:
    """The id that a client has seen last, at most 2**31 - 1; 0 for none, and for one that is not ours."""
    text = (header or "").strip()
    if not (text.isascii() and text.isdigit()):
        return 0
    return min(int(text), _LARGEST_ID) if len(text) <= 10 else _LARGEST_ID
