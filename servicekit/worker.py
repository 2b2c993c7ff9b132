"""The gunicorn worker of every service: requests too broken for Flask are answered as problems, too."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from servicekit import logs, problems

log = logs.get_logger(__name__)


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """A gthread worker without gunicorn's HTML error pages."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what could not be parsed as HTTP, or failed outside of the app, with a problem; the caller closes."""
        problem, request_id = _problem(exc), uuid.uuid4().hex
        if isinstance(exc, ParseException):
            log.info("request_refused", reason=type(exc).__name__, request_id=request_id)
        else:
            log.error("request_failed", exc_info=exc, request_id=request_id)
        body = json.dumps({**problem.to_dict(), "instance": "", "request_id": request_id}).encode()
        status = HTTPStatus(problem.status)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: {problems.CONTENT_TYPE}\r\n"
            f"X-Request-Id: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            log.info("client_gone", request_id=request_id)


def _problem(error: BaseException) -> problems.ProblemError:
    if isinstance(error, LimitRequestHeaders):
        return problems.HeadersTooLarge("The headers are larger than this server reads. Send fewer or shorter ones.")
    if isinstance(error, ParseException):
        return problems.BadRequest("The request is not valid HTTP: check its first line, headers and chunks.")
    return problems.InternalError("An unexpected error. Give the operator the request id.")
