"""The engine that needs no model: it selects sentences of the text itself, by textkit. Always ready."""

from __future__ import annotations

from collections.abc import Iterator

from modelkit.engine import Event, Request, Result, Status, Token
from modelkit.large_texts import LARGE, LargeTexts, extract

NAME, MODEL = "extractive", "sentence-graph"
STATUS = Status(NAME, MODEL, "cpu", limits={"input_tokens": None})


class ExtractiveEngine:
    """Answers in one piece, the same every time: in the thread of the request, or a child process if it is large."""

    name = NAME
    rules = ()

    def __init__(self) -> None:
        self._large = LargeTexts()

    def start(self) -> None:
        """Nothing to load."""

    def answer(self, request: Request) -> Iterator[Event]:
        """The text as one token, then the result. Raises as `LargeTexts.extract` does."""
        asked = (request.text, request.length, request.count)
        texts = (yield from self._large.extract(*asked)) if len(request.text) > LARGE else extract(*asked)
        yield Token(as_lines(texts) if request.count else texts[0])
        yield Result(NAME, MODEL, texts)

    def status(self) -> Status:
        """Always ready."""
        return STATUS

    def close(self) -> None:
        """Nothing to free."""


def as_lines(points: tuple[str, ...]) -> str:
    """Key points as text, one a line, each after a hyphen."""
    return "\n".join(f"- {point}" for point in points)
