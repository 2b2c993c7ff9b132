"""Writes an OpenAPI 3.1 document from operations: what a route validates is what the document says. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter

from servicekit import events, problems
from servicekit.operations import ETAG, FORM, JSON, RETRY_AFTER, Content, Header, Operation
from servicekit.schemas import Problem

REF = "#/components/schemas/{model}"
_BYTES = {"type": "string", "format": "binary"}
_BOUNDS = {"ge": "minimum", "le": "maximum"}  # pydantic leaves those of `int | None` under its own names
Schema = dict[str, Any]


@dataclass(frozen=True)
class Api:
    """What a document says beside its operations.

    Args:
        tags: name to description, in order.
        security: security schemes by name, of which a caller may use one; none for an internal service.
        info: `license`, `contact` and other members of the info object.
        common_headers: response headers that every operation has.
        limited: whether callers have quotas, so that 429 is an answer.
    """

    title: str
    version: str
    description: str
    tags: Mapping[str, str]
    security: Mapping[str, Any] = field(default_factory=dict)
    info: Mapping[str, Any] = field(default_factory=dict)
    common_headers: Sequence[Header] = ()
    limited: bool = False
    servers: Sequence[Mapping[str, str]] = ({"url": "/"},)


def document(api: Api, operations: Sequence[Operation]) -> Schema:
    """The OpenAPI document of some operations."""
    return _Writer(api, operations).write()


class _Writer:
    def __init__(self, api: Api, operations: Sequence[Operation]) -> None:
        self._api = api
        self._operations = operations
        self._headers: dict[str, Schema] = {}
        self._parameters: dict[str, Schema] = {}
        self._responses: dict[str, Schema] = {}
        self._schemas, self._definitions = _schemas(operations)

    def write(self) -> Schema:
        paths: dict[str, Schema] = {}
        for operation in self._operations:
            paths.setdefault(operation.path, {})[operation.method.lower()] = self._operation(operation)
        components: Schema = {
            name: dict(sorted(found.items()))
            for name, found in (
                ("schemas", self._definitions),
                ("parameters", self._parameters),
                ("headers", self._headers),
                ("responses", self._responses),
            )
            if found
        }
        if self._api.security:
            components["securitySchemes"] = dict(self._api.security)
        used = {operation.tag for operation in self._operations}
        return {
            "openapi": "3.1.0",
            "info": {
                "title": self._api.title,
                "version": self._api.version,
                "description": self._api.description,
                **self._api.info,
            },
            "servers": [dict(server) for server in self._api.servers],
            "tags": [{"name": name, "description": text} for name, text in self._api.tags.items() if name in used],
            "paths": paths,
            "components": components,
        }

    def _operation(self, operation: Operation) -> Schema:
        written: Schema = {
            "operationId": operation.id,
            "summary": operation.title,
            "description": operation.description or f"{operation.title}.",
            "tags": [operation.tag],
        }
        if self._api.security:
            written["security"] = [{name: []} for name in self._api.security] + [{}] if operation.scopes else []
        if operation.scopes:
            written["description"] += f"\n\n{_scopes(operation)}"
        if parameters := [self._parameter(operation, *one) for one in _parameters(operation)]:
            written["parameters"] = parameters
        if content := self._request(operation):
            written["requestBody"] = {"required": True, "content": content}
        answers = {str(status): self._response(content) for status, content in operation.responses.items()}
        answers |= {str(status): self._problem(status) for status in self._failures(operation)}
        if "If-None-Match" in {header.name for header in operation.headers}:
            answers["304"] = self._shared_response("NotModified", self._not_modified())
        answers["default"] = self._problem(500)
        written["responses"] = dict(sorted(answers.items()))
        return written

    def _parameter(self, operation: Operation, place: str, name: str, schema: Schema, required: bool) -> Schema:
        described = dict(schema)
        written: Schema = {"name": name, "in": place, "description": described.pop("description", name)}
        if required:
            written["required"] = True
        if examples := described.pop("examples", None):
            written["example"] = examples[0]
        written["schema"] = described
        key = name
        if self._parameters.get(key, written) != written:
            key = f"{operation.id}_{name}"
        self._parameters[key] = written
        return {"$ref": f"#/components/parameters/{key}"}

    def _request(self, operation: Operation) -> Schema:
        content: Schema = {}
        if operation.form_type:
            content[FORM] = {"schema": self._schemas[operation.id, "form"]}
        if operation.body_type:
            content[JSON] = {"schema": self._schemas[operation.id, "body"]}
        if operation.binary_type:
            content[operation.binary_type] = {"schema": _BYTES}
        return content

    def _response(self, content: Content) -> Schema:
        headers = {header.name: self._header(header) for header in (*content.headers, *self._api.common_headers)}
        written: Schema = {"description": content.description}
        if headers:
            written["headers"] = headers
        if content.media_types:
            written["content"] = {kind: {"schema": self._body(content, kind)} for kind in content.media_types}
        return written

    def _body(self, content: Content, kind: str) -> Schema:
        if content.schema is None:
            return _BYTES
        schema = self._schemas[id(content), "response"]
        if kind == events.MEDIA_TYPE:  # what OpenAPI 3.1 has no word for: a text of which each event is one of these
            return {"type": "string", "contentMediaType": kind, "contentSchema": schema}
        return schema

    def _header(self, header: Header) -> Schema:
        self._headers[header.name] = {
            "description": header.description,
            "schema": dict(header.schema),
            "example": header.example,
        }
        return {"$ref": f"#/components/headers/{header.name}"}

    def _problem(self, status: int) -> Schema:
        kind = problems.for_status(status) or problems.InternalError
        headers = {header.name: self._header(header) for header in self._api.common_headers}
        if status in (429, 503):
            headers["Retry-After"] = self._header(RETRY_AFTER)
        description = kind.title if status != 500 else "A problem"
        content = {problems.CONTENT_TYPE: {"schema": self._schemas["Problem", "response"]}}
        return self._shared_response(
            kind.__name__, {"description": description, "headers": headers, "content": content}
        )

    def _not_modified(self) -> Schema:
        headers = {header.name: self._header(header) for header in (ETAG, *self._api.common_headers)}
        return {"description": "The client has it already.", "headers": headers}

    def _shared_response(self, name: str, response: Schema) -> Schema:
        self._responses[name] = response
        return {"$ref": f"#/components/responses/{name}"}

    def _failures(self, operation: Operation) -> set[int]:
        found = {*operation.failures, 422, 503}
        if operation.path_type:
            found.add(404)
        if operation.body_type or operation.form_type:
            found |= {400, 413, 415}
        if self._api.security and operation.scopes:
            found |= {401, 403}
        if self._api.limited:
            found.add(429)
        return found


def _scopes(operation: Operation) -> str:
    """Which scopes an operation needs, in words."""
    names = " and ".join(f"`{scope}`" for scope in operation.scopes)
    text = f"Needs the scope{'s' if len(operation.scopes) > 1 else ''} {names}"
    text += "".join(f"; with `{name}`, `{scope}` too" for name, scope in operation.field_scopes.items())
    if operation.answer_scope:
        text += f". A key without `{operation.answer_scope}` gets status and `Location`, but no body"
    return f"{text}."


def _parameters(operation: Operation) -> Iterator[tuple[str, str, Schema, bool]]:
    """(place, name, schema, required) of each parameter."""
    for place, model in (("path", operation.path_type), ("query", operation.query_type)):
        if model is None:
            continue
        schema = model.model_json_schema()
        for name, described in schema["properties"].items():
            inlined = _inlined(_clean(described), schema.get("$defs", {}))
            yield place, name, _without_null(inlined), place == "path" or name in schema.get("required", [])
    for header in operation.headers:
        yield (
            "header",
            header.name,
            {**header.schema, "description": header.description, "examples": [header.example]},
            False,
        )


def _inlined(schema: Any, definitions: Mapping[str, Schema]) -> Any:
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _inlined(value, definitions) for name, value in schema.items() if name != "$ref"}
    named = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
    return {**_clean(named), **found}


def _without_null(schema: Schema) -> Schema:
    """A parameter that may be left out, not null."""
    alternatives = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if len(alternatives) == 1:
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        return {
            name: value for name, value in {**alternatives[0], **rest}.items() if (name, value) != ("default", None)
        }
    return schema


def _schemas(operations: Sequence[Operation]) -> tuple[dict[tuple[Any, str], Schema], dict[str, Schema]]:
    """The schema of each body by (operation id or content, use), and the definitions that they refer to."""
    inputs: list[tuple[tuple[Any, str], Any, TypeAdapter[Any]]] = []
    for operation in operations:
        for use, model in (("body", operation.body_type), ("form", operation.form_type)):
            if model is not None:
                inputs.append(((operation.id, use), "validation", TypeAdapter(model)))
    contents = {id(one): one for operation in operations for one in operation.responses.values()}
    for key, content in contents.items():
        if content.schema is not None:
            inputs.append(((key, "response"), "serialization", TypeAdapter(content.schema)))
    inputs.append((("Problem", "response"), "serialization", TypeAdapter(Problem)))
    found, top = TypeAdapter.json_schemas(inputs, ref_template=REF)
    sent = {model.__name__ for operation in operations for model in _sent(operation)}
    definitions = {
        name: _with_example(name, _tagged(_clean(schema, request=name in sent)), top["$defs"])
        for name, schema in top.get("$defs", {}).items()
    }
    return {key: _clean(schema) for (key, _mode), schema in found.items()}, definitions


def _sent(operation: Operation) -> Iterator[type[BaseModel]]:
    yield from (model for model in (operation.body_type, operation.form_type) if model is not None)


def _clean(schema: Any, *, request: bool = False) -> Any:
    """The schema without the titles that pydantic derives from names.

    Of a request, a default is said in the description: generators take a field with `default` as one that is required.
    """
    if isinstance(schema, list):
        return [_clean(one, request=request) for one in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned = {
        _BOUNDS.get(name, name): _named(value, request)
        if name in ("properties", "$defs")
        else _clean(value, request=request)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str)) and name not in ("examples", "const", "enum", "default")
    }
    cleaned |= {name: schema[name] for name in ("examples", "const", "enum") if name in schema}
    if "default" in schema:
        default = schema["default"]
        if not request:
            cleaned["default"] = default
        elif default not in (None, "", []):
            shown = default if isinstance(default, str) else json.dumps(default)
            cleaned["description"] = f"{cleaned.get('description', '')} Default: `{shown}`.".strip()
    if request and cleaned.get("default", 0) is None:
        del cleaned["default"]
    return cleaned


def _named(properties: Mapping[str, Any], request: bool) -> Schema:
    return {name: _clean(value, request=request) for name, value in properties.items()}


def _tagged(schema: Schema) -> Schema:
    """The schema with its constant fields required: what tells the members of a union apart is always sent."""
    constant = [name for name, one in schema.get("properties", {}).items() if "const" in one]
    missing = [name for name in constant if name not in schema.get("required", [])]
    return {**schema, "required": [*missing, *schema.get("required", [])]} if missing else schema


def _with_example(name: str, schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """An object's schema with an example made of its fields' own."""
    if "properties" not in schema:
        return schema
    return {**schema, "examples": [example(definitions[name], definitions)]}


def example(schema: Schema, definitions: Mapping[str, Schema], depth: int = 0) -> Any:
    """A value that fits a schema, made of the examples of its fields."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example(definitions[schema["$ref"].rpartition("/")[2]], definitions, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "default" in schema:
        return schema["default"]
    if schema.get("type") == "array":
        return [example(schema["items"], definitions, depth + 1)] if depth < 6 and "items" in schema else []
    if "properties" in schema:
        needed = set(schema.get("required", [])) | {
            key for key, one in schema["properties"].items() if "examples" in one or "const" in one
        }
        return {key: example(one, definitions, depth + 1) for key, one in schema["properties"].items() if key in needed}
    for one in (*schema.get("anyOf", []), *schema.get("oneOf", [])):
        return example(one, definitions, depth + 1)
    if "enum" in schema:
        return schema["enum"][0]
    return {"string": "text", "integer": 1, "number": 1.0, "boolean": True, "object": {}}.get(schema.get("type", ""))
