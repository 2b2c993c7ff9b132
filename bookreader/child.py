"""The child process: confines itself, does one task on one file, and writes events to its standard output.

Run as `python -m bookreader.child LIMITS TASK`, both JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bookreader.document import Event, Refused, encode, lines
from bookreader.limits import Limits
from servicekit import sandbox

FLUSH_S = 0.1
_CODE = [Path(__file__).parent.parent / package for package in ("bookreader", "servicekit", "textkit")]
_FONTS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]  # for pages that bring none
MEMORY = "reading it takes more memory than the {} MiB allowed"


def set_limits(limits: Limits) -> None:
    """Limit this process, which may write no files either, and leaves no core dumps."""
    memory = limits.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def main(arguments: list[str]) -> int:
    """Do the task and write its events."""
    limits, task = Limits(**json.loads(arguments[0])), json.loads(arguments[1])
    set_limits(limits)
    sandbox.enter([Path(task["path"]), *_CODE, *_FONTS])
    out, flushed = sys.stdout.buffer, 0.0
    try:
        for line in lines(_do(limits, **task)):
            out.write(line)
            if time.monotonic() - flushed >= FLUSH_S:  # a client may follow the progress
                out.flush()
                flushed = time.monotonic()
    except (MemoryError, RecursionError):
        out.write(b"\n" + encode(Refused(MEMORY.format(limits.memory_mb))))
    out.flush()
    return 0


def _do(limits: Limits, *, task: str, path: str, name: str = "", **details: Any) -> Iterator[Event]:
    file = Path(path)
    if task == "read":
        from bookreader import formats

        yield from formats.read(file, name, limits)
    else:
        from bookreader import pictures

        yield from pictures.TASKS[task](file, limits, **details)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
