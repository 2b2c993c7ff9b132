"""What counts as a break, on small documents."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.contract.breaking import breaks, unannounced

BOOK = {
    "type": "object",
    "required": ["id", "title"],
    "properties": {
        "id": {"type": "integer"},
        "title": {"type": "string"},
        "author": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}
NEW_BOOK = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string"}, "format": {"type": "string", "enum": ["pdf", "epub"]}},
}
OLD: dict[str, Any] = {
    "paths": {
        "/books": {
            "post": {
                "operationId": "create_book",
                "parameters": [{"$ref": "#/components/parameters/Page"}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewBook"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}}}
                },
            }
        }
    },
    "components": {
        "parameters": {"Page": {"in": "query", "name": "page", "schema": {"type": "integer"}}},
        "schemas": {"Book": BOOK, "NewBook": NEW_BOOK},
    },
}


def changed(change: str) -> list[str]:
    """The messages after a change, which is a statement on `new` and its parts."""
    new = copy.deepcopy(OLD)
    post = new["paths"]["/books"]["post"]
    schemas = new["components"]["schemas"]
    exec(change, {"new": new, "post": post, "book": schemas["Book"], "new_book": schemas["NewBook"]})
    return [one.message for one in breaks(OLD, new)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("new['paths']['/library'] = new['paths'].pop('/books')", "/books: removed"),
        ("del new['paths']['/books']['post']", "POST /books: removed"),
        ("post['operationId'] = 'add_book'", "POST /books: its id create_book is now add_book"),
        ("post['parameters'] = []", "POST /books: query parameter page removed"),
        (
            "post['parameters'].append({'in': 'query', 'name': 'q', 'required': True})",
            "POST /books: query parameter q is required now",
        ),
        (
            "post['requestBody']['content']['text/plain'] = post['requestBody']['content'].pop('application/json')",
            "POST /books: application/json removed",
        ),
        ("del new_book['properties']['format']", "POST /books: field format removed"),
        ("new_book['required'].append('format')", "POST /books: field format is required now"),
        ("new_book['properties']['format']['enum'] = ['pdf']", "POST /books.format: no longer takes epub"),
        ("new_book['properties']['title']['type'] = 'integer'", "POST /books.title: string no longer taken"),
        ("post['responses']['200'] = post['responses'].pop('201')", "POST /books 201: removed"),
        ("del book['properties']['author']", "POST /books 201: field author removed"),
        ("book['properties']['id']['type'] = ['integer', 'null']", "POST /books 201.id: null answered newly"),
        ("book['required'].remove('title')", "POST /books 201: field title may be missing now"),
    ],
)
def test_what_clients_lose_is_found(change: str, message: str) -> None:
    assert changed(change) == [message]


@pytest.mark.parametrize(
    "change",
    [
        "pass",
        "new['paths']['/shelves'] = {}",
        "post['parameters'].append({'in': 'query', 'name': 'q'})",
        "post['responses']['202'] = post['responses']['201']",
        "new_book['properties']['isbn'] = {'type': 'string'}",
        "new_book['properties']['title']['type'] = ['string', 'null']",
        "new_book['properties']['format']['enum'].append('txt')",
        "new_book['required'] = []",
        "book['properties']['isbn'] = {'type': 'string'}",
        "book['properties']['author'] = {'type': 'string'}",
        "book['required'].append('author')",
    ],
)
def test_additions_are_no_breaks(change: str) -> None:
    assert changed(change) == []


def test_a_schema_that_contains_itself_ends() -> None:
    looped = copy.deepcopy(OLD)
    looped["components"]["schemas"]["Book"]["properties"]["sequel"] = {"$ref": "#/components/schemas/Book"}
    assert list(breaks(looped, looped)) == []


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("- Breaking: `/books` has no author.", 0),
        ("- Breaking: `POST /books` has no author.", 0),
        ("- Breaking: the schema\n  `Book` has no author.", 0),
        ("- `/books` has no author.", 1),
        ("- Breaking: `/jobs` is gone.", 1),
    ],
)
def test_a_break_has_to_be_named_in_the_first_section(line: str, missing: int) -> None:
    new = copy.deepcopy(OLD)
    del new["components"]["schemas"]["Book"]["properties"]["author"]
    changelog = f"# Changelog\n\n## Unreleased\n\n{line}\n\n## 0.1.0\n\n- Breaking: `/books` is old.\n"
    assert len(unannounced(list(breaks(OLD, new)), changelog)) == missing
