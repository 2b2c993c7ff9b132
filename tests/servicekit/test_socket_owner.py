"""The user at the other end of a loopback connection."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from servicekit.socket_owner import peer_uid, same_user

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the Linux kernel")


@contextmanager
def connected(family: socket.AddressFamily, address: str, to: str) -> Iterator[tuple[socket.socket, socket.socket]]:
    """(the server's end, the client's end) of a loopback connection."""
    with socket.socket(family) as listener:
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((address, 0))
        listener.listen()
        with socket.create_connection((to, listener.getsockname()[1])) as client:
            server, _ = listener.accept()
            with server:
                yield server, client


@pytest.mark.parametrize(
    ("family", "address", "to"),
    [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET, "0.0.0.0", "127.0.0.5"),
        (socket.AF_INET6, "::1", "::1"),
        (socket.AF_INET6, "::", "127.0.0.1"),
    ],
)
def test_the_user_at_the_other_end_of_a_connection_is_found(
    family: socket.AddressFamily, address: str, to: str
) -> None:
    with connected(family, address, to) as (server, client):
        assert peer_uid(server) == peer_uid(client) == os.getuid()
        assert same_user(server)


@pytest.mark.skipif(os.getuid() != 0, reason="runs a client as another user: needs root")
def test_a_client_of_another_user_is_not_of_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = f"read -r _ < /dev/tcp/127.0.0.1/{listener.getsockname()[1]}"
        with subprocess.Popen(["bash", "-c", command], user=65534) as other:
            server, _ = listener.accept()
            with server:
                assert peer_uid(server) == 65534
                assert not same_user(server)
            other.wait(20)


def test_a_client_that_has_closed_is_of_nobody() -> None:
    with connected(socket.AF_INET, "127.0.0.1", "127.0.0.1") as (server, client):
        client.close()
        server.recv(1)  # returns when the client has closed
        assert peer_uid(server) == -1
        assert not same_user(server)
