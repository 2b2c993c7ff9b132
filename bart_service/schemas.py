"""Request and response bodies of the BART worker."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from servicekit.schemas import Model, Text

LengthName = Literal["short", "medium", "long"]
EngineChoice = Literal["auto", "extractive", "neural"]
Tokens = Annotated[int, Field(ge=1, le=1024)]


class Answer(Model):
    """A response body: unknown fields are allowed, so that a newer worker can say more."""


class GenerationFields(Model):
    """Settings of the neural engine; what is not given comes from `length` and from the model's own configuration."""

    num_beams: int | None = Field(None, ge=1, le=16, description="Beams of the search. 4 unless the model says other.")
    min_tokens: Annotated[int, Field(ge=0, le=1024)] | None = Field(None, description="Fewest tokens of the summary.")
    max_tokens: Tokens | None = Field(None, description="Most tokens of the summary.")
    no_repeat_ngram_size: int | None = Field(
        None, ge=0, le=16, description="No run of this many tokens twice; 0 is off."
    )

    @model_validator(mode="after")
    def lengths_agree(self) -> GenerationFields:
        """The fewest tokens are not more than the most."""
        if self.min_tokens is not None and self.max_tokens is not None and self.min_tokens > self.max_tokens:
            raise ValueError("min_tokens must not be greater than max_tokens")
        return self

    def generation(self) -> dict[str, int | None]:
        """The fields above, by name."""
        return self.model_dump(include=set(GenerationFields.model_fields))


class SummaryRequest(GenerationFields):
    """A text of any length."""

    text: Text = Field(description="The text to summarise.")
    length: LengthName = Field("medium", description="About 40, 75 or 200 words with a neural engine.")
    engine: EngineChoice = Field("auto", description="`neural` must be the model, `extractive` needs none.")


class SummaryAnswer(Answer):
    """A summary and what made it."""

    summary: str
    engine: str
    model: str
    parts: int
    input_words: int
    summary_words: int


class PointsRequest(GenerationFields):
    """A text of any length, and how many points are wanted."""

    text: Text = Field(description="The text to take the points from.")
    count: int = Field(5, ge=1, le=30, description="Most points.")
    engine: EngineChoice = Field("auto", description="`neural` must be the model, `extractive` needs none.")


class PointsAnswer(Answer):
    """Key points, as a list and as plain text."""

    points: list[str]
    text: str
    engine: str
    model: str


class SpeechRequest(Model):
    """What to say, and how."""

    text: Text = Field(description="The text to speak.")
    voice: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{2,40}$")] | None = Field(
        None, description="A language code such as `en`, `en-gb`, `de`."
    )
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is 175 words a minute.")


class TimingsRequest(SpeechRequest):
    """The same text, voice and speed as the speech it goes beside."""

    unit: Literal["sentence", "word"] = Field("sentence", description="A cue for each sentence, or for each word.")


class ModelRow(Answer):
    """An engine, and why it is or is not the one that answers."""

    engine: str
    model: str
    device: str
    loaded: bool
    selected: bool
    why: str
    limits: dict[str, Any]
    card: dict[str, Any] | None = Field(None, description="What a training run wrote of the model, if it came so.")


class ModelsAnswer(Answer):
    """The engines of this service."""

    service: str
    models: list[ModelRow]
