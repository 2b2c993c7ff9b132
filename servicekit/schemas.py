"""Bases and field types for request and response schemas."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.fields import FieldInfo
from werkzeug.datastructures import FileStorage

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"})
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")  # fillers, and the braille pattern without dots
_LINE_BREAKERS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")
_BIDI_CONTROLS = re.compile("[\\u202a-\\u202e\\u2066-\\u2069]")
_BEGINNING = 1000
_DIGITS = 4000


class Model(BaseModel):
    """A message: closed, so that a misspelt field is an error on both sides."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, protected_namespaces=(), json_schema_serialization_defaults_required=True
    )


class Body(Model):
    """A JSON request body: values are not converted from other types (true is no number, "5" neither)."""

    model_config = ConfigDict(strict=True)


class FieldError(Model):
    """One field that breaks a rule."""

    field: str = Field(description="The dotted name of the field.", examples=["text"])
    message: str = Field(description="What to change.", examples=["must not be empty or only white space"])


def _errors_may_be_absent(schema: dict[str, Any]) -> None:
    schema["required"] = [name for name in schema["required"] if name != "errors"]


class Problem(BaseModel):
    """An error (RFC 9457). `detail` says what to change; `errors` names the fields, where fields are wrong.

    Some problems have members of their own, such as `limit_bytes`, `accepted` or `job`.
    """

    model_config = ConfigDict(
        extra="allow", json_schema_serialization_defaults_required=True, json_schema_extra=_errors_may_be_absent
    )

    type: str = Field(description="A path that ends with the problem's name.", examples=["/problems#invalid-input"])
    title: str = Field(examples=["The request breaks a rule of this route"])
    status: int = Field(ge=400, le=599, description="The HTTP status.", examples=[422])
    detail: str = Field(description="What to change.", examples=["text must not be empty or only white space."])
    instance: str = Field(default="", description="The path of the request.", examples=["/summaries/generate"])
    request_id: str = Field(default="", description="Finds the request in the logs.", examples=["5f0c1d2e3a4b"])
    errors: list[FieldError] = Field(default=[], description="The fields that are wrong.")


class Health(Model):
    """The process is up."""

    status: Literal["ok"] = Field(examples=["ok"])
    service: str = Field(examples=["gateway"])


class Readiness(Model):
    """Whether it can serve."""

    ready: bool = Field(examples=[True])
    service: str = Field(examples=["gateway"])
    checks: dict[str, str] = Field(
        description="Each named check: `ok`, or why not.", examples=[{"catalog_service": "ok"}]
    )
    details: dict[str, str] = Field(
        {},
        description="What the operator should know, though it can serve.",
        examples=[{"sandbox": "ok"}],
    )


class Version(Model):
    """What runs here."""

    service: str = Field(examples=["gateway"])
    version: str = Field(examples=["0.2.0"])
    revision: str = Field(description="The commit that it was built from.", examples=["unknown"])


def _whole_number(value: object) -> object:
    """Only digits: pydantic would also take `1_0`, `+1` and `1.0`."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= _DIGITS):
        raise ValueError("must be a whole number")
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole_number)]


def _upload(value: object) -> object:
    if not isinstance(value, FileStorage) or not value.filename:
        raise ValueError("must be a file part with a file name")
    return value


Upload = Annotated[Any, AfterValidator(_upload), WithJsonSchema({"type": "string", "format": "binary"})]


def is_upload(info: FieldInfo) -> bool:
    """Whether a form's field is a file."""
    return any(getattr(one, "func", None) is _upload for one in info.metadata)


def storable(text: str) -> str:
    """Refuse characters that UTF-8 or a database cannot hold.

    Raises:
        ValueError: for NUL characters and lone surrogates.
    """
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"must not contain lone surrogates (character {error.start})") from None
    return text


def not_blank(text: str) -> str:
    """Refuse text without any visible character.

    Raises:
        ValueError: for text that is empty or only white space, control, format or unassigned characters.
    """
    if not has_text(text):
        raise ValueError("must not be empty or only white space")
    return text


def has_text(text: str) -> bool:
    """Whether it has a visible character."""
    return any(map(_visible, text[:_BEGINNING])) or any(map(_visible, set(text[_BEGINNING:])))


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE and character not in _BLANK_LETTERS


def on_one_line(text: str) -> str:
    """Refuse what breaks or reorders a line of a list.

    Raises:
        ValueError: for control characters, line breaks and overrides of the writing direction.
    """
    if _LINE_BREAKERS.search(text):
        raise ValueError("must be one line without control characters")
    if _BIDI_CONTROLS.search(text):
        raise ValueError("must not contain characters that change the writing direction")
    return text


Storable = Annotated[str, AfterValidator(storable)]
Text = Annotated[str, AfterValidator(storable), AfterValidator(not_blank), Field(min_length=1)]
Line = Annotated[
    str,
    AfterValidator(storable),
    AfterValidator(not_blank),
    AfterValidator(on_one_line),
    Field(min_length=1, max_length=500),
]
