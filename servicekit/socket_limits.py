"""Socket time limits kept by the kernel: Python's own cost a poll and a release of the GIL for each call."""

from __future__ import annotations

import select
import socket
import struct

_EXACT_S = 2.0


class LimitedSocket(socket.socket):
    """A socket, by its file descriptor, whose blocking calls have time limits of the kernel."""

    __slots__ = ("_limits",)

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        self._limits: dict[int, float] = {}

    def limit(self, option: int, seconds: float) -> None:
        """Let each receive or send (`SO_RCVTIMEO`, `SO_SNDTIMEO`) raise BlockingIOError after `seconds` (or 1 s less).

        Long limits are rounded down to whole seconds, so that the next call mostly finds its limit set already.
        """
        seconds = float(int(seconds)) if seconds > _EXACT_S else seconds
        if self._limits.get(option) != seconds:
            microseconds = max(1, int(seconds * 1_000_000))  # 0 would be no limit
            self.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(microseconds, 1_000_000)))
            self._limits[option] = seconds


def readable(plain: socket.socket, wait_s: float) -> bool:
    """Whether within `wait_s` seconds there is something to receive, or the peer has closed."""
    poll = select.poll()
    poll.register(plain, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))
