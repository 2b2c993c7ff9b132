"""Bases and field types for request and response schemas."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A request or response body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


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
        ValueError: for empty and whitespace-only text.
    """
    if not text or text.isspace():
        raise ValueError("must not be empty or only white space")
    return text


Storable = Annotated[str, AfterValidator(storable)]
Text = Annotated[str, AfterValidator(storable), AfterValidator(not_blank), Field(min_length=1)]
Line = Annotated[str, AfterValidator(storable), AfterValidator(not_blank), Field(min_length=1, max_length=500)]
