"""Every error a service answers: one exception tree, one renderer, RFC 9457 `application/problem+json`.

ProblemError
├── NotJson 400                 the body is not JSON
├── BadRequest 400              the request itself is malformed
├── Unauthorized 401            no key, or one that is not known
├── Forbidden 403               a key without the scope
├── NotFound 404                no such thing
├── MethodNotAllowed 405
├── NotAcceptable 406           no representation the client accepts
├── RequestTimeout 408          the body did not arrive in time
├── Conflict 409                the state forbids it now
├── NotInstalled 409         (a NotReady) the engine asked for has no model here
├── Gone 410                    it was there, and has been deleted
├── PreconditionFailed 412      If-Match names another version
├── TooLarge 413                over a stated size
├── UriTooLong 414              the address is longer than this server reads
├── UnsupportedMediaType 415    the body's type is not one this route reads
├── RangeNotSatisfiable 416
├── Misdirected 421             the Host header names a server that this one is not
├── InvalidInput 422            breaks the schema or a limit of it
├── PreconditionRequired 428
├── RateLimited 429             over a quota; Retry-After says when
├── HeadersTooLarge 431
├── InternalError 500           a defect of ours; the log has the reason under the request id
├── StoredDataDamaged 500       the disk returned other bytes than were written
├── UpstreamFailed 502          a service behind this one failed
├── Busy 503                    a queue is full; Retry-After says when
├── NotReady 503                a model is loading, or could not
├── UpstreamTimeout 504         a service behind this one was too slow
└── StorageFull 507             no space left
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import Flask, Response, g, request
from pydantic import ValidationError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import ClientDisconnected, HTTPException

from servicekit import logs
from servicekit.abort import Aborted
from servicekit.schemas import Problem

CONTENT_TYPE = "application/problem+json"
CLIENT_GONE = 499  # for logs and metrics: nobody is there to read the answer
log = logs.get_logger(__name__)


class ProblemError(Exception):
    """An error meant for the client.

    `detail` is one or two sentences that tell a frontend developer what to change; never exception text.
    `members` are extra top-level members of the problem object, `headers` extra response headers.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"
    meaning: ClassVar[str] = "A defect of the service. Report the request id; the log has the reason under it."

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def to_dict(self) -> dict[str, Any]:
        """The problem object, without the members that depend on the request."""
        return {
            "type": f"/problems#{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }

    def to_model(self) -> Problem:
        """The same as a message, for an event."""
        return Problem(**self.to_dict())


class NotJson(ProblemError):
    status, slug, title = 400, "not-json", "The body is not JSON"
    meaning = "Send a JSON object, encoded as UTF-8, with `Content-Type: application/json`."


class BadRequest(ProblemError):
    status, slug, title = 400, "bad-request", "The request is malformed"
    meaning = "The request could not be read as HTTP or as the form it claims to be."


class Unauthorized(ProblemError):
    status, slug, title = 401, "unauthorized", "A key is needed"
    meaning = "Send `Authorization: Bearer KEY` with a key that this deployment knows."


class Forbidden(ProblemError):
    status, slug, title = 403, "forbidden", "The key does not allow this"
    meaning = "The key lacks the scope this route needs; ask the operator for one that has it."


class NotFound(ProblemError):
    status, slug, title = 404, "not-found", "There is no such thing"
    meaning = "The path or the id in it names nothing. Ids come from the lists and from `Location` headers."


class MethodNotAllowed(ProblemError):
    status, slug, title = 405, "method-not-allowed", "This path does not take that method"
    meaning = "The `Allow` header lists the methods that this path takes."


class NotAcceptable(ProblemError):
    status, slug, title = 406, "not-acceptable", "None of the accepted types can be made"
    meaning = "The `Accept` header names no type that this route can answer with; the detail lists them."


class RequestTimeout(ProblemError):
    status, slug, title = 408, "request-timeout", "The body did not arrive in time"
    meaning = "Send the body faster, or in smaller requests."


class Conflict(ProblemError):
    status, slug, title = 409, "conflict", "The present state does not allow this"
    meaning = "Another request is in the way, or the thing is not in a state that allows this; the detail says which."


class Gone(ProblemError):
    status, slug, title = 410, "gone", "It has been deleted"
    meaning = "What this request created before has been deleted since. Send it with a new `Idempotency-Key`."


class PreconditionFailed(ProblemError):
    status, slug, title = 412, "precondition-failed", "The thing has changed meanwhile"
    meaning = "`If-Match` names another version than the present one: read it again, then repeat the change."


class TooLarge(ProblemError):
    status, slug, title = 413, "too-large", "The body is too large"
    meaning = "The body, or a part of it, is over the size stated in the detail."


class UriTooLong(ProblemError):
    status, slug, title = 414, "uri-too-long", "The address is too long"
    meaning = "Send long texts in the body of a POST, not in the query."


class UnsupportedMediaType(ProblemError):
    status, slug, title = 415, "unsupported-media-type", "The body's type is not one this route reads"
    meaning = "Set `Content-Type` to one of the types the detail names."


class RangeNotSatisfiable(ProblemError):
    status, slug, title = 416, "range-not-satisfiable", "The range lies outside the file"
    meaning = "`Content-Range` says how long the file is."


class Misdirected(ProblemError):
    status, slug, title = 421, "misdirected", "The host is not one of this server"
    meaning = "The `Host` header names none of the hosts that `GATEWAY_ALLOWED_HOSTS` lists."


class InvalidInput(ProblemError):
    status, slug, title = 422, "invalid-input", "The request breaks a rule of this route"
    meaning = "`errors` lists each field with what to change. Nothing was stored."


class PreconditionRequired(ProblemError):
    status, slug, title = 428, "precondition-required", "A condition is needed"
    meaning = "Send `If-Match` with the version you read."


class RateLimited(ProblemError):
    status, slug, title = 429, "rate-limited", "Too many requests"
    meaning = "Over the key's quota. `Retry-After` says how many seconds to wait."


class HeadersTooLarge(ProblemError):
    status, slug, title = 431, "headers-too-large", "The headers are too large"
    meaning = "Send fewer or shorter headers."


class InternalError(ProblemError):
    pass


class StoredDataDamaged(ProblemError):
    status, slug, title = 500, "stored-data-damaged", "What was stored is damaged"
    meaning = "The disk returned other bytes than were written. `detail` says how the operator can repair it."


class UpstreamFailed(ProblemError):
    status, slug, title = 502, "upstream-failed", "A service behind this one failed"
    meaning = "Repeat the request later; if it persists, give the operator the request id."


class Busy(ProblemError):
    """The queue is full. `retry_after_s` is an estimate in seconds, sent rounded up as `Retry-After`."""

    status, slug, title = 503, "busy", "The service is busy"
    meaning = "A bounded queue is full. `Retry-After` says how many seconds to wait."

    def __init__(self, detail: str, *, retry_after_s: float = 1.0, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, math.ceil(retry_after_s)))}, **members)


