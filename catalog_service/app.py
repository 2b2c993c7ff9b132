"""Wires the catalog."""

from __future__ import annotations

import sqlite3

from flask import Flask, Response, request
from peewee import PeeweeException

from catalog_service.config import Settings
from catalog_service.database import explain
from catalog_service.housekeeping import Housekeeping
from catalog_service.imports import Imports
from catalog_service.jobs import routes as jobs
from catalog_service.library import Library
from catalog_service.routes import books, extractions, imports, pages, search
from contract import public
from servicekit import problems, sandbox
from servicekit.app import build_app, current_operation
from servicekit.metrics import Metrics

DESCRIPTION = "Books in, pages out. Internal: the gateway is the public door."
_ROUTES = (pages, search, extractions)


def create_app(settings: Settings | None = None, library: Library | None = None) -> Flask:
    """Make the catalog's app. `library` replaces the one of the settings, in tests."""
    settings = settings or Settings.load()
    library = library or Library.open(settings)
    metrics = Metrics("catalog_service")
    background = Imports(library, settings.import_queue)
    background.tidy()
    app = build_app(
        name="catalog_service",
        title="Catalog",
        description=DESCRIPTION,
        settings=settings,
        tags={**public.TAGS, "jobs": "Work on whole books, for the job runner."},
        blueprints=[
            books.create_routes(library, background),
            *(module.create_routes(library) for module in _ROUTES),
            imports.create_routes(background),
            jobs.create_routes(library, settings, metrics.registry),
        ],
        metrics=metrics,
        checks={"database": library.problem},
        details={"sandbox": sandbox.missing},
        pools=settings.pools(),
        upload_folder=library.files.incoming,
    )
    app.extensions["visis_imports"] = background
    app.teardown_request(lambda _error: _end_connection(library))
    _add_handlers(app, library)
    return app


def create_served_app(settings: Settings) -> Flask:
    """Make the catalog's app, and start what goes on in the background."""
    library = Library.open(settings)
    app = create_app(settings, library)
    sandbox.report()
    Housekeeping(library, settings).start()
    background: Imports = app.extensions["visis_imports"]
    background.start(settings.parsers)
    return app


def _end_connection(library: Library) -> None:
    """Keep the database connections of the threads that read and write; those of the others would be too many."""
    operation = current_operation(request.endpoint)
    if operation is not None and operation.kind:
        library.close()


def _add_handlers(app: Flask, library: Library) -> None:
    """Failures of disk and database where no core code runs, such as a form's body that is spooled to disk."""

    def render(error: OSError | PeeweeException | sqlite3.Error) -> Response:
        problem = explain(library.db, error)
        if problem is None:
            raise error
        return problems.render(problem)

    for kind in (OSError, PeeweeException, sqlite3.Error):
        app.register_error_handler(kind, render)
