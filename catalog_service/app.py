"""Wires the catalog."""

from __future__ import annotations

from flask import Flask

from catalog_service.config import Settings
from catalog_service.jobs import routes as jobs
from catalog_service.library import Library
from catalog_service.routes import books, extractions
from servicekit.app import build_app

DESCRIPTION = "Books in, pages out. Internal: the gateway is the public door."


def create_app(settings: Settings | None = None, library: Library | None = None) -> Flask:
    """Make the catalog's app. `library` replaces the one of the settings, in tests."""
    settings = settings or Settings.load()
    library = library or Library.open(settings)
    return build_app(
        name="catalog_service",
        title="Catalog",
        description=DESCRIPTION,
        settings=settings,
        blueprints=[
            books.create_blueprint(library),
            extractions.create_blueprint(library),
            jobs.create_blueprint(library, settings.folder),
        ],
        checks={"database": library.problem},
    )
