"""The engine that needs no weights: it chooses sentences of the text, by textkit."""

from __future__ import annotations

from collections.abc import Sequence

from bart_service.engine import EngineInfo, Output, Piece
from textkit import extractive


class ExtractiveEngine:
    """Always there; takes texts of any length whole."""

    name = "extractive"

    def load(self) -> None:
        """Nothing to load."""

    def generate(self, pieces: Sequence[Piece]) -> list[Output]:
        """Sentences of each text in their order, or its key points."""
        return [self._one(piece) for piece in pieces]

    def info(self) -> EngineInfo:
        """What it is."""
        return EngineInfo("extractive", "sentence-graph", "cpu", {"input_tokens": None})

    def _one(self, piece: Piece) -> Output:
        if piece.task == "points":
            points = extractive.key_points(piece.text, piece.count)
            return Output("\n".join(points), points=tuple(points))
        return Output(extractive.summarise(piece.text, piece.length).summary)
