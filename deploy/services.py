"""The services by name, and where each keeps its settings."""

from __future__ import annotations

import importlib

from servicekit.settings import ServiceSettings

SERVICES = ("gateway", "catalog_service", "bart_service", "llama_service")


def settings_class(service: str) -> type[ServiceSettings]:
    """The settings class of a service: the one that its `config` module defines."""
    config = importlib.import_module(f"{service}.config")
    (found,) = (
        one
        for one in vars(config).values()
        if isinstance(one, type) and issubclass(one, ServiceSettings) and one.__module__ == config.__name__
    )
    return found
