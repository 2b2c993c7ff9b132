"""A TCP proxy that spoils the answers of the HTTP server behind it, in the ways that networks and dying servers do."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

FAULTS = (
    "refuse",
    "reset_before_answer",
    "reset_in_head",
    "reset_in_body",
    "half_open",
    "byte_a_second",
    "byte_a_second_in_body",
    "late",
    "wrong_length",
    "truncated_json",
    "not_http",
    "burst_of_500",
    "burst_of_502",
)
LATE_S = 2.0


class FaultProxy:
    """Listens on a port of its own; `fault` may be changed at any time, None lets everything through."""

    def __init__(self, target: tuple[str, int], fault: str | None = None) -> None:
        self.fault = fault
        self.connections = 0
        self._target = target
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; connections that are being held are let go."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            if self.fault == "refuse":
                _reset(client)
                return
            request = _read_message(client)
            if not request or self._spoiled_before_answer(client):
                return
            with socket.create_connection(self._target, timeout=10) as server:
                head, _, body = request.partition(b"\r\n\r\n")
                server.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
                answer = b"".join(iter(lambda: server.recv(65_536), b""))
            self._answer(client, answer)

    def _spoiled_before_answer(self, client: socket.socket) -> bool:
        """Whether the fault leaves nothing to ask the server for."""
        fault = self.fault or ""
        if fault == "reset_before_answer":
            _reset(client)
        elif fault == "half_open":
            self._stopping.wait()
        elif fault == "not_http":
            client.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        elif fault.startswith("burst_of_"):
            body = b"<html><h1>Oops</h1></html>"
            head = f"HTTP/1.1 {fault[-3:]} Oops\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body)
        else:
            return False
        return True

    def _answer(self, client: socket.socket, answer: bytes) -> None:
        head, _, body = answer.partition(b"\r\n\r\n")
        head += b"\r\n\r\n"
        match self.fault:
            case "reset_in_head":
                client.sendall(head[: len(head) // 2])
                _reset(client)
            case "reset_in_body":
                client.sendall(head + body[: len(body) // 2])
                _reset(client)
            case "byte_a_second":
                self._trickle(client, head + body)
            case "byte_a_second_in_body":
                client.sendall(head)
                self._trickle(client, body)
            case "late":
                self._stopping.wait(LATE_S)
                client.sendall(answer)
            case "wrong_length":
                client.sendall(head + body[:-1])
            case "truncated_json":
                cut = body[: len(body) // 2]
                client.sendall(_with_length(head, len(cut)) + cut)
            case _:
                client.sendall(answer)

    def _trickle(self, client: socket.socket, data: bytes) -> None:
        for byte in data:
            client.sendall(bytes([byte]))
            if self._stopping.wait(1.0):
                return


@contextlib.contextmanager
def fault_proxy(target: tuple[str, int], fault: str | None = None) -> Iterator[FaultProxy]:
    """A proxy that is closed afterwards."""
    proxy = FaultProxy(target, fault)
    try:
        yield proxy
    finally:
        proxy.close()


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _with_length(head: bytes, length: int) -> bytes:
    lines = [line for line in head.strip().split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    return b"\r\n".join([*lines, b"Content-Length: %d" % length, b"", b""])


def _read_message(client: socket.socket) -> bytes:
    """One request, with its body as sent; empty if the client went away."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := client.recv(65_536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length, chunked = 0, False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
        chunked |= line.startswith(b"transfer-encoding:") and b"chunked" in line
    while (chunked and not body.endswith(b"0\r\n\r\n")) or len(body) < length:
        if not (more := client.recv(65_536)):
            return b""
        body += more
    return head + b"\r\n\r\n" + body
