"""Structured logs: one JSON or console line for each event, named `noun_verb`, with the request id."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, Literal, TextIO, cast

import structlog

LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module; pass `__name__`."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))


def bind(**fields: Any) -> None:
    """Add fields to every event of the current request."""
    structlog.contextvars.bind_contextvars(**fields)


class _ToStderr(logging.StreamHandler[TextIO]):
    """Writes to what is standard error now, not to what it was when logging was configured."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error."""
        return sys.stderr


def configure(service: str, *, level: LogLevel = "info", fmt: LogFormat = "console") -> None:
    """Send structlog and the standard library's loggers to stderr in one format.

    Book text is never logged, so tracebacks have neither local variables nor the exceptions' messages.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_service(service),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=22)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),  # drops what is below before any processor runs
        cache_logger_on_first_use=False,  # caching saves 4 microseconds, but keeps loggers as they are
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(_frames),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _frames(exc_info: Any) -> str:
    """A traceback without messages, except those of the operating system: any other may quote a text."""
    error: BaseException | None = exc_info[1]
    parts: list[str] = []
    while error is not None:
        said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        parts.append("".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__qualname__}{said}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nwhich came after\n".join(parts)


def _add_service(service: str) -> Any:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event.setdefault("service", service)
        return event

    return add
