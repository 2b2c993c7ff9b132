"""Books, pages, chapters, pictures, search."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from contract.fields import (
    MAX_ID,
    MAX_NUMBER,
    BookId,
    Date,
    Isbn,
    Language,
    PageNumber,
    Paging,
    Query,
    Timestamp,
    usual_case,
)
from servicekit.schemas import Body, Line, Model, Storable, Text, Upload, WholeNumber

Sort = Literal[
    "id", "-id", "title", "-title", "author", "-author", "language", "-language",
    "created_at", "-created_at", "updated_at", "-updated_at", "page_count", "-page_count",
]  # fmt: skip
Format = Literal["pdf", "epub", "html", "markdown", "txt"]
Name = Annotated[Line, Field(examples=["H. G. Wells"])]


class BookPath(Model):
    """Names a book."""

    book_id: BookId


class PagePath(BookPath):
    """Names a page of a book."""

    page_number: PageNumber


class PicturePath(PagePath):
    """Names a picture on a page."""

    image_number: Annotated[
        WholeNumber, Field(ge=1, le=MAX_NUMBER, description="The picture on the page, from 1.", examples=[1])
    ]


class ListBooksQuery(Paging):
    """Which books, in which order."""

    q: Query | None = Field(
        None, description="Words that title, author, series or subjects must have; the last may be a beginning."
    )
    author: Query | None = Field(None, description="Words that the author must have.")
    series: Query | None = Field(None, description="Words that the series must have.", examples=["voyages"])
    subject: Query | None = Field(None, description="Words that the subjects must have.", examples=["time travel"])
    language: Annotated[Storable, Field(min_length=1, max_length=35), AfterValidator(usual_case)] | None = Field(
        None, description="A BCP 47 tag; `en` finds `en-GB` too.", examples=["en"]
    )
    sort: Sort = Field(
        "id",
        description="What to sort by; with `-` before it in descending order. Titles and authors are sorted "
        "without case, accents and leading articles.",
    )
    after: WholeNumber | None = Field(
        None,
        ge=1,
        le=MAX_ID,
        description="The id of the last book on the page before, as the `next` link has it: the page begins behind it, "
        "whatever was added or removed meanwhile. If that book is gone, `page` decides.",
        examples=[20],
    )


class SearchQuery(Paging):
    """What to search for."""

    q: Query = Field(description='Words, `"phrases"`, and `-` before what must not occur.', examples=["lighthouse"])
    book_id: Annotated[WholeNumber, Field(ge=1, le=MAX_ID)] | None = Field(
        None, description="Only pages of this book.", examples=[1]
    )


class SpanQuery(Model):
    """Which pages."""

    first_page: WholeNumber = Field(1, ge=1, le=MAX_NUMBER, description="The first page wanted.", examples=[1])
    last_page: WholeNumber | None = Field(
        None, ge=1, le=MAX_NUMBER, description="The last page wanted; the book's if not given.", examples=[3]
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_page is not None and self.last_page < self.first_page:
            raise ValueError("last_page must not be before first_page")
        return self


class PageImageQuery(Model):
    """How to draw a page."""

    width: WholeNumber = Field(1000, ge=16, le=4000, description="Width of the picture, pixels.", examples=[1000])


class BookFields(Body):
    """Metadata that a client may set."""

    description: Annotated[Storable, Field(max_length=10_000)] | None = Field(
        None, description="What the book is about.", examples=["A traveller visits the far future."]
    )
    isbn: Isbn | None = None
    language: Language | None = None
    publication_date: Date | None = None
    subtitle: Line | None = Field(None, examples=["An Invention"])
    authors: Annotated[list[Name], Field(max_length=100)] | None = Field(
        None, description="The authors one by one, in order; `author` alone if empty or null."
    )
    series: Line | None = Field(None, examples=["Scientific Romances"])
    series_index: float | None = Field(None, ge=0, le=100_000, description="The place in the series.", examples=[1])
    publisher: Line | None = Field(None, examples=["Heinemann"])
    subjects: Annotated[list[Line], Field(max_length=200)] | None = Field(None, examples=[["time travel", "fiction"]])


class BookReplacement(BookFields):
    """A book's metadata, all of it; its pages stay."""

    title: Line = Field(examples=["The Time Machine"])
    author: Line = Field(examples=["H. G. Wells"])


class NewBook(BookReplacement):
    """A book to create; `text`, if given, becomes its pages."""

    text: Text | None = Field(
        None, description="The book's text; cut into pages at sentence ends.", examples=["It was late. She read on."]
    )


class BookPatch(BookFields):
    """The metadata to change (RFC 7396): null removes a value, and what is not named stays."""

    title: Line = Field("", validate_default=False, examples=["The Time Machine"])
    author: Line = Field("", validate_default=False, examples=["H. G. Wells"])


class ImportForm(Model):
    """A file to import; what is not given is taken from the file."""

    file: Upload = Field(description="The book: PDF, EPUB, HTML, Markdown or plain text.")
    title: Line | None = Field(None, examples=["The Time Machine"])
    author: Line | None = Field(None, examples=["H. G. Wells"])
    description: Annotated[Storable, Field(max_length=10_000)] | None = None
    isbn: Isbn | None = None
    language: Language | None = None
    publication_date: Date | None = None


class Contributor(Model):
    """Somebody other than an author."""

    name: str = Field(examples=["J. Smith"])
    role: str = Field(
        description="A MARC relator code, such as `edt`, `ill` or `trl`; `ctb` if unknown.", examples=["trl"]
    )


class Warning(Model):
    """Something that an import skipped, guessed or recovered."""

    code: str = Field(description="One word for programs.", examples=["contents-missing"])
    message: str = Field(
        description="A sentence for people.", examples=["The contents are missing: headings were used."]
    )


