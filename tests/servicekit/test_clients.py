"""Whether a client has hung up, asked of real sockets."""

from __future__ import annotations

import socket
import threading

import pytest
from flask import Flask

from servicekit import clients
from servicekit.abort import Aborted
from servicekit.gunicorn_worker import BoundedSocket
from servicekit.upstream import Upstream


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


def test_a_watcher_calls_back_when_the_client_hangs_up_and_not_before(pair):
    server, client = pair
    gone, calls = threading.Event(), []
    watcher = clients.Watcher()
    watcher.watch(server, lambda: (calls.append(1), gone.set()))
    client.sendall(b"more")
    assert calls == []
    client.shutdown(socket.SHUT_WR)
    assert gone.wait(20)
    assert calls == [1]


def test_a_watch_that_has_ended_calls_nobody(pair):
    server, client = pair
    gone, calls = threading.Event(), []
    watcher = clients.Watcher()
    watcher.watch(server, lambda: calls.append("ended"))()
    watcher.watch(server, gone.set)
    client.close()
    assert gone.wait(20)
    assert calls == []


def test_an_event_of_an_earlier_connection_does_not_reach_the_next_one_with_its_descriptor(pair):
    server, client = pair
    gone, calls = threading.Event(), []
    watcher = clients.Watcher()
    watcher.watch(server, lambda: (calls.append(1), gone.set()))
    watcher._handle(server.fileno())
    assert calls == []
    client.close()
    assert gone.wait(20)
    assert calls == [1]


def test_a_call_for_a_client_that_has_gone_is_cancelled(pair):
    """The other service never answers: only the client's end can end the call."""
    server, client = pair
    with socket.create_server(("127.0.0.1", 0)) as listener:
        upstream = Upstream("worker", f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=60)

        def hang_up():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1)
                client.close()
                assert connection.recv(65536) != b""
                assert connection.recv(65536) == b""  # it has been closed on the other side, too

        other = threading.Thread(target=hang_up)
        other.start()
        with Flask(__name__).test_request_context(environ_base={"gunicorn.socket": server}):
            with pytest.raises(Aborted):
                upstream.call("POST", "/x")
            clients.forget()()
        other.join(20)


def test_a_client_that_has_gone_ends_the_body_it_was_sent(pair):
    server, client = pair
    with socket.create_server(("127.0.0.1", 0)) as listener:
        upstream = Upstream("worker", f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=60)

        def hang_up():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
                while connection.recv(65536):
                    client.close()

        other = threading.Thread(target=hang_up)
        other.start()
        with Flask(__name__).test_request_context(environ_base={"gunicorn.socket": server}):
            assert list(upstream.stream("POST", "/x").chunks) == [b"x"]
            clients.forget()()
        other.join(20)
