"""Engines and models of the workers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from servicekit.schemas import Model


class ModelInfo(Model):
    """One engine of one worker."""

    service: str = Field(examples=["bart_service"])
    engine: str = Field(examples=["extractive"])
    model: str | None = Field(examples=["sentence-graph"])
    device: str | None = Field(examples=["cpu"])
    loaded: bool = Field(examples=[True])
    selected: bool = Field(description="Whether `auto` means this engine.", examples=[True])
    why: str = Field(description="Why it is or is not the one that answers.", examples=["BART_ENGINE is extractive"])
    limits: dict[str, int | float | str | bool | None] = Field(
        description="What it takes: windows and lengths in tokens, slots, formats.", examples=[{"window": 1024}]
    )
    card: dict[str, Any] | None = Field(
        None, description="What a training run wrote of its model: data, scores, licence.", examples=[None]
    )


class WorkerModels(Model):
    """Every engine of one worker."""

    service: str = Field(examples=["bart_service"])
    models: list[ModelInfo]


class Models(Model):
    """Every engine of every worker."""

    models: list[ModelInfo]
    unreachable: list[str] = Field(description="Workers that did not answer.", examples=[[]])
