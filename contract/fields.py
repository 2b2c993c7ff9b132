"""Field types that several messages share."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from stdnum import isbn
from stdnum.exceptions import ValidationError as NotAnIsbn
from typing_extensions import TypeAliasType

from servicekit.schemas import Model, Storable, WholeNumber

MAX_ID = 2**63 - 1
MAX_NUMBER = 2**31 - 1

HEX_ID = r"^[0-9a-f]{32}$"
TAG = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
DATE = r"^[0-9]{4}(-[0-9]{2}){0,2}$"


def matching(pattern: str, words: str) -> AfterValidator:
    """Refuses other texts, with words for people; the document shows the pattern (`json_schema_extra`)."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {words}")
        return value

    return AfterValidator(check)


# Named, so that generated clients name them too.
Length = TypeAliasType("Length", Literal["short", "medium", "long"])
EngineName = TypeAliasType("EngineName", Literal["auto", "bart", "llama", "extractive"])

BookId = Annotated[WholeNumber, Field(ge=1, le=MAX_ID, description="The book's id.", examples=[1])]
PageNumber = Annotated[WholeNumber, Field(ge=1, le=MAX_NUMBER, description="The page, from 1.", examples=[7])]
JobId = Annotated[
    str,
    Field(
        json_schema_extra={"pattern": HEX_ID},
        description="The job's id, 32 hexadecimal digits.",
        examples=["0f8e6a1c5b7d4c2e9a3f1b5d7c9e0a2b"],
    ),
    matching(HEX_ID, "32 hexadecimal digits"),
]
SummaryId = Annotated[
    str,
    Field(
        json_schema_extra={"pattern": HEX_ID},
        description="The summary's id, 32 hexadecimal digits.",
        examples=["7c9e0a2b0f8e6a1c5b7d4c2e9a3f1b5d"],
    ),
    matching(HEX_ID, "32 hexadecimal digits"),
]
Sha256 = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="A SHA-256, 64 hexadecimal digits.", examples=["ab" * 32])
]
Query = Annotated[Storable, Field(min_length=1, max_length=500, examples=["lighthouse"])]
Timestamp = Annotated[
    datetime.datetime, Field(description="ISO 8601, UTC.", examples=["2026-11-26T21:00:00.000000+00:00"])
]


def _isbn_13(value: str) -> str:
    try:
        return str(isbn.to_isbn13(isbn.validate(value)))
    except NotAnIsbn:
        raise ValueError("must be an ISBN of 10 or 13 digits whose check digit is right") from None


def _in_the_calendar(value: str) -> str:
    year, month, day = ([*value.split("-"), "1", "1"])[:3]
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("must be a day that exists") from None
    return value


def usual_case(tag: str) -> str:
    """A language tag as RFC 5646, section 2.1.1, writes it: `zh-Hant-TW`."""
    first, *rest = tag.split("-")
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]
    return "-".join([first.lower(), *cased])


Isbn = Annotated[
    Storable,
    Field(
        max_length=32, description="ISBN-10 or ISBN-13, hyphens allowed; kept as ISBN-13.", examples=["9780306406157"]
    ),
    AfterValidator(_isbn_13),
]
Language = Annotated[
    Storable,
    Field(
        max_length=35,
        json_schema_extra={"pattern": TAG},
        description="A BCP 47 tag; kept in its usual case.",
        examples=["en"],
    ),
    matching(TAG, "a language tag such as en or en-GB"),
    AfterValidator(usual_case),
]
Date = Annotated[
    str,
    Field(
        json_schema_extra={"pattern": DATE},
        description="YYYY, YYYY-MM or YYYY-MM-DD, as precisely as it is known.",
        examples=["1895-05-07"],
    ),
    matching(DATE, "a date written YYYY, YYYY-MM or YYYY-MM-DD"),
    AfterValidator(_in_the_calendar),
]


class Paging(Model):
    """Paging of a list."""

    page: WholeNumber = Field(1, ge=1, le=MAX_NUMBER, description="Which page of the list, from 1.", examples=[1])
    per_page: WholeNumber = Field(20, ge=1, le=100, description="Entries on each page of the list.", examples=[20])
