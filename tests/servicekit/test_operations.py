"""Rows route and validate: what is wrong in a path, a query, a form or a body is named, and nothing else runs."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient


def errors(response: Any) -> dict[str, str]:
    return {error["field"]: error["message"] for error in response.json["errors"]}


@pytest.mark.parametrize("shoe_id", ["0", "x", "-1", "1.0", "1_0", "+1", "٣", "9" * 5000])
def test_a_path_that_names_nothing_is_404_and_not_passed_on(client: FlaskClient, shoe_id: str) -> None:
    assert client.get(f"/shoes/{shoe_id}").status_code == 404
    assert client.put(f"/shoes/{shoe_id}", json={}).status_code == 404


def test_an_unvalidated_row_leaves_the_body_alone(client: FlaskClient) -> None:
    assert client.put("/shoes/7", json={"any": "thing"}).json == {"shoe_id": 7, "sent": {"any": "thing"}}


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("size=60", "size", "less than or equal to 52"),
        ("size=1_0", "size", "whole number"),
        ("colour=red", "colour", "not a field"),
        ("size=20&size=21", "size", "given twice"),
    ],
)
def test_a_wrong_query_is_422_and_names_the_parameter(
    client: FlaskClient, query: str, field: str, message: str
) -> None:
    response = client.get(f"/shoes/?{query}")
    assert response.status_code == 422
    assert message in errors(response)[field]


@pytest.mark.parametrize("path", ["/deadline", "/shoes/1", "/healthz"])
def test_a_row_without_a_query_takes_none(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}?verbose=1")
    assert (response.status_code, list(errors(response))) == (422, ["verbose"])


def photo(**fields: Any) -> dict[str, Any]:
    return {"data": fields, "content_type": "multipart/form-data"}


def test_a_form_gives_its_file_and_its_texts(client: FlaskClient) -> None:
    assert client.post("/photos", **photo(file=(io.BytesIO(b"12345"), "a.png"), title="Derby")).json == {"bytes": 5}


def test_an_empty_text_of_a_form_counts_as_not_given(client: FlaskClient) -> None:
    assert client.post("/photos", **photo(file=(io.BytesIO(b"1"), "a.png"), title="")).status_code == 200


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({}, "file", "is required, as a file part"),
        ({"file": "text"}, "file", "must be a file part"),
        ({"photo": (io.BytesIO(b"1"), "a.png")}, "photo", "name it file"),
        ({"file": [(io.BytesIO(b"1"), "a"), (io.BytesIO(b"2"), "b")]}, "file", "given twice"),
        ({"file": (io.BytesIO(b"1"), "a"), "title": ["a", "b"]}, "title", "given twice"),
        ({"file": (io.BytesIO(b"1"), "a"), "colour": "red"}, "colour", "not a field"),
    ],
)
def test_a_wrong_form_is_422_and_names_the_field(client: FlaskClient, fields: Any, field: str, message: str) -> None:
    response = client.post("/photos", **photo(**fields))
    assert response.status_code == 422
    assert message in errors(response)[field]


def test_what_is_no_form_is_415(client: FlaskClient) -> None:
    response = client.post("/photos", json={"file": "x"})
    assert (response.status_code, response.json["accepted"]) == (415, ["multipart/form-data"])
