"""What one parser may use, and how large a book may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one parser may use, and how large a book may be."""

    memory_mb: int
    cpu_s: int
    max_pages: int
    max_text_chars: int
    page_chars: int
    max_pixels: int
