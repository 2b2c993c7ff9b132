"""Time limits of sockets, kept by the kernel: Python's own cost a call a poll, and a wait for the interpreter, each."""

from __future__ import annotations

import select
import socket
import struct


def limit(plain: socket.socket, option: int, seconds: float) -> None:
    """Let each receive or send (`SO_RCVTIMEO`, `SO_SNDTIMEO`) of a blocking socket end with BlockingIOError in time."""
    microseconds = max(1, int(seconds * 1_000_000))  # 0 would be for ever
    plain.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(microseconds, 1_000_000)))


def readable(plain: socket.socket, wait_s: float) -> bool:
    """Whether there is something to receive, or the peer has gone, within so many seconds."""
    poll = select.poll()
    poll.register(plain, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))
