"""Cuts a text into parts, and names each part by all that its output depends on. Pure: the same book, the same plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from textkit import chunks

Kind = Literal["summary", "points", "speech"]
SMALL_TAIL = 0.25  # a last part smaller than this share of a part is added to the one before


@dataclass(frozen=True)
class Task:
    """One call of an engine: a text and how it is wanted (a length, or a number of points; a model's options)."""

    kind: Kind
    text: str
    setting: str | int
    options: Mapping[str, Any] = field(default_factory=dict)

    def key(self, made_by: str) -> str:
        """The SHA-256 of all that the output depends on: equal parts of any two jobs share it."""
        wanted = {"kind": self.kind, "setting": self.setting, "options": dict(self.options), "text": self.text}
        content = json.dumps({**wanted, "made_by": made_by}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()


def parts(text: str, size: int) -> list[str]:
    """Cut a text at sentence ends into parts of at most `size` characters (the last one up to a quarter longer).

    The parts before the last two do not depend on what comes after them, so that a book read further shares them.
    """
    packed = chunks.pack(text, len, size, overlap=0.0)
    if len(packed) > 1 and packed[-1].end - packed[-1].start < size * SMALL_TAIL:
        return [*(chunk.text for chunk in packed[:-2]), text[packed[-2].start : packed[-1].end]]
    return [chunk.text for chunk in packed]


def groups(texts: Sequence[str], size: int) -> list[list[str]]:
    """Consecutive texts together, each group of at most `size` characters (more only if a single text is)."""
    found: list[list[str]] = []
    filled = size
    for text in texts:
        if filled + len(text) > size or not found:
            found.append([])
            filled = 0
        found[-1].append(text)
        filled += len(text) + 2
    return found


def counted(sections_parts: Sequence[Sequence[str]], *, points: bool, audio: bool) -> int:
    """How many parts a job has by this plan; a very long book needs some more, to merge its summaries by levels."""
    leaves = sum(len(found) for found in sections_parts)
    joined = sum(len(found) > 1 for found in sections_parts)
    several = len(sections_parts) > 1
    return leaves + joined + several + points + (audio and 1 + several * len(sections_parts))
