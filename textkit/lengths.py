"""How long summaries are: the lengths to choose from and their size in words."""

from __future__ import annotations

from typing import Literal

Length = Literal["short", "medium", "long"]

# Words of a summary of a 1,000-word text.
TARGET_WORDS: dict[Length, int] = {"short": 60, "medium": 150, "long": 400}
# How long a chapter's summary is beside the summary of its book.
CHAPTER_LENGTH: dict[Length, Length] = {"short": "short", "medium": "short", "long": "medium"}
