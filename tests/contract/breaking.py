"""Finds what a new API document takes away from clients of an older one.

That is: a path, an operation or its id, a media type, a parameter or field, a value of a request's enumeration; a
parameter or field that a request now has to have; a type that a request can no longer have, or a response newly can.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")
Schema = dict[str, Any]


@dataclass(frozen=True)
class Break:
    """One thing that clients lose; `names` are the path and the schemas that an announcement may name."""

    message: str
    names: frozenset[str]


@dataclass(frozen=True)
class Place:
    """Where in the two documents a comparison is."""

    old: Schema
    new: Schema
    request: bool
    label: str
    names: frozenset[str] = field(default_factory=frozenset)

    def within(self, label: str, old: Schema, new: Schema) -> tuple[Place, Schema, Schema]:
        """The place one step further in, with both schemas' references followed and named."""
        (old_names, old), (new_names, new) = resolve(self.old, old), resolve(self.new, new)
        names = self.names | old_names | new_names
        return Place(self.old, self.new, self.request, f"{self.label}{label}", names), old, new

    def lost(self, what: str) -> Break:
        return Break(f"{self.label}: {what}", self.names)


def breaks(old: Schema, new: Schema) -> Iterator[Break]:
    """What clients of `old` lose with `new`."""
    for path, item in old["paths"].items():
        if path not in new["paths"]:
            yield Break(f"{path}: removed", frozenset({path}))
            continue
        for method in METHODS:
            if method in item:
                place = Place(old, new, request=True, label=f"{method.upper()} {path}", names=frozenset({path}))
                yield from _operation(place, item[method], new["paths"][path].get(method))


def unannounced(found: list[Break], changelog: str) -> list[Break]:
    """Those that no line `- Breaking: ...` of the changelog's first section names, by path or schema."""
    section = re.split(r"^## ", changelog, flags=re.MULTILINE)[1]
    items = re.split(r"^- ", section, flags=re.MULTILINE)
    named = {
        name for item in items if item.startswith("Breaking:") for name in re.findall(r"`(?:[A-Z]+ )?([^`]+)`", item)
    }
    return [one for one in found if not one.names & named]


def resolve(document: Schema, schema: Schema) -> tuple[frozenset[str], Schema]:
    """Follow references; the names on the way, and what is at their end."""
    names = set()
    while "$ref" in schema:
        *_, kind, name = schema["$ref"].split("/")
        names.add(name)
        schema = {**document["components"][kind][name], **{key: one for key, one in schema.items() if key != "$ref"}}
    return frozenset(names), schema


def _operation(place: Place, old: Schema, new: Schema | None) -> Iterator[Break]:
    if new is None:
        yield place.lost("removed")
        return
    if old["operationId"] != new["operationId"]:
        yield place.lost(f"its id {old['operationId']} is now {new['operationId']}")
    yield from _parameters(place, old, new)
    yield from _content(place, old.get("requestBody", {}), new.get("requestBody", {}))
    for status, response in old["responses"].items():
        if status.startswith("2"):
            answer = Place(place.old, place.new, request=False, label=f"{place.label} {status}", names=place.names)
            if status not in new["responses"]:
                yield answer.lost("removed")
            else:
                yield from _content(answer, response, new["responses"][status])


def _parameters(place: Place, old: Schema, new: Schema) -> Iterator[Break]:
    before, after = _by_name(place.old, old), _by_name(place.new, new)
    for key, parameter in before.items():
        if key not in after:
            yield place.lost(f"{key[0]} parameter {key[1]} removed")
        else:
            schemas = (_without_null(one.get("schema", {})) for one in (parameter, after[key]))
            yield from _schema(place, f" {key[1]}", *schemas)
    for key, parameter in after.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield place.lost(f"{key[0]} parameter {key[1]} is required now")


def _without_null(schema: Schema) -> Schema:
    """A parameter's schema; a query and a header have no null."""
    return {**schema, "anyOf": [one for one in schema.get("anyOf", []) if one.get("type") != "null"]}


def _by_name(document: Schema, operation: Schema) -> dict[tuple[str, str], Schema]:
    found = [resolve(document, one)[1] for one in operation.get("parameters", [])]
    return {(one["in"], one["name"].lower() if one["in"] == "header" else one["name"]): one for one in found}


def _content(place: Place, old: Schema, new: Schema) -> Iterator[Break]:
    after = resolve(place.new, new)[1].get("content", {})
    for kind, media in resolve(place.old, old)[1].get("content", {}).items():
        if kind not in after:
            yield place.lost(f"{kind} removed")
        else:
            yield from _schema(place, "", media.get("schema", {}), after[kind].get("schema", {}))


def _schema(place: Place, label: str, old: Schema, new: Schema) -> Iterator[Break]:
    place, old, new = place.within(label, old, new)
    if place.label.count(".") > 8:  # a schema that contains itself
        return
    narrow, wide = (old, new) if place.request else (new, old)
    extra = _types(narrow) - _types(wide) if _types(narrow) and _types(wide) else set()
    if extra:
        yield place.lost(f"{' and '.join(sorted(extra))} {'no longer taken' if place.request else 'answered newly'}")
    if place.request and "enum" in old and "enum" in new and (gone := set(old["enum"]) - set(new["enum"])):
        yield place.lost(f"no longer takes {', '.join(sorted(map(str, gone)))}")
    before, after = _fields(place.old, old), _fields(place.new, new)
    for name, (schema, required) in before.items():
        if name not in after:
            if after:
                yield place.lost(f"field {name} removed")
        else:
            yield from _schema(place, f".{name}", schema, after[name][0])
            if not place.request and required and not after[name][1]:
                yield place.lost(f"field {name} may be missing now")
    for name, (_, required) in after.items():
        if place.request and before and required and not before.get(name, ({}, False))[1]:
            yield place.lost(f"field {name} is required now")
    if "items" in old and "items" in new:
        yield from _schema(place, "[]", old["items"], new["items"])


def _alternatives(schema: Schema) -> list[Schema]:
    return [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]


def _types(schema: Schema) -> set[str]:
    """The JSON types of a schema without references; none where it does not say."""
    own = schema.get("type", [])
    found = {own} if isinstance(own, str) else set(own)
    inner = [_types(one) for one in _alternatives(schema)]
    return found | set().union(*inner) if all(inner) else set()


def _fields(document: Schema, schema: Schema) -> dict[str, tuple[Schema, bool]]:
    """Name to (schema, whether it is always there) of the fields of an object, or of each member of a union."""
    found = {name: (one, name in schema.get("required", [])) for name, one in schema.get("properties", {}).items()}
    members = [_fields(document, resolve(document, one)[1]) for one in _alternatives(schema)]
    for member in members:
        for name, (one, _) in member.items():
            found.setdefault(name, (one, all(other.get(name, ({}, False))[1] for other in members)))
    return found


def load(path: Path) -> Schema:
    """A document of a file."""
    document: Schema = json.loads(path.read_text(encoding="utf-8"))
    return document
