"""Wires the catalog."""

from __future__ import annotations

from flask import Flask, Response
from peewee import OperationalError

from catalog_service.config import Settings
from catalog_service.database import problem_of
from catalog_service.jobs import routes as jobs
from catalog_service.library import Library
from catalog_service.routes import books, extractions, pages, search
from servicekit import problems
from servicekit.app import build_app

DESCRIPTION = "Books in, pages out. Internal: the gateway is the public door."
_ROUTES = (books, pages, search, extractions)


def create_app(settings: Settings | None = None, library: Library | None = None) -> Flask:
    """Make the catalog's app. `library` replaces the one of the settings, in tests."""
    settings = settings or Settings.load()
    library = library or Library.open(settings)
    app = build_app(
        name="catalog_service",
        title="Catalog",
        description=DESCRIPTION,
        settings=settings,
        blueprints=[
            *(routes.create_blueprint(library) for routes in _ROUTES),
            jobs.create_blueprint(library, settings.folder),
        ],
        checks={"database": library.problem},
    )
    # Also where no core code runs yet: the body of a form is spooled to disk while it is read.
    app.register_error_handler(OSError, _render)
    app.register_error_handler(OperationalError, _render)
    return app


def _render(error: OSError | OperationalError) -> Response:
    problem = problem_of(error)
    if problem is None:
        raise error
    return problems.render(problem)
