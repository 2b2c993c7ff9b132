"""Time limits of sockets, kept by the kernel: Python's own cost a call a poll, and a wait for the interpreter, each."""

from __future__ import annotations

import socket
import struct


def limit(plain: socket.socket, option: int, seconds: float) -> None:
    """Let each receive or send (`SO_RCVTIMEO`, `SO_SNDTIMEO`) of a blocking socket end with BlockingIOError in time."""
    microseconds = max(1, int(seconds * 1_000_000))  # 0 would be for ever
    plain.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(microseconds, 1_000_000)))
