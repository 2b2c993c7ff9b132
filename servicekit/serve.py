"""Runs a service under gunicorn: one process with many threads, so that one process owns one model."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from servicekit import logs
from servicekit.settings import ServiceSettings, prepare_process

S = TypeVar("S", bound=ServiceSettings)


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn's own messages, through our handlers; its access log is ours (see `hooks`)."""

    def setup(self, cfg: Any) -> None:
        self.error_log.setLevel("WARNING")
        self.error_log.propagate = True

    def access(self, *_args: Any) -> None:
        """Do nothing: `hooks` writes the access log."""


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, make_app: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._make_app = make_app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        app = self._make_app()
        gc.freeze()  # collections need not visit what lives as long as the process
        return app


def serve(settings_class: type[S], create_app: Callable[[S], Flask]) -> NoReturn:
    """Serve until SIGTERM. Wrong settings end the process with one line each and status 2."""
    settings = prepare_process(settings_class)
    settings.forget_secrets()
    _raise_file_limit()
    logs.configure(settings.owner, level=settings.log_level, fmt=settings.log_format)
    _Server(lambda: create_app(settings), _options(settings)).run()
    raise SystemExit(0)


def _raise_file_limit() -> None:
    """Raise the limit of open files to the maximum of this user: a waiting request has two connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _options(settings: ServiceSettings) -> dict[str, Any]:
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": 1,
        "worker_class": "servicekit.gunicorn_worker.ProblemWorker",
        "threads": settings.threads,
        "worker_connections": settings.threads + 1024,
        "keepalive": 75,
        "graceful_timeout": 25,
        "timeout": 120,
        "backlog": 1024,
        "proc_name": settings.owner,
        "control_socket_disable": True,
        "forwarder_headers": "",  # by default, a client on this machine may set PATH_INFO and SCRIPT_NAME
        "logger_class": _Log,
    }
