"""Summaries, key points and speech of a text: what clients send, what workers are sent, what both get back."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from contract.fields import MAX_ID, EngineName, Length, matching
from servicekit.schemas import Body, Model, Storable, Text, Upload, WholeNumber

EngineKind = Literal["auto", "extractive", "neural"]
StopText = Annotated[Storable, Field(min_length=1, max_length=64)]
SAMPLE = "This is a sample text to generate a summary."

LengthField: Any = Field(
    "medium", description="How long the summary should be: with a model about 40, 75 or 200 words.", examples=["short"]
)
EngineField: Any = Field(
    "auto",
    description="Which summariser: `auto` takes the route's own worker with what it has loaded; `bart` and `llama` "
    "insist on that worker's model; `extractive` picks the text's own best sentences.",
    examples=["auto"],
)
KindField: Any = Field("auto", description="`neural` must be the model, `extractive` needs none.", examples=["auto"])
TruncatedField: Any = Field(
    False,
    description="Whether the model's answer reached its limit; it then ends with its last whole sentence.",
    examples=[False],
)
DegradedField: Any = Field(False, description="Whether another engine than the wanted one answered.", examples=[False])
DegradedReasonField: Any = Field(
    None, description="Why, for example because what the model wrote did not pass the checks.", examples=[None]
)
Count = Annotated[int, Field(ge=1, le=30, description="How many points at most.", examples=[5])]
VOICE = r"^[A-Za-z0-9][A-Za-z0-9_.-]{1,39}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,39})?$"
Voice = Annotated[
    str,
    Field(
        json_schema_extra={"pattern": VOICE},
        description="A language tag such as `en`, `de-DE` or `ger`, or the name of an installed voice; the "
        "deployment's voice if not given.",
        examples=["en-gb"],
    ),
    matching(VOICE, "a language tag such as en-GB, or the name of an installed voice"),
]


class GenerationOptions(Body):
    """How a model writes; what is not given follows from the length and from the model's own settings."""

    max_tokens: int | None = Field(None, ge=1, le=4096, description="Longest answer, tokens.", examples=[120])
    min_tokens: int | None = Field(None, ge=0, le=1024, description="Shortest answer, tokens (BART).")
    num_beams: int | None = Field(None, ge=1, le=16, description="Beams of the search (BART).")
    no_repeat_ngram_size: int | None = Field(
        None, ge=0, le=16, description="No run of so many tokens twice; 0 is off (BART)."
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="0 takes the likeliest token each time, which is the default (Llama)."
    )
    top_p: float | None = Field(None, gt=0, le=1, description="Share of the probability sampled from (Llama).")
    seed: int | None = Field(None, ge=0, le=4_294_967_294, description="The same seed gives the same text (Llama).")
    stop: list[StopText] | None = Field(None, max_length=8, description="Texts at which writing ends (Llama).")

    @model_validator(mode="after")
    def _lengths_agree(self) -> Self:
        if self.min_tokens is not None and self.max_tokens is not None and self.min_tokens > self.max_tokens:
            raise ValueError("min_tokens must not be greater than max_tokens")
        return self

    def options(self) -> dict[str, Any]:
        """The options that are set, by name."""
        return self.model_dump(include=set(GenerationOptions.model_fields), exclude_none=True)


OPTIONS_OF = {
    "bart_service": frozenset({"max_tokens", "min_tokens", "num_beams", "no_repeat_ngram_size"}),
    "llama_service": frozenset({"max_tokens", "temperature", "top_p", "seed", "stop"}),
}


class SummaryRequest(GenerationOptions):
    """A text to summarise."""

    text: Text = Field(description="The text, of any length up to the body limit.", examples=[SAMPLE])
    length: Length = LengthField
    engine: EngineName = EngineField


class SpokenSummaryRequest(SummaryRequest):
    """A text to summarise and read aloud."""

    voice: Voice | None = None
    speed: float | None = Field(
        None, ge=0.5, le=2.0, description="How fast it is read; 1, the default, is 175 words a minute.", examples=[1.0]
    )

    def manner(self) -> dict[str, Any]:
        """The voice and speed that the client set."""
        return self.model_dump(include={"voice", "speed"}, exclude_none=True)


