"""What a reader tells of a file, piece by piece, and how it crosses from the child process to the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


class FileProblemError(Exception):
    """The file cannot be read; the text says why, for the person who sent it."""


@dataclass(frozen=True)
class About:
    """What a file says of itself. Comes first."""

    format: str
    title: str | None = None
    author: str | None = None
    language: str | None = None
    publication_date: str | None = None


@dataclass(frozen=True)
class PageRead:
    """One page; `problem` says why it is empty, if it could not be read."""

    text: str
    problem: str | None = None


@dataclass(frozen=True)
class Refused:
    """The file cannot be read, for this reason. Comes last."""

    reason: str


@dataclass(frozen=True)
class Done:
    """Everything was read. Comes last."""


Event = About | PageRead | Refused | Done
_KINDS: dict[str, type[Any]] = {"about": About, "page": PageRead, "refused": Refused, "done": Done}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass
class Document:
    """A file that was read."""

    about: About
    pages: list[PageRead] = field(default_factory=list)

    @property
    def word_count(self) -> int:
        """Words on all pages."""
        return sum(len(page.text.split()) for page in self.pages)


def encode(event: Event) -> bytes:
    """One line of JSON."""
    return json.dumps([_NAMES[type(event)], asdict(event)]).encode() + b"\n"


def decode(line: bytes) -> Event:
    """The event of a line.

    Raises:
        ValueError: the line is cut off or not one of ours.
    """
    try:
        name, fields = json.loads(line)
        event: Event = _KINDS[name](**fields)
    except (TypeError, KeyError) as error:
        raise ValueError("not an event") from error
    return event


def lines(events: Iterator[Event]) -> Iterator[bytes]:
    """The lines of a file's events; a FileProblemError becomes the last."""
    try:
        for event in events:
            yield encode(event)
        yield encode(Done())
    except FileProblemError as problem:
        yield encode(Refused(str(problem)))
