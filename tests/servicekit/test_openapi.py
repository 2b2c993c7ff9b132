"""The document says what the rows validate, in the forms that linters and generators take."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field
from typing_extensions import TypeAliasType

from servicekit import events
from servicekit.openapi import Api, document
from servicekit.operations import Content, Header, Operation, json_content
from servicekit.schemas import Body, Model, Upload, WholeNumber

Size = TypeAliasType("Size", Literal["small", "large"])
ETAG = Header("ETag", "Changes with the content.", '"1"')
IF_NONE_MATCH = Header("If-None-Match", "What the client has.", '"1"')


class ShoePath(Model):
    shoe_id: WholeNumber = Field(ge=1, description="Names a shoe.", examples=[7])


class Filter(Model):
    size: Size | None = Field(None, description="Only this size.", examples=["large"])
    page: WholeNumber = Field(1, ge=1, description="From 1.")


class Lace(Model):
    length_cm: int = Field(examples=[90])


class Order(Body):
    size: Size = Field("small", description="Which size.")
    note: str | None = None
    count: int = Field(ge=1, examples=[2])


class Photo(Model):
    file: Upload = Field(description="A picture.")


class Shoe(Model):
    name: str = Field(examples=["Derby"])
    laces: list[Lace]
    size: Size = Field("small")


class Sold(Model):
    type: Literal["sold"] = "sold"


class Lost(Model):
    type: Literal["lost"] = "lost"


News = TypeAliasType("News", Annotated[Sold | Lost, Field(discriminator="type")])
ROWS = [
    Operation(
        "read_shoe", "GET", "/shoes/{shoe_id}", "Read a shoe", "shoes", {200: json_content(Shoe, "It.", ETAG)},
        scopes=("read",), path_type=ShoePath, headers=(IF_NONE_MATCH,),
    ),
    Operation(
        "list_shoes", "GET", "/shoes", "List shoes", "shoes", {200: json_content(list[Shoe], "They.")},
        query_type=Filter,
    ),
    Operation(
        "order_shoe", "POST", "/orders", "Order", "shoes", {201: json_content(Shoe, "It.")}, scopes=("write",),
        body_type=Order, form_type=Photo, failures=(409,),
    ),
    Operation(
        "follow", "GET", "/news", "Follow", "shoes", {200: Content("News.", News, (events.MEDIA_TYPE,))},
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def written() -> Any:
    api = Api("Shoes", "1", "A shop.", {"shoes": "Shoes.", "unused": "Nothing."}, security={"key": {"type": "http"}})
    return document(api, ROWS)


def test_a_default_of_a_request_is_said_in_words_and_makes_no_field_required(written: Any) -> None:
    order = written["components"]["schemas"]["Order"]
    assert order["required"] == ["count"]
    assert "default" not in str(order["properties"])
    assert order["properties"]["size"]["description"] == "Which size. Default: `small`."


def test_an_answer_requires_every_field_that_is_always_sent(written: Any) -> None:
    assert written["components"]["schemas"]["Shoe"]["required"] == ["name", "laces", "size"]


def test_messages_are_closed(written: Any) -> None:
    assert all(
        schema["additionalProperties"] is False
        for name, schema in written["components"]["schemas"].items()
        if "properties" in schema and name != "Problem"
    )


def test_every_message_has_an_example_made_of_its_fields(written: Any) -> None:
    schemas = written["components"]["schemas"]
    assert schemas["Shoe"]["examples"] == [{"name": "Derby", "laces": [{"length_cm": 90}], "size": "small"}]
    assert schemas["Order"]["examples"] == [{"count": 2}]


def test_named_types_stay_named(written: Any) -> None:
    assert written["components"]["schemas"]["Size"] == {"enum": ["small", "large"], "type": "string"}


def test_a_parameter_that_may_be_left_out_is_not_null(written: Any) -> None:
    size = written["components"]["parameters"]["size"]
    assert size["schema"] == {"enum": ["small", "large"], "type": "string"}
    assert "required" not in size
    assert written["components"]["parameters"]["shoe_id"]["required"] is True


def test_a_stream_is_a_text_whose_events_are_told_apart_by_their_type(written: Any) -> None:
    schema = written["paths"]["/news"]["get"]["responses"]["200"]["content"][events.MEDIA_TYPE]["schema"]
    assert schema["type"] == "string"
    assert schema["contentSchema"] == {"$ref": "#/components/schemas/News"}
    assert written["components"]["schemas"]["News"]["discriminator"]["mapping"]["sold"].endswith("/Sold")


def test_statuses_follow_from_what_the_row_takes(written: Any) -> None:
    assert set(written["paths"]["/orders"]["post"]["responses"]) == {
        "201", "400", "401", "403", "409", "413", "415", "422", "503", "default",
    }  # fmt: skip
    assert set(written["paths"]["/shoes/{shoe_id}"]["get"]["responses"]) == {
        "200", "304", "401", "403", "404", "422", "503", "default",
    }  # fmt: skip


def test_a_row_without_a_scope_needs_no_key(written: Any) -> None:
    assert written["paths"]["/news"]["get"]["security"] == []
    assert written["paths"]["/shoes/{shoe_id}"]["get"]["security"] == [{"key": []}, {}]


def test_only_tags_in_use_are_listed(written: Any) -> None:
    assert [tag["name"] for tag in written["tags"]] == ["shoes"]
