"""The child process: confines itself, does one task on one file, and writes events to its standard output.

Run as `python -m bookreader.child LIMITS TASK`, both JSON.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bookreader.document import Event, FileProblemError, Picture, Refused, encode, lines
from bookreader.limits import Limits
from servicekit import sandbox

FLUSH_S = 0.1
_CODE = [Path(__file__).parent.parent / package for package in ("bookreader", "servicekit", "textkit")]
_FONTS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]  # for pages that bring none
MEMORY = "reading it takes more memory than the {} MiB allowed"


def set_limits(limits: Limits, *, may_write: bool = False) -> None:
    """Limit this process: no file to write, unless it has one for its output; no core dump; others go first."""
    os.nice(limits.nice)
    memory = limits.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    written = limits.max_output_bytes if may_write else 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def main(arguments: list[str]) -> int:
    """Do the task and write its events."""
    limits, task = Limits(**json.loads(arguments[0])), json.loads(arguments[1])
    set_limits(limits, may_write=task.get("out") is not None)
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


def _do(
    limits: Limits, *, task: str, path: str, name: str = "", out: int | None = None, **details: Any
) -> Iterator[Event]:
    file = Path(path)
    if task == "read":
        from bookreader import formats

        yield from formats.read(file, name, limits)
    else:
        from bookreader import pictures

        for made in pictures.TASKS[task](file, limits, **details):
            if out is not None:
                _write(out, made.content, limits)
            yield Picture(made.media_type, made.width, made.height, len(made.content), made.page)


def _write(out: int, content: bytes, limits: Limits) -> None:
    rest = memoryview(content)
    try:
        while rest:
            rest = rest[os.write(out, rest) :]
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        raise FileProblemError(f"the pictures take more than the {limits.max_output_bytes:,} bytes allowed") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
