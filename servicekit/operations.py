"""Operations of an HTTP API, described once: the same row routes, validates and documents a request.

`Operation` is the row, `Routes` a blueprint whose views implement rows, `servicekit.openapi` writes the document.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Blueprint, request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import FileStorage

from servicekit import hooks, problems
from servicekit.problems import InvalidInput, NotFound, UnsupportedMediaType
from servicekit.schemas import is_upload

JSON, FORM = "application/json", "multipart/form-data"
READ, WRITE = "read", "write"
View = TypeVar("View", bound=Callable[..., Any])
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Header:
    """A request or response header."""

    name: str
    description: str
    example: str | int
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


ETAG = Header("ETag", "Changes with the content.", '"5d41402abc4b2a76"')
RETRY_AFTER = Header("Retry-After", "Seconds to wait before the next try.", 2, {"type": "integer", "minimum": 0})


@dataclass(frozen=True)
class Content:
    """What a response carries: a type (a pydantic model, or anything a TypeAdapter takes) under its media type.

    `schema` None is a body of bytes, or, without a media type, no body.
    """

    description: str
    schema: Any = None
    media_types: tuple[str, ...] = ()
    headers: tuple[Header, ...] = ()


def json_content(schema: Any, description: str, *headers: Header) -> Content:
    """A JSON response."""
    return Content(description, schema, (JSON,), headers)


def no_content(description: str, *headers: Header) -> Content:
    """A response without a body."""
    return Content(description, headers=headers)


@dataclass(frozen=True)
class Operation:
    """One method of one path.

    Args:
        id: the operationId, `verb_noun`.
        path: the path with its parameters in braces, `/shoes/{shoe_id}`.
        title: what it does, in a few words.
        scopes: what a caller's key must allow, all of it.
        field_scopes: what it must allow as well if a field of the body is given, by the field's name.
        answer_scope: what it must allow to be sent the answer's body; without it, a caller gets status and location.
        path_type, query_type: models whose fields are the parameters.
        body_type: the model of a JSON body; with `form_type` too, either is taken.
        form_type: the model of a multipart form; its `Upload` fields are files.
        binary_type: the media type of a body of bytes.
        headers: request headers it reads.
        responses: what it answers, by status.
        failures: statuses of problems beyond those that follow from the rest.
        kind: what kind of work it is, if not `read` (GET) or `write`: kinds have threads and calls of their own.
    """

    id: str
    method: str
    path: str
    title: str
    tag: str
    responses: Mapping[int, Content]
    description: str = ""
    scopes: tuple[str, ...] = ()
    field_scopes: Mapping[str, str] = field(default_factory=dict)
    answer_scope: str = ""
    path_type: type[BaseModel] | None = None
    query_type: type[BaseModel] | None = None
    body_type: type[BaseModel] | None = None
    form_type: type[BaseModel] | None = None
    binary_type: str = ""
    headers: tuple[Header, ...] = ()
    failures: tuple[int, ...] = ()
    kind: str = ""

    @property
    def pool(self) -> str:
        """The pool of threads and calls that serves it."""
        return self.kind or (READ if self.method == "GET" else WRITE)

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")


class Routes(Blueprint):
    """A blueprint of views that implement operations."""

    def __init__(self, name: str) -> None:
        super().__init__(name, name)
        self.operations: list[Operation] = []

    def implements(self, operation: Operation, *, validated: bool = True) -> Callable[[View], View]:
        """Bind a view to an operation.

        The path's parameters are validated and passed by their names; then, if the operation has them, `query`, `body`
        and `form`. With `validated=False` only the path and the body's media type are checked: the request is passed
        on to a service that validates the rest.
        """

        def bind(view: View) -> View:
            self.operations.append(operation)
            self.add_url_rule(
                operation.rule, operation.id, _bound(operation, view, validated), methods=[operation.method]
            )
            return view

        return bind


def _bound(operation: Operation, view: Callable[..., Any], validated: bool) -> Callable[..., Any]:
    path_type = operation.path_type

    @functools.wraps(view)
    def call(**raw: str) -> Any:
        given = _path_values(path_type, raw) if path_type else {}
        as_form = _check_body(operation)
        if validated:
            given |= _validated(operation, as_form)
        return view(**given)

    return call


def _path_values(path_type: type[BaseModel], raw: Mapping[str, str]) -> dict[str, Any]:
    try:
        return dict(path_type.model_validate(raw))
    except ValidationError as error:
        field_error = problems.invalid_input(error).members["errors"][0]
        raise NotFound(f"There is no such thing: {field_error['field']} {field_error['message']}.") from None


def _check_body(operation: Operation) -> bool:
    """Check that the body is of a type the operation takes; whether it is a form."""
    if operation.form_type and (request.mimetype == FORM or not operation.body_type):
        if request.mimetype != FORM:
            raise UnsupportedMediaType(
                "Send this request as multipart/form-data (curl: -F file=@book.pdf).", accepted=[FORM]
            )
        return True
    if operation.form_type and not request.is_json:
        raise UnsupportedMediaType(
            "Send a file as multipart/form-data, or a JSON object as application/json.", accepted=[FORM, JSON]
        )
    if operation.body_type:
        hooks.require_json()
    return False


def _validated(operation: Operation, as_form: bool) -> dict[str, Any]:
    given: dict[str, Any] = {}
    query = read_query()
    if operation.query_type is not None:
        given["query"] = parse(operation.query_type, query, whole="query")
    elif query:
        raise refuse(next(iter(query))[:100], "is not a query parameter of this route: remove it")
    if as_form and operation.form_type:
        given["form"] = parse(operation.form_type, _form_values(operation.form_type))
    elif operation.body_type:
        given["body"] = parse(operation.body_type, request.get_json())
    return given


def parse(schema: type[M], data: object, whole: str = "body") -> M:
    """Validate what a client sent; `whole` names all of it, where several fields do not agree.

    Raises:
        InvalidInput: it breaks the schema; the problem names the fields.
    """
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise problems.invalid_input(error, whole) from None


def refuse(name: str, message: str) -> InvalidInput:
    """The problem of one field."""
    return InvalidInput(f"{name} {message}.", errors=[{"field": name, "message": message}])


def read_query() -> dict[str, str]:
    """The query's parameters.

    Raises:
        InvalidInput: one is given twice.
    """
    if not request.query_string:
        return {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise refuse(name[:100], "is given twice")
    return request.args.to_dict()


def _form_values(form_type: type[BaseModel]) -> dict[str, Any]:
    """The form's fields by name, empty texts left out.

    Raises:
        InvalidInput: a field is given twice, a file stands where a text belongs, or the other way round.
    """
    files = [name for name, info in form_type.model_fields.items() if is_upload(info)]
    for name in request.files:
        if name not in files:
            raise refuse(name[:100], f"is not a file field of this route: name it {' or '.join(files)}")
    for name, values in request.form.lists():
        if len(values) > 1:
            raise refuse(name[:100], "is given twice")
        if name in files:
            raise refuse(name, f"must be a file part with a file name (curl: -F {name}=@book.pdf)")
    given: dict[str, Any] = {name: value for name, value in request.form.items() if value != ""}
    for name in files:
        if uploads := _uploads(name, required=form_type.model_fields[name].is_required()):
            given[name] = uploads[0]
    return given


def _uploads(name: str, *, required: bool) -> Sequence[FileStorage]:
    uploads = request.files.getlist(name)
    if len(uploads) > 1:
        raise refuse(name, "is given twice")
    if required and not uploads:
        raise refuse(name, f"is required, as a file part (curl: -F {name}=@book.pdf)")
    return uploads
