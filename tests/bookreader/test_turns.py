"""Turns at the parser: bounded, fair to different names, and given up with the client."""

from __future__ import annotations

import contextlib
import threading

import pytest

from bookreader.turns import Client, ClientGoneError, FairQueue, ParserBusyError


def waiting(queue: FairQueue, client: Client, order: list[str]) -> threading.Thread:
    """A thread that waits for a turn and notes it; on return it stands in the queue."""
    before = len(queue._waiting)

    def work() -> None:
        with queue.turn(client):
            order.append(client.name)

    thread = threading.Thread(target=work)
    thread.start()
    while len(queue._waiting) == before:
        thread.join(0.001)
    return thread


def test_a_newcomer_goes_before_the_second_file_of_one_who_is_at_work():
    queue, order = FairQueue(1, 8), list[str]()
    with queue.turn(Client("hog")):
        threads = [waiting(queue, Client("hog"), order) for _ in range(2)]
        threads.append(waiting(queue, Client("newcomer"), order))
        queue._parallel = 2
        with queue.turn(Client("third")):
            pass
        threads[2].join(20)
    for thread in threads:
        thread.join(20)
    assert order == ["newcomer", "hog", "hog"]


def test_one_name_cannot_take_all_places():
    queue = FairQueue(1, 3)
    with queue.turn(Client("hog")):
        threads = [waiting(queue, Client("hog"), []) for _ in range(2)]
        with pytest.raises(ParserBusyError, match="waiting"), queue.turn(Client("hog")):
            pass
        threads.append(waiting(queue, Client("newcomer"), []))
        with pytest.raises(ParserBusyError, match="waiting"), queue.turn(Client("another")):
            pass
    for thread in threads:
        thread.join(20)


def test_one_that_waits_gives_up_with_its_client_and_leaves_its_place():
    queue = FairQueue(1, 1)
    with queue.turn(Client()):
        with pytest.raises(ClientGoneError), queue.turn(Client(gone=lambda: True)):
            pass
        with pytest.raises(ParserBusyError, match="took too long"), queue.turn(Client(timeout_s=0.0)):
            pass
    with queue.turn(Client()):
        pass


def test_a_turn_that_fails_is_given_back():
    queue = FairQueue(1, 0)
    with contextlib.suppress(ValueError), queue.turn(Client("a")):
        raise ValueError
    with queue.turn(Client("a")):
        pass
    assert not queue._working


def test_the_time_that_a_client_waits_counts_from_when_it_came():
    client = Client(timeout_s=1000.0)
    client._started -= 999.0
    assert 0 < client.left_s(10.0) <= 1.0
    assert Client().left_s(10.0) == 10.0
