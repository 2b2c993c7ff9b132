"""Server-sent events as the WHATWG's HTML standard writes them: encoded, and the `Last-Event-ID` read. Pure."""

from __future__ import annotations

import json
from typing import Any

MEDIA_TYPE = "text/event-stream"
CONTENT_TYPE = f"{MEDIA_TYPE}; charset=utf-8"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
PING = ": ping\n\n"
RETRY = "retry: 2000\n\n"
_LARGEST_ID = 2**31 - 1


def encode(kind: str, data: Any, event_id: int | None = None) -> str:
    """One event; `data` becomes a single line of JSON, so that no line break inside it can end it."""
    numbered = "" if event_id is None else f"id: {event_id}\n"
    return f"{numbered}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def last_id(header: str | None) -> int:
    """The id that a client has seen last; 0 for none, and for one that is not ours."""
    text = (header or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _LARGEST_ID else 0