class SourceRequest(GenerationOptions):
    """Either a text or a book of the catalog."""

    source_names: ClassVar[str] = "text"

    text: Text | None = Field(None, description="A text.", examples=[SAMPLE])
    book_id: WholeNumber | None = Field(
        None, ge=1, le=MAX_ID, description="A book of the catalog, instead of a text.", examples=[None]
    )
    engine: EngineName = EngineField

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


class LongSummaryRequest(SourceRequest):
    """A text or a book to summarise."""

    length: Length = LengthField


class LongSummaryForm(Model):
    """A file to summarise, without storing it."""

    file: Upload = Field(description="A PDF, or any other format that can be imported.")
    length: Length = LengthField
    engine: EngineName = EngineField


class PointsRequest(SourceRequest):
    """A text (as `points` or `text`) or a book to take key points from."""

    source_names: ClassVar[str] = "points (or text)"

    text: Text | None = Field(None, description="A text.", examples=[None])
    points: Text | None = Field(
        None, description="The text, under the name that the first clients used.", examples=["Book description here"]
    )
    count: Count = 5

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if self.points is not None and self.text is not None and self.points != self.text:
            raise ValueError("give one of points and text, not both")
        return self

    def source_text(self) -> str | None:
        """The text, under whichever name it came."""
        return self.text if self.points is None else self.points


class SummaryTask(GenerationOptions):
    """A text that a worker is to summarise."""

    text: Text = Field(description="The text, of any length up to the body limit.", examples=[SAMPLE])
    length: Length = LengthField
    engine: EngineKind = KindField


class PointsTask(GenerationOptions):
    """A text that a worker is to take key points from."""

    text: Text = Field(description="The text, of any length up to the body limit.", examples=[SAMPLE])
    count: Count = 5
    engine: EngineKind = KindField


class SpeechTask(Body):
    """A text that a worker is to read aloud."""

    text: Text = Field(description="The text to read.", examples=["The lamp was lit."])
    voice: Voice | None = None
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is 175 words a minute.", examples=[1.0])


class TimingsTask(SpeechTask):
    """The same text, voice and speed as the speech that the timings belong to."""

    unit: Literal["sentence", "word"] = Field(
        "sentence", description="A cue for each sentence, or for each word.", examples=["sentence"]
    )


class Usage(Model):
    """Tokens that a Llama model worked through."""

    prompt_tokens: int = Field(ge=0, examples=[412])
    cached_tokens: int = Field(ge=0, description="How many of them had been read before.", examples=[300])
    generated_tokens: int = Field(ge=0, examples=[64])


class Summary(Model):
    """A summary, and what made it."""

    summary: str = Field(examples=["A sample text becomes a summary."])
    engine: str = Field(
        description="What made it: `extractive`, `ctranslate2`, `transformers` or `llama_cpp`.", examples=["extractive"]
    )
    model: str = Field(examples=["sentence-graph"])
    parts: int | None = Field(
        None, ge=1, description="In how many parts the text was read; null for a book.", examples=[1]
    )
    input_words: int | None = Field(None, ge=0, description="Words of the text; null for a book.", examples=[9])
    summary_words: int = Field(ge=0, examples=[6])
    usage: Usage | None = Field(None, description="From the Llama worker's model; null otherwise.")
    truncated: bool = TruncatedField
    degraded: bool = DegradedField
    degraded_reason: str | None = DegradedReasonField
    result: str | None = Field(None, description="Of a book: the path of the stored summary.", examples=[None])


class Points(Model):
    """Key points, as a list and as plain text."""

    points: list[str] = Field(examples=[["The lamp was lit.", "Nobody came."]])
    text: str = Field(
        description="The same, one line each, with a leading dash.", examples=["- The lamp was lit.\n- Nobody came."]
    )
    engine: str = Field(description="What made them, as in a summary.", examples=["extractive"])
    model: str = Field(examples=["sentence-graph"])
    usage: Usage | None = Field(None, description="From the Llama worker's model; null otherwise.")
    truncated: bool = TruncatedField
    degraded: bool = DegradedField
    degraded_reason: str | None = DegradedReasonField
    result: str | None = Field(None, description="Of a book: the path of the stored result.", examples=[None])

    @classmethod
    def of(cls, points: list[str], **more: Any) -> Self:
        """The list with its plain text."""
        return cls(points=points, text="\n".join(f"- {point}" for point in points), **more)
