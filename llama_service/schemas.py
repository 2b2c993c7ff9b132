"""Request and response bodies of the routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from llama_service.engine import Generation
from servicekit.schemas import Model, Text

EngineName = Literal["auto", "extractive", "neural"]
StopText = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class GenerationFields(Model):
    """How text is generated; ignored by the extractive engine."""

    max_tokens: int | None = Field(
        None, ge=1, le=4096, description="Longest answer, tokens; by default it follows from the length asked for."
    )
    temperature: float = Field(0.0, ge=0, le=2, description="0 takes the likeliest token each time.")
    top_p: float = Field(1.0, gt=0, le=1, description="Share of the probability that is sampled from.")
    seed: int = Field(0, ge=0, le=4_294_967_294, description="The same seed gives the same text.")
    stop: list[StopText] = Field(default=[], max_length=8, description="Texts at which generation ends.")

    def generation(self) -> Generation:
        return Generation(self.max_tokens, self.temperature, self.top_p, self.seed, tuple(self.stop))


class SummaryRequest(GenerationFields):
    text: Text = Field(description="The text to summarise, of any length up to the body limit.")
    length: Literal["short", "medium", "long"] = "medium"
    engine: EngineName = "auto"


class PointsRequest(GenerationFields):
    text: Text = Field(description="The text to take key points from.")
    count: int = Field(5, ge=1, le=30)
    engine: EngineName = "auto"


class UsageAnswer(Model):
    prompt_tokens: int
    cached_tokens: int
    generated_tokens: int


class SummaryAnswer(Model):
    summary: str
    engine: str
    model: str
    parts: int = Field(description="In how many parts the text was read.")
    input_words: int
    summary_words: int
    usage: UsageAnswer | None = None


class PointsAnswer(Model):
    points: list[str]
    text: str = Field(description="The points, one a line, each after a hyphen.")
    engine: str
    model: str
    usage: UsageAnswer | None = None


class ModelAnswer(Model):
    engine: str
    model: str
    device: str
    loaded: bool
    selected: bool = Field(description="Whether `auto` means this engine.")
    why: str
    limits: dict[str, Any]


class ModelsAnswer(Model):
    service: str
    models: list[ModelAnswer]
