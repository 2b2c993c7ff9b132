"""Stand-ins for the services behind the gateway, served over real HTTP, and a gateway before them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

from contract import books, generation, imports, jobs
from servicekit.schemas import Problem
from tests.examples import example

BOOK = example(books.Book, title="The Lamp", author="A. Tull", page_count=1)
PAGE = example(books.Page, page_number=1, page_count=1, text="The lamp burns.")
IMPORT = example(imports.Import)
SUMMARY = example(generation.Summary, summary="The lamp burns.")
POINTS = example(generation.Points)
EXTRACTION = example(books.Extraction, pages=[{"page_number": 1, "text": "The lamp burns."}])
EXTENT = example(jobs.Extent, book_id=1, revision=1, characters=15, chapters=1)
FAILED = example(jobs.Job, state="failed", problem=example(Problem, status=502, detail="It broke."))


def fake_service(before: Callable[[], None] = lambda: None) -> Flask:
    """Answers what any of the services behind the gateway would; `before` runs first, in each request's thread."""
    app = Flask("fake")

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def answer(path: str) -> Any:
        if path == "readyz":
            return {"ready": True, "checks": {}}
        request.get_data()
        before()
        return _ANSWERS.get(path, _other)()

    return app


def _other() -> Any:
    if request.path.startswith("/imports"):
        return [IMPORT] if (request.method, request.path) == ("GET", "/imports") else IMPORT
    if request.method == "DELETE":
        return Response(status=204)
    return PAGE if "/pages/" in request.path else BOOK


_ANSWERS: dict[str, Callable[[], Any]] = {
    "books/": lambda: jsonify([BOOK]) if request.method == "GET" else _made(BOOK),
    "internal/books/1/extent": lambda: jsonify(EXTENT),
    "internal/jobs": lambda: jsonify(FAILED),
    "internal/extractions": lambda: jsonify(EXTRACTION),
    "summaries": lambda: jsonify(SUMMARY),
    "points": lambda: jsonify(POINTS),
    "speech": lambda: Response(bytes(20_000), content_type="audio/mpeg"),
    "models": lambda: jsonify(service="bart_service", models=[]),
}


def _made(book: Any) -> Any:
    return jsonify(book), 201, {"Location": "/books/1", "ETag": '"7"'}


@contextlib.contextmanager
def served(app: Any) -> Iterator[tuple[str, int]]:
    """Serve a WSGI app with a thread a request; gives (host, port)."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
