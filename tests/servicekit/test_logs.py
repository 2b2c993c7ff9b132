"""One access line a request, events with fields, and never a word of anyone's text."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from servicekit import logs

TEXT = "It was the best of shoes."


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Put the process's logging back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_one_access_line_a_request_with_route_status_time_and_id(
    capsys: pytest.CaptureFixture[str], client: FlaskClient
) -> None:
    logs.configure("shop", fmt="json")
    client.post("/shoes/", json={"name": "Clog", "story": TEXT}, headers={"X-Request-Id": "id-1"})
    (line,) = events(capsys)
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request_served",
        "level": "info",
        "service": "shop",
        "method": "POST",
        "route": "/shoes/",
        "status": 201,
        "request_id": "id-1",
    }


def test_health_checks_are_not_logged(capsys: pytest.CaptureFixture[str], client: FlaskClient) -> None:
    logs.configure("shop", fmt="json")
    for path in ("/healthz", "/readyz", "/metrics", "/version"):
        client.get(path)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_text_is_never_logged_not_even_in_tracebacks(
    capsys: pytest.CaptureFixture[str], client: FlaskClient, fmt: logs.LogFormat
) -> None:
    logs.configure("shop", level="debug", fmt=fmt)
    client.get("/fail")
    client.get(f"/nothing?text={TEXT}")
    client.post("/shoes/", json={"name": "Clog", "size": TEXT, TEXT: 1})
    client.post("/shoes/", data=TEXT, content_type="application/json")
    logged = capsys.readouterr().err
    assert "best of shoes" not in logged
    assert "request_failed" in logged
    assert "ValueError" in logged
    assert "KeyError" in logged
    assert "shop.py" in logged


def test_the_standard_librarys_tracebacks_are_as_discreet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("shop", fmt="json")
    try:
        int(TEXT)
    except ValueError:
        logging.getLogger("gunicorn.error").exception("Error handling request")
    (line,) = events(capsys)
    assert line["event"] == "Error handling request"
    assert "ValueError" in line["exception"]
    assert "best of shoes" not in str(line)


def test_the_operating_systems_reason_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("shop", fmt="json")
    try:
        open("/no/such/file")  # noqa: PTH123, SIM115
    except OSError as error:
        logs.get_logger("x").error("file_missing", exc_info=error)
    assert events(capsys)[0]["exception"].endswith("FileNotFoundError: No such file or directory")


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_a_client_cannot_forge_a_line(
    capsys: pytest.CaptureFixture[str], client: FlaskClient, fmt: logs.LogFormat
) -> None:
    logs.configure("shop", fmt=fmt)
    client.get("/fail%0a2026 [info] request_served")
    client.open("/problem/%0a%1b[31mforged", method="GET")
    logged = capsys.readouterr().err
    assert not any(line.startswith("2026 [info]") for line in logged.splitlines())
    assert "\x1b[31mforged" not in logged


def test_events_below_the_level_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("shop", level="warning", fmt="json")
    logger = logs.get_logger("x")
    logger.info("shoe_sold")
    logger.warning("shoe_lost", size=42)
    assert [line["event"] for line in events(capsys)] == ["shoe_lost"]


def test_the_last_configuration_applies_to_existing_loggers(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logs.get_logger("x")
    logs.configure("command", level="warning", fmt="json")
    logger.info("shoe_sold")
    logs.configure("shop", fmt="json")
    logger.info("shoe_lost")
    assert [(line["event"], line["service"]) for line in events(capsys)] == [("shoe_lost", "shop")]
