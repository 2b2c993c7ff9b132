"""Waiting at sockets, with time limits kept by the kernel: Python's own cost a poll and the interpreter each."""

from __future__ import annotations

import select
import socket
import struct

_EXACT_S = 2.0


class LimitedSocket(socket.socket):
    """A socket, by its descriptor, whose blocking calls the kernel ends in time."""

    __slots__ = ("_limits",)

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        self._limits: dict[int, float] = {}

    def limit(self, option: int, seconds: float) -> None:
        """Let each receive or send (`SO_RCVTIMEO`, `SO_SNDTIMEO`) end with BlockingIOError in time, up to 1 s early.

        Long limits are rounded down to whole seconds, so that the next call's is mostly the one that is set already.
        """
        seconds = float(int(seconds)) if seconds > _EXACT_S else seconds
        if self._limits.get(option) != seconds:
            microseconds = max(1, int(seconds * 1_000_000))  # 0 would be for ever
            self.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(microseconds, 1_000_000)))
            self._limits[option] = seconds


def readable(plain: socket.socket, wait_s: float) -> bool:
    """Whether there is something to receive, or the peer has gone, within so many seconds."""
    poll = select.poll()
    poll.register(plain, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))
