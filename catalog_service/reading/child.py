"""The child process: takes limits on itself, reads one file, and writes events to its standard output.

Run as `python -m catalog_service.reading.child LIMITS PATH NAME`; LIMITS is JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

from catalog_service.reading.document import Refused, encode, lines

MEMORY = "reading it takes more memory than the {} MiB allowed"


@dataclass(frozen=True)
class Limits:
    """What one parser may use, and how large a book may be."""

    memory_mb: int
    cpu_s: int
    max_pages: int
    max_text_chars: int
    page_chars: int


def confine(limits: Limits) -> None:
    """Give up, for this process, whatever is over the limits; it writes no files and leaves no core dumps."""
    memory = limits.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def main(arguments: list[str]) -> int:
    """Read the file and write its events."""
    limits = Limits(**json.loads(arguments[0]))
    confine(limits)
    out = sys.stdout.buffer
    try:
        from catalog_service.reading import formats

        for line in lines(formats.read(Path(arguments[1]), arguments[2], limits)):
            out.write(line)
    except (MemoryError, RecursionError):
        out.write(b"\n" + encode(Refused(MEMORY.format(limits.memory_mb))))
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
