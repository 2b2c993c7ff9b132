"""What the public API takes and answers. The catalog validates books itself; here they document it."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from flask_openapi import FileStorage
from pydantic import ConfigDict, Field, field_validator, model_validator
from werkzeug.datastructures import FileStorage as UploadedFile

from servicekit.schemas import Body, Line, Model, Storable, Text

Length = Literal["short", "medium", "long"]
Engine = Literal["auto", "bart", "llama", "extractive"]

LENGTH_FIELD: Any = Field("medium", description="How long the summary should be.")
ENGINE_FIELD: Any = Field(
    "auto",
    description="Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` "
    "insist on that worker's model; `extractive` picks the text's own best sentences.",
)


class BookPath(Model):
    """Names a book."""

    book_id: int = Field(ge=1, description="The book's id.")


class PagePath(BookPath):
    """Names a page of a book."""

    page_number: int = Field(ge=1, description="The page, from 1.")


class ListQuery(Model):
    """Paging of a list."""

    page: int = Field(1, ge=1, description="Which page of the list, from 1.")
    per_page: int = Field(20, ge=1, le=100, description="Books on each page of the list.")


class BookFields(Model):
    """What a client may say of a book."""

    description: Annotated[Storable, Field(max_length=10_000)] | None = None
    isbn: Annotated[Storable, Field(max_length=32)] | None = None
    language: Annotated[Storable, Field(max_length=35)] | None = Field(None, description="A BCP 47 tag, such as `en`.")
    publication_date: datetime.date | None = Field(None, description="YYYY-MM-DD.")


class NewBook(BookFields):
    """A book to create; `text`, if given, becomes its pages."""

    title: Line
    author: Line
    text: Text | None = Field(None, description="The book's text; cut into pages at sentence ends.")


class BookReplacement(BookFields):
    """A book's particulars, all replaced; its pages stay."""

    title: Line
    author: Line


class BookPatch(BookFields):
    """The particulars to change; the others stay."""

    title: Line | None = None
    author: Line | None = None


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
    source: str | None
    created_at: datetime.datetime
    updated_at: datetime.datetime
    format: str | None = Field(description="The format of the file it came from.")
    revision: int = Field(description="Which version of the text this is; a page never changes within one.")


class Page(Model):
    """A page of a book."""

    model_config = ConfigDict(extra="allow")

    book_id: int
    page_number: int
    page_count: int
    revision: int
    text: str
    word_count: int
    problem: str | None = Field(description="Why the page is empty, if it could not be read.")
    prev: str | None = Field(description="The page before.")
    next: str | None = Field(description="The page after.")


class ImportForm(BookFields):
    """A file to import; what is not said is taken from the file."""

    file: FileStorage = Field(description="The book: a PDF, EPUB, HTML, Markdown or text file.")
    title: Line | None = None
    author: Line | None = None


StopText = Annotated[Storable, Field(min_length=1, max_length=64)]


class GenerationOptions(Body):
    """How a model writes; what is not given follows from the length asked for and from the model's own settings."""

    max_tokens: int | None = Field(None, ge=1, le=4096, description="Longest answer, tokens.")
    min_tokens: int | None = Field(None, ge=0, le=1024, description="Shortest answer, tokens (BART).")
    num_beams: int | None = Field(None, ge=1, le=16, description="Beams of the search (BART).")
    no_repeat_ngram_size: int | None = Field(None, ge=0, le=16, description="No run of so many tokens twice (BART).")
    temperature: float | None = Field(None, ge=0, le=2, description="0 takes the likeliest token each time (Llama).")
    top_p: float | None = Field(None, gt=0, le=1, description="Share of the probability sampled from (Llama).")
    seed: int | None = Field(None, ge=0, le=4_294_967_294, description="The same seed gives the same text (Llama).")
    stop: list[StopText] | None = Field(None, max_length=8, description="Texts at which writing ends (Llama).")

    def given(self) -> dict[str, Any]:
        """The options that the client set."""
        return self.model_dump(include=set(GenerationOptions.model_fields), exclude_none=True)


