"""The engine that needs no model: it selects sentences of the text itself, by textkit. Always ready."""

from __future__ import annotations

from collections.abc import Iterator

from modelkit.engine import Event, Length, Request, Result, Status, Token
from textkit import extractive

NAME, MODEL = "extractive", "sentence-graph"
STATUS = Status(NAME, MODEL, "cpu", limits={"input_tokens": None})


def extract(text: str, length: Length, count: int) -> tuple[str, ...]:
    """Up to `count` key points, or a summary as one text if `count` is 0."""
    if count:
        return tuple(extractive.key_points(text, count))
    return (extractive.summarise(text, length=length).summary,)


class ExtractiveEngine:
    """Answers at once and in one piece, the same every time, in the thread of the request."""

    name = NAME
    rules = ()

    def start(self) -> None:
        """Nothing to load."""

    def answer(self, request: Request) -> Iterator[Event]:
        """The text as one token, then the result."""
        texts = extract(request.text, request.length, request.count)
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
