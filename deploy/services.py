"""The programs of a deployment by name, and where each keeps its settings."""

from __future__ import annotations

import importlib

from servicekit.settings import ProcessSettings

SERVICES = ("gateway", "job_runner", "catalog_service", "bart_service", "llama_service")


def settings_class(service: str) -> type[ProcessSettings]:
    """The settings class of a program: the one that its `config` module defines."""
    config = importlib.import_module(f"{service}.config")
    (found,) = (
        one
        for one in vars(config).values()
        if isinstance(one, type) and issubclass(one, ProcessSettings) and one.__module__ == config.__name__
    )
    return found