class NotReady(ProblemError):
    """Something that is needed is not there now. `retry_after_s` as with `Busy`."""

    status, slug, title = 503, "not-ready", "The service is not ready"
    meaning = "A model is loading, or could not be loaded: `/readyz` and `/models` say why. `Retry-After` as above."

    def __init__(self, detail: str, *, retry_after_s: float = 5.0, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, math.ceil(retry_after_s)))}, **members)


class NotInstalled(NotReady):
    status, slug, title = 409, "not-installed", "No model is installed for this"
    meaning = "The engine asked for by name has no model on this deployment. Ask for `auto` or `extractive`."

    def __init__(self, detail: str, **members: Any) -> None:
        ProblemError.__init__(self, detail, **members)


class UpstreamTimeout(ProblemError):
    status, slug, title = 504, "upstream-timeout", "A service behind this one was too slow"
    meaning = "The answer did not come within the deadline. Long texts are better sent as a job."


class StorageFull(ProblemError):
    status, slug, title = 507, "storage-full", "There is no space left"
    meaning = "Nothing was stored. The operator must free space or enlarge the volume."


def all_problems() -> list[type[ProblemError]]:
    """Every problem type, by status and slug."""
    return sorted([*ProblemError.__subclasses__(), NotInstalled], key=lambda kind: (kind.status, kind.slug))


def for_status(status: int) -> type[ProblemError] | None:
    """The problem type that stands for an HTTP status, or None."""
    return next((kind for kind in all_problems() if kind.status == status), None)


UNSHOWN = "\0"  # begins the tags of alternatives in a schema, so that they do not show in the names of fields
_DETAILS = {
    404: "Nothing is served at this path. GET /docs lists every route.",
    405: "This path exists, but not with this method. The Allow header lists those it takes.",
    408: "The request's body stopped arriving. Send it again.",
    413: "The body is larger than this service accepts.",
    415: "Set Content-Type to a type this route reads; GET /docs shows which.",
    416: "The Range header asks for bytes the file does not have.",
}
_MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this route: remove it",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "list_type": "must be a JSON array",
}


_LENGTHS = {  # of a text that passed through a validator, pydantic says that it has "items"
    "too_long": ("most", "max_length"),
    "string_too_long": ("most", "max_length"),
    "too_short": ("least", "min_length"),
    "string_too_short": ("least", "min_length"),
}


