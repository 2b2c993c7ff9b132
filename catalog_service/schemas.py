"""What the catalog takes and answers."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self, TypeVar

from flask_openapi import FileStorage
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from catalog_service.books import MAX_ID, SORTS
from servicekit.problems import invalid_input
from servicekit.schemas import Line, Model, Storable, Text

MAX_NUMBER = 2**31 - 1
M = TypeVar("M", bound=BaseModel)


def parse(schema: type[M], data: object) -> M:
    """Validate `data`.

    Raises:
        InvalidInput: it breaks the schema; the problem names the fields.
    """
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise invalid_input(error) from None


def _calendar_date(value: object) -> object:
    """Only YYYY-MM-DD: pydantic would also take numbers, and times at midnight."""
    if value is None or isinstance(value, datetime.date):
        return value
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("must be a date written YYYY-MM-DD")
    return value


Day = Annotated[datetime.date, BeforeValidator(_calendar_date)]


Query = Annotated[Storable, Field(min_length=1, max_length=500)]


class BookPath(Model):
    """Names a book."""

    book_id: int = Field(ge=1, description="The book's id.")


class PagePath(BookPath):
    """Names a page of a book."""

    page_number: int = Field(ge=1, description="The page, from 1.")


class ImagePath(PagePath):
    """Names a picture on a page."""

    image_number: int = Field(ge=1, description="The picture, from 1.")


class ImageQuery(Model):
    """How to draw a page."""

    width: int = Field(1000, ge=16, le=4000, description="Width of the picture, pixels.")


class Paging(Model):
    """Paging of a list."""

    page: int = Field(1, ge=1, le=MAX_NUMBER, description="Which page of the list, from 1.")
    per_page: int = Field(20, ge=1, le=100, description="Entries on each page of the list.")


class ListQuery(Paging):
    """Which books, in which order."""

    q: Query | None = Field(
        None, description="Words that the title or the author must have; the last may be a beginning."
    )
    author: Query | None = Field(None, description="Words that the author must have.")
    language: Annotated[Storable, Field(min_length=1, max_length=35)] | None = Field(
        None, description="A BCP 47 tag; `en` finds `en-GB` too."
    )
    sort: Literal[tuple(way + name for name in SORTS for way in ("", "-"))] = Field(  # type: ignore[valid-type]
        "id", description="What to sort by; with `-` the other way round."
    )
    after: int | None = Field(
        None,
        ge=1,
        le=MAX_ID,
        description="The id of the last book on the page before, as the `next` link has it: the page begins behind it, "
        "whatever was added or removed meanwhile. If that book is gone, `page` decides.",
    )


class SearchQuery(Paging):
    """What to look for."""

    q: Query = Field(description='Words, `"phrases"`, and `-` before what must not occur.')


class SpanQuery(Model):
    """Which pages."""

    first_page: int = Field(1, ge=1, le=MAX_NUMBER, description="The first page wanted.")
    last_page: int | None = Field(
        None, ge=1, le=MAX_NUMBER, description="The last page wanted; the book's if not given."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_page is not None and self.last_page < self.first_page:
            raise ValueError("last_page must not be before first_page")
        return self


class BookFields(Model):
    """What a client may say of a book."""

    description: Annotated[Storable, Field(max_length=10_000)] | None = None
    isbn: Annotated[Storable, Field(max_length=32)] | None = None
    language: Annotated[Storable, Field(max_length=35)] | None = Field(None, description="A BCP 47 tag, such as `en`.")
    publication_date: Day | None = Field(None, description="YYYY-MM-DD.")


class BookReplacement(BookFields):
    """A book's particulars, all replaced; its pages stay."""

    title: Line
    author: Line


class NewBook(BookReplacement):
    """A book to create; `text`, if given, becomes its pages."""

    text: Text | None = Field(None, description="The book's text; cut into pages at sentence ends.")


class BookPatch(BookFields):
    """The particulars to change (RFC 7396); null removes one, and what is not named stays."""

    title: Line = Field("", validate_default=False)
    author: Line = Field("", validate_default=False)


class ImportFields(BookFields):
    """What a client may say of a file that it imports; the rest is taken from the file."""

    title: Line | None = None
    author: Line | None = None


class ImportForm(ImportFields):
    """A file to import."""

    file: FileStorage = Field(description="The book, as PDF, EPUB, HTML, Markdown or plain text.")


class FileForm(Model):
    """A file to read without storing it."""

    file: FileStorage = Field(description="The book, as PDF, EPUB, HTML, Markdown or plain text.")


class Book(Model):
    """A book."""

    model_config = ConfigDict(extra="allow")

    id: int
    title: str
    author: str
    description: str | None
    isbn: str | None
    language: str | None
    publication_date: datetime.date | None
    page_count: int
    word_count: int
    source: str | None = Field(description="The name of the file it came from.")
    created_at: datetime.datetime
    updated_at: datetime.datetime
    format: str | None = Field(description="The format of the file it came from.")
    revision: int = Field(description="Which version of the text this is; a page never changes within one.")


class Page(Model):
    """A page of a book."""

    book_id: int
    page_number: int
    page_count: int
    revision: int
    text: str
    word_count: int
    problem: str | None = Field(description="Why the page is empty, if it could not be read.")
    prev: str | None = Field(description="The page before.")
    next: str | None = Field(description="The page after.")


class PageText(Model):
    """A page's number and text."""

    page_number: int
    text: str


class BookText(Model):
    """The text of a book, or of some of its pages."""

    book_id: int
    title: str
    revision: int
    first_page: int
    last_page: int
    page_count: int
    pages: list[PageText]


class Chapter(Model):
    """A chapter. It may begin and end within a page."""

    number: int
    title: str
    first_page: int
    last_page: int
    share: float = Field(description="How much of the book's text it holds, 0 to 1.")
    confidence: float = Field(description="How sure it is that this is a chapter, 0 to 1.")
    source: str = Field(description="What it was found by: `contents`, `headings` or `text`.")
    first_offset: int = Field(default=0, description="Where it begins in the text of its first page, in characters.")


class Chapters(Model):
    """The chapters of a book."""

    book_id: int
    revision: int
    chapters: list[Chapter]
    warnings: list[str] = Field(description="Why they may be wrong.")


class PageImage(Model):
    """A picture on a page."""

    number: int
    width: int
    height: int
    url: str


class SearchHit(Model):
    """A page that was found."""

    book_id: int
    page_number: int
    title: str
    author: str
    snippet: str = Field(description="HTML: the text about the words, escaped, the words themselves in `<mark>`.")
    score: float = Field(description="Higher is better; comparable only within one answer.")
    url: str


class Extraction(Model):
    """What an import of a file would have read."""

    title: str | None
    author: str | None
    language: str | None
    format: str
    page_count: int
    word_count: int
    pages: list[PageText]
