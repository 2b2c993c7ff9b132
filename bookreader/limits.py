"""What one child process may use, and how large a book may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The defaults are those of the catalog. `nice` is the priority that the process gives up, 0 to 19."""

    memory_mb: int = 1024
    cpu_s: int = 60
    max_pages: int = 20_000
    max_text_chars: int = 1 << 26
    page_chars: int = 1800
    max_pixels: int = 16_000_000
    max_output_bytes: int = 1 << 26
    nice: int = 10