def _counted(count: int, of: str) -> str:
    return f"{count:,} {of}{'' if count == 1 else 's'}"


def invalid_input(error: ValidationError, whole: str = "body") -> InvalidInput:
    """Turn a pydantic error into a problem that names each field and what to change."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    errors = [_field_error(item, whole) for item in found]
    shown = "; ".join(f"{item['field']} {item['message']}".removeprefix(f"{whole} ") for item in errors[:3])
    more = f"; and {len(errors) - 3} more" if len(errors) > 3 else ""
    return InvalidInput(f"{shown}{more}.", errors=errors[:50])


def _field_error(item: Any, whole: str) -> dict[str, str]:
    field = ".".join(part for part in map(str, item["loc"]) if not part.startswith(UNSHOWN)) or whole
    message = _MESSAGES.get(item["type"])
    if message is None:
        message = str(item["msg"]).removeprefix("Value error, ").replace("Input should", "must")
        message = message[:1].lower() + message[1:]
    if item["type"] == "string_pattern_mismatch":
        message = f"must match {item['ctx']['pattern']}"
    if item["type"] in _LENGTHS:
        bound, limit = _LENGTHS[item["type"]]
        count = item["ctx"][limit]
        of_text = item["ctx"].get("field_type", "Value") == "Value"
        message = f"must have at {bound} {_counted(count, 'character' if of_text else 'item')}"
    return {"field": field[:200], "message": message.rstrip(".")}


def render(problem: ProblemError) -> Response:
    """The one place where a problem becomes a response."""
    body = {**problem.to_dict(), "instance": request.path, "request_id": g.get("request_id", "")}
    text = json.dumps(body, ensure_ascii=False).encode(errors="replace")  # names of fields may hold lone surrogates
    return Response(text, problem.status, {"Content-Type": CONTENT_TYPE, **problem.headers})


def install(app: Flask) -> None:
    """Render every error of `app`, werkzeug's own and unexpected ones included, as a problem."""
    app.register_error_handler(ProblemError, render)
    app.register_error_handler(HTTPException, _render_http)
    app.register_error_handler(ClientDisconnected, _render_broken_body)
    app.register_error_handler(Aborted, lambda _error: Response(status=CLIENT_GONE))
    app.register_error_handler(Exception, _render_unexpected)


def _render_http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None and status < 400:
        return Response(status=status, headers=error.get_headers())
    if status == 413:
        limit = request.max_content_length
        stated = f" It takes at most {limit:,} bytes." if limit else ""
        return render(TooLarge(f"The body is larger than this route accepts.{stated}", limit_bytes=limit))
    kind = for_status(status) or (BadRequest if status < 500 else InternalError)
    headers = {key: value for key, value in error.get_headers() if key in {"Allow", "Retry-After", "Content-Range"}}
    detail = _DETAILS.get(status, "The request could not be read." if status < 500 else "An unexpected error.")
    return render(kind(detail, headers=headers))


def _render_broken_body(_error: ClientDisconnected) -> Response:
    return render(BadRequest("The body broke off, or is not chunked as its headers say. Send it again."))


def _render_unexpected(error: Exception) -> Response:
    log.error("request_failed", path=request.path, exc_info=error)
    return render(InternalError("An unexpected error. Give the operator the request id."))


def from_upstream(body: Mapping[str, Any], status: int, headers: Mapping[str, str] | Headers) -> ProblemError:
    """The problem a service behind this one answered, as an exception to raise here.

    A 5xx other than 503, 504, 507 and damaged data becomes `UpstreamFailed`: its defect is not the client's business.
    """
    kind = for_status(status)
    slug = str(body.get("type", "")).rpartition("#")[2]
    kind = next((one for one in all_problems() if one.slug == slug and one.status == status), kind)
    if kind is None or kind in (Unauthorized, InternalError):
        return UpstreamFailed("A service behind the gateway failed. Give the operator the request id.")
    known = {"type", "title", "status", "detail", "instance", "request_id"}
    members = {key: value for key, value in body.items() if key not in known}
    problem = kind.__new__(kind)
    ProblemError.__init__(problem, str(body.get("detail", kind.title)), **members)
    problem.headers = {key: value for key, value in headers.items() if key.lower() in {"retry-after", "allow"}}
    return problem


def table() -> Sequence[tuple[int, str, str, str]]:
    """(status, slug, title, meaning) of every problem, for `docs/problems.md` and `GET /problems`."""
    return [(kind.status, kind.slug, kind.title, kind.meaning) for kind in all_problems()]