class SummaryRequest(GenerationOptions):
    """A text to summarise."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "This is a sample text to generate a summary.", "length": "short"}}
    )

    text: Text
    length: Length = LENGTH_FIELD
    engine: Engine = ENGINE_FIELD


class SpokenSummaryRequest(SummaryRequest):
    """A text to summarise and read aloud."""

    voice: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{2,40}$")] | None = Field(
        None, description="A language code such as `en`, `en-gb` or `de`; the deployment's voice if not given."
    )
    speed: float | None = Field(None, ge=0.5, le=2.0, description="How fast it is read; 1 is the usual pace.")

    def manner(self) -> dict[str, Any]:
        """The voice and speed that the client set."""
        return self.model_dump(include={"voice", "speed"}, exclude_none=True)


class Usage(Model):
    """What a Llama model worked through."""

    model_config = ConfigDict(extra="allow")

    prompt_tokens: int
    cached_tokens: int = Field(description="How many of them had been read before.")
    generated_tokens: int


class Summary(Model):
    """A summary, and what made it."""

    model_config = ConfigDict(extra="allow")

    summary: str
    engine: str = Field(description="What really made it: `extractive`, `ctranslate2`, `transformers` or `llama_cpp`.")
    model: str
    parts: int | None = Field(None, description="In how many parts the text was read; not told of a book.")
    input_words: int | None = Field(None, description="Words of the text; not told of a book.")
    summary_words: int | None = None
    usage: Usage | None = Field(None, description="Told by the Llama worker's model.")
    degraded: bool | None = Field(None, description="Of a book: whether another engine than the wanted one answered.")
    result: str | None = Field(None, description="Of a book: the path of the stored summary.")


class SourceRequest(GenerationOptions):
    """Either a text or a book of the catalog."""

    source_names: ClassVar[str] = "text"

    text: Text | None = None
    book_id: int | None = Field(None, ge=1, lt=2**63, description="A book of the catalog, instead of a text.")
    engine: Engine = ENGINE_FIELD

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        text = self.source_text()
        if text is None and self.book_id is None:
            raise ValueError(f"give {self.source_names} or book_id")
        if text is not None and self.book_id is not None:
            raise ValueError("give one of text and book_id, not both")
        return self

    def source_text(self) -> str | None:
        """The text, under whichever name it came."""
        return self.text


class GenerateSummaryRequest(SourceRequest):
    """A text or a book to summarise."""

    length: Length = LENGTH_FIELD


class GenerateSummaryForm(Model):
    """A file to summarise, without storing it."""

    file: FileStorage = Field(description="A PDF, or any other format that can be imported.")
    length: Length = LENGTH_FIELD
    engine: Engine = ENGINE_FIELD

    @field_validator("file", mode="after")
    @classmethod
    def _is_a_file(cls, value: object) -> object:
        if not isinstance(value, UploadedFile) or not value.filename:
            raise ValueError("must be a file (curl: -F file=@book.pdf)")
        return value


class PointsRequest(SourceRequest):
    """A text (as `points` or `text`) or a book to take key points from."""

    model_config = ConfigDict(json_schema_extra={"example": {"points": "Book description here", "count": 5}})

    source_names: ClassVar[str] = "points (or text)"

    points: Text | None = Field(None, description="The text, under the name that the first clients used.")
    count: int = Field(5, ge=1, le=30, description="How many points at most.")

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if self.points is not None and self.text is not None and self.points != self.text:
            raise ValueError("give one of points and text, not both")
        return self

    def source_text(self) -> str | None:
        """The text, under whichever name it came."""
        return self.text if self.points is None else self.points


class Points(Model):
    """Key points, as a list and as plain text."""

    model_config = ConfigDict(extra="allow")

    points: list[str]
    text: str = Field(description="The same, one line each, with a leading dash.")
    engine: str
    model: str
    usage: Usage | None = Field(None, description="Told by the Llama worker's model.")
    degraded: bool | None = Field(None, description="Of a book: whether another engine than the wanted one answered.")
    result: str | None = Field(None, description="Of a book: the path of the stored result.")


class ModelInfo(Model):
    """One engine of one worker."""

    model_config = ConfigDict(extra="allow")

    service: str
    engine: str
    model: str | None
    device: str | None
    loaded: bool
    selected: bool
    why: str
    limits: dict[str, int | float | str | None]


class WorkerModels(Model):
    """Every engine of one worker, as it tells them."""

    model_config = ConfigDict(extra="allow")

    service: str
    models: list[dict[str, Any]]


class Models(Model):
    """Every engine of every worker."""

    models: list[ModelInfo]
    unreachable: list[str] = Field(description="Workers that did not answer.")
