"""CORS: lets web pages of the allowed origins call the API and read its headers.

Not `flask-cors`: it takes origins with special characters as patterns, and sends no `Vary: Origin` with responses to
requests without one, which a cache may then give to such a page.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, Response, request

EXPOSED = (
    "Accept-Ranges",
    "Cache-Status",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Server-Timing",
    "Visis-Engine",
    "Visis-Voice",
    "Visis-Voice-Fallback",
    "X-Request-Id",
    "X-Total-Count",
)
ACCEPTED = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "Last-Event-ID",
    "Prefer",
    "Range",
    "traceparent",
    "X-Request-Id",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
MAX_AGE_S = 600


def install(app: Flask, origins: Collection[str]) -> None:
    """Send CORS headers to pages of `origins` (`*` for all); without origins, none."""
    if not origins:
        return

    def allow(response: Response) -> Response:
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin is None or not (origin in origins or "*" in origins):
            return response
        # Credentials are not allowed, so cookies are never sent; pages set the key's header themselves.
        response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
        response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
            response.headers["Access-Control-Allow-Headers"] = ", ".join(ACCEPTED)
            response.headers["Access-Control-Max-Age"] = str(MAX_AGE_S)
        return response

    app.after_request(allow)
