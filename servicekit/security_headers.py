"""Headers that limit what a browser does with an answer. What a view has set itself stays."""

from __future__ import annotations

from typing import Literal

from flask import Response

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Of our own pages: scripts and requests of this origin alone. Swagger UI has styles in the page, and pictures in those.
PAGE = NOTHING.replace(
    "default-src 'none'",
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'",
)
_ALWAYS = (
    ("Content-Security-Policy", NOTHING),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
_ACTIVE = ("text/html", "image/svg", "application/xhtml")
# For answers that are written without the app (see `worker`).
LINES = "".join(f"{name}: {value}\r\n" for name, value in (*_ALWAYS, ("Cross-Origin-Resource-Policy", "same-origin")))


def add(response: Response, *, readers: Literal["same-origin", "cross-origin"] = "same-origin") -> Response:
    """Add the headers to an answer of a public service.

    HTML that no view has given a policy is somebody's book, not a page of ours: it may not even run in this origin.

    Args:
        readers: whose pages may embed it; `cross-origin` where CORS allows pages of other origins.
    """
    headers = response.headers
    if (response.content_type or "").startswith(_ACTIVE):
        headers.setdefault("Content-Security-Policy", f"{NOTHING}; style-src 'unsafe-inline'; img-src data:; sandbox")
    for name, value in _ALWAYS:
        headers.setdefault(name, value)
    headers.setdefault("Cross-Origin-Resource-Policy", readers)
    return response


def page(response: Response) -> Response:
    """Mark a page of ours, which may load scripts and styles of this origin."""
    response.headers["Content-Security-Policy"] = PAGE
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
