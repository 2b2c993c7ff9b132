"""Whether a client has hung up, asked of real sockets."""

from __future__ import annotations

import socket

import pytest
from flask import Flask

from servicekit import clients
from servicekit.gunicorn_worker import BoundedSocket


@pytest.fixture
def pair():
    here, there = socket.socketpair()
    with BoundedSocket(fileno=here.detach()) as server, there:
        server.setblocking(True)
        yield server, there


def ask(server: socket.socket | None) -> bool:
    environ = {} if server is None else {"gunicorn.socket": server}
    with Flask(__name__).test_request_context(environ_base=environ):
        return clients.gone()()


def test_a_waiting_client_is_there_and_asking_takes_no_bytes(pair):
    server, client = pair
    assert not ask(server)
    client.sendall(b"more")
    assert not ask(server)
    assert server.recv(4) == b"more"


def test_a_client_that_closed_has_disconnected_even_with_unread_bytes(pair):
    server, client = pair
    client.sendall(b"unread")
    client.close()
    assert ask(server)


def test_a_socket_that_we_closed_counts_as_disconnected(pair):
    server, _ = pair
    server.close()
    assert ask(server)


def test_a_server_that_passes_no_socket_never_reports_a_disconnect():
    assert not ask(None)
