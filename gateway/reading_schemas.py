"""What the public routes for reading and finding take and answer. The catalog validates; here they document."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, RootModel

from gateway.schemas import ListQuery, PagePath
from servicekit.schemas import Model


class BooksQuery(ListQuery):
    """Which books, in which order."""

    q: str | None = Field(None, description="Words that the title or the author must have.")
    author: str | None = Field(None, description="Words that the author must have.")
    language: str | None = Field(None, description="A BCP 47 tag; `en` finds `en-GB` too.")
    sort: str = Field(
        "id",
        description="`id`, `title`, `author`, `language`, `created_at`, `updated_at` or `page_count`; `-` before it "
        "turns the order.",
    )
    after: int | None = Field(
        None, ge=1, description="The id of the last book on the page before, as the `next` link has it."
    )


class SearchQuery(ListQuery):
    """What to look for."""

    q: str = Field(description='Words, `"phrases"`, and `-` before what must not occur.')


class SpanQuery(Model):
    """Which pages."""

    first_page: int = Field(1, ge=1, description="The first page wanted.")
    last_page: int | None = Field(None, ge=1, description="The last page wanted; the book's if not given.")


class ImageQuery(Model):
    """How wide a picture of a page should be."""

    width: int = Field(1000, description="Width in pixels.")


class ImagePath(PagePath):
    """Names a picture on a page."""

    image_number: int = Field(ge=1, description="The picture, from 1.")


class PageText(Model):
    """A page's number and text."""

    page_number: int
    text: str


class BookText(Model):
    """The text of a book, or of some of its pages."""

    model_config = ConfigDict(extra="allow")

    book_id: int
    title: str
    revision: int
    first_page: int
    last_page: int
    page_count: int
    pages: list[PageText]


class Chapter(Model):
    """A chapter. It may begin and end within a page."""

    model_config = ConfigDict(extra="allow")

    number: int
    title: str
    first_page: int
    last_page: int
    share: float = Field(description="How much of the book's text it holds, 0 to 1.")
    confidence: float = Field(description="How sure it is that this is a chapter, 0 to 1.")
    source: Literal["contents", "headings", "text"]
    first_offset: int = Field(0, description="Where it begins in the text of its first page, in characters.")


class Chapters(Model):
    """The chapters of a book."""

    model_config = ConfigDict(extra="allow")

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


class PageImages(RootModel[list[PageImage]]):
    """The pictures on a page."""


class SearchHit(Model):
    """A page that was found."""

    model_config = ConfigDict(extra="allow")

    book_id: int
    page_number: int
    title: str
    author: str
    snippet: str = Field(description="HTML: the text about the words, escaped, the words themselves in `<mark>`.")
    score: float = Field(description="Higher is better; comparable only within one answer.")
    url: str


class SearchHits(RootModel[list[SearchHit]]):
    """The pages that were found, the best first. `X-Total-Count` counts them, `Link` leads to more."""
