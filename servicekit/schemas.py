"""Bases and field types for request and response schemas."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"})
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")  # fillers, and the braille pattern without dots
_LINE_BREAKERS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")
_BIDI_CONTROLS = re.compile("[\\u202a-\\u202e\\u2066-\\u2069]")
_BEGINNING = 1000


class Model(BaseModel):
    """A request or response body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class MakerHeader(BaseModel):
    """Headers of a request that makes something."""

    idempotency_key: str | None = Field(
        None,
        alias="Idempotency-Key",
        description="The same key with the same body gives the same answer and makes nothing twice.",
    )


class ChangerHeader(BaseModel):
    """Headers of a request that changes something."""

    if_match: str | None = Field(
        None, alias="If-Match", description="The `ETag` that was read: if it has changed since, 412."
    )


class Body(Model):
    """A JSON request body: values are not converted from other types (true is no number, "5" neither)."""

    model_config = ConfigDict(strict=True)


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
