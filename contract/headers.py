"""Headers of requests and responses."""

from __future__ import annotations

from servicekit.operations import ETAG, RETRY_AFTER, Header

__all__ = ["ETAG", "RETRY_AFTER"]

_INTEGER = {"type": "integer", "minimum": 0}

# Of requests
IF_MATCH = Header("If-Match", "The `ETag` that was read: if it has changed since, 412.", '"5d41402abc4b2a76"')
IF_NONE_MATCH = Header(
    "If-None-Match", "The `ETag` that the client has: if it is unchanged, 304.", '"5d41402abc4b2a76"'
)
IDEMPOTENCY_KEY = Header(
    "Idempotency-Key",
    "The caller's same key with the same body gives the same answer and creates nothing twice; 410 if what it created "
    "has been deleted.",
    "import-0001",
    {"type": "string", "minLength": 1, "maxLength": 255},
)
PREFER = Header("Prefer", "`wait=N`: wait up to N seconds for the result.", "wait=20")
LAST_EVENT_ID = Header("Last-Event-ID", "The number of the last event seen: the stream goes on after it.", "3")
RANGE = Header("Range", "The bytes wanted.", "bytes=0-65535")

# Of responses
LOCATION = Header("Location", "The path of what was created.", "/books/1")
LINK = Header(
    "Link", "The other pages of the list: `first`, `prev`, `next`, `last` (RFC 8288).", '</books/?page=2>; rel="next"'
)
TOTAL_COUNT = Header("X-Total-Count", "How many entries the whole list has.", 42, _INTEGER)
CACHE_STATUS = Header("Cache-Status", "Whether the result was there, or the job shared (RFC 9211).", "Visis; hit")
PREFERENCE_APPLIED = Header("Preference-Applied", "What of `Prefer` was applied.", "wait=20")
CONTENT_RANGE = Header("Content-Range", "Which bytes these are.", "bytes 0-65535/492000")
ACCEPT_RANGES = Header("Accept-Ranges", "Whether `Range` is honoured.", "bytes")
DISPOSITION = Header("Content-Disposition", "The name to save it under.", 'inline; filename="summary.mp3"')
ENGINE = Header("Visis-Engine", "The engine that made the summary.", "extractive")
RATE_LIMIT = Header(
    "RateLimit", "What is left of the caller's quotas; absent where there are none.", '"requests";r=59;t=60'
)
REQUEST_ID = Header("X-Request-Id", "Finds the request in the logs.", "5f0c1d2e3a4b")
SERVER_TIMING = Header("Server-Timing", "Milliseconds spent in each service.", "gateway;dur=4.2")
