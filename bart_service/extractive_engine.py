"""The extractive engine as a batch engine, so that it shares the queue's bounds and priorities."""

from __future__ import annotations

from collections.abc import Sequence

from bart_service.engine import Output, Piece
from modelkit import extractive, large_texts
from modelkit.engine import Status


class ExtractiveBatchEngine:
    """Always there; takes texts of any length whole."""

    name = extractive.NAME

    def load(self) -> None:
        """Nothing to load."""

    def generate(self, pieces: Sequence[Piece]) -> list[Output]:
        """Sentences of each text in their order, or its key points."""
        return [self._one(piece) for piece in pieces]

    def status(self) -> Status:
        """What it is."""
        return extractive.STATUS

    def _one(self, piece: Piece) -> Output:
        texts = large_texts.extract(piece.text, piece.length, piece.count)
        return Output(points=texts) if piece.count else Output(texts[0])