class Book(Model):
    """A book."""

    id: int = Field(ge=1, examples=[1])
    title: str = Field(examples=["The Time Machine"])
    author: str = Field(examples=["H. G. Wells"])
    description: str | None = Field(examples=["A traveller visits the far future."])
    isbn: str | None = Field(description="ISBN-13, digits only.", examples=["9780306406157"])
    language: str | None = Field(description="A BCP 47 tag.", examples=["en"])
    publication_date: Date | None
    page_count: int = Field(ge=0, examples=[112])
    word_count: int = Field(ge=0, examples=[32414])
    source: str | None = Field(description="The name of the file it came from.", examples=["time-machine.txt"])
    created_at: Timestamp
    updated_at: Timestamp
    format: Format | None = Field(description="The format of the file it came from.", examples=["txt"])
    revision: int = Field(
        ge=1, description="Which version of the text this is; a page never changes within one.", examples=[1]
    )
    subtitle: str | None = Field(examples=["An Invention"])
    authors: list[str] = Field(description="The authors one by one, in order.", examples=[["H. G. Wells"]])
    contributors: list[Contributor] = Field(description="Editors, illustrators, translators and others.")
    series: str | None = Field(examples=["Scientific Romances"])
    series_index: float | None = Field(description="The place in the series.", examples=[1])
    publisher: str | None = Field(examples=["Heinemann"])
    subjects: list[str] = Field(examples=[["time travel", "fiction"]])
    warnings: list[Warning] = Field(description="What the import skipped, guessed or recovered.", examples=[[]])
    text_source: Literal["none", "embedded", "ocr"] = Field(
        description="Where the text comes from: the file itself, or recognised from its pictures; `none` for a scan "
        "that has not been read.",
        examples=["embedded"],
    )


class Page(Model):
    """A page of a book."""

    book_id: int = Field(examples=[1])
    page_number: int = Field(ge=1, examples=[7])
    page_count: int = Field(ge=1, examples=[112])
    revision: int = Field(ge=1, examples=[1])
    text: str = Field(examples=["The lamp was lit. Nobody came."])
    word_count: int = Field(ge=0, examples=[6])
    problem: str | None = Field(description="Why the page is empty, if it could not be read.", examples=[None])
    prev: str | None = Field(description="The path of the page before.", examples=["/books/1/pages/6"])
    next: str | None = Field(description="The path of the page after.", examples=["/books/1/pages/8"])


class PageText(Model):
    """A page's number and text."""

    page_number: int = Field(ge=1, examples=[7])
    text: str = Field(examples=["The lamp was lit. Nobody came."])


class BookText(Model):
    """The text of a book, or of some of its pages."""

    book_id: int = Field(examples=[1])
    title: str = Field(examples=["The Time Machine"])
    revision: int = Field(ge=1, examples=[1])
    first_page: int = Field(ge=1, examples=[7])
    last_page: int = Field(ge=0, examples=[7])
    page_count: int = Field(ge=0, examples=[112])
    pages: list[PageText]


class Chapter(Model):
    """A chapter. It may begin and end within a page."""

    number: int = Field(ge=1, examples=[1])
    title: str = Field(examples=["Introduction"])
    first_page: int = Field(ge=1, examples=[1])
    last_page: int = Field(ge=1, examples=[9])
    share: float = Field(ge=0, le=1, description="How much of the book's text it holds.", examples=[0.08])
    confidence: float = Field(ge=0, le=1, description="How sure it is that this is a chapter.", examples=[1.0])
    source: Literal["contents", "headings", "text"] = Field(
        description="What it was found by: the file's contents, its headings, or words in its text.",
        examples=["contents"],
    )
    first_offset: int = Field(
        ge=0, description="Where it begins in the text of its first page, in characters.", examples=[0]
    )
    level: int = Field(ge=1, description="1 for the outermost chapters.", examples=[1])


class Chapters(Model):
    """The chapters of a book."""

    book_id: int = Field(examples=[1])
    revision: int = Field(ge=1, examples=[1])
    chapters: list[Chapter]
    warnings: list[str] = Field(description="Why they may be wrong.", examples=[["No chapters were found."]])


class Picture(Model):
    """A picture on a page."""

    number: int = Field(ge=1, examples=[1])
    width: int = Field(ge=1, description="Pixels.", examples=[640])
    height: int = Field(ge=1, description="Pixels.", examples=[480])
    url: str = Field(description="The path of the picture.", examples=["/books/1/pages/7/images/1"])


class SearchHit(Model):
    """A page that was found."""

    book_id: int = Field(examples=[1])
    page_number: int = Field(ge=1, examples=[7])
    title: str = Field(examples=["The Time Machine"])
    author: str = Field(examples=["H. G. Wells"])
    snippet: str = Field(
        description="HTML: the text around the words, escaped, the words themselves in `<mark>`.",
        examples=["the <mark>lighthouse</mark> was dark"],
    )
    start: int = Field(
        ge=0, description="Where the first match begins in the page's text, in characters.", examples=[12]
    )
    end: int = Field(ge=0, description="Where it ends.", examples=[22])
    score: float = Field(description="Higher is better; comparable only within one response.", examples=[4.2])
    url: str = Field(description="The path of the page.", examples=["/books/1/pages/7"])


class FileName(Model):
    """What a file that is sent is called."""

    name: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        description="The name, by whose end the format may be known.", examples=["time-machine.txt"]
    )


class Extraction(Model):
    """What an import of a file would have read."""

    title: str | None
    author: str | None
    language: str | None
    format: Format
    page_count: int
    word_count: int
    pages: list[PageText]
