"""The engine that is always there: sentences of the text itself, ranked by textkit. Needs no model."""

from __future__ import annotations

from collections.abc import Iterator

from llama_service.engine import Event, Generation, Length, Result, Status, Token
from textkit import extractive


class ExtractiveEngine:
    """Answers at once, in one piece, the same every time."""

    name = "extractive"
    model = "sentence-graph"

    def summarise(self, text: str, length: Length, generation: Generation) -> Iterator[Event]:
        summary = extractive.summarise(text, length=length).summary
        yield Token(summary)
        yield Result((summary,))

    def points(self, text: str, count: int, generation: Generation) -> Iterator[Event]:
        points = tuple(extractive.key_points(text, count))
        yield Token("\n".join(f"- {point}" for point in points))
        yield Result(points)

    def status(self) -> Status:
        return Status(self.name, self.model, "cpu")

    def close(self) -> None:
        """Nothing to free."""
