from __future__ import annotations

import threading

import pytest

from servicekit.replicas import (
    COOLDOWN_S,
    EJECT_MAX_S,
    EJECT_S,
    FAILURES_TO_EJECT,
    Outcome,
    Replica,
    Replicas,
    Unresolved,
    resolve,
)


class FakeNames:
    """A name server and a clock that the test sets."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.now = 1000.0
        self.asked = threading.Semaphore(0)
        self.fails = False

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.release()
        if self.fails:
            raise OSError("no name server")
        return self.addresses

    def clock(self) -> float:
        return self.now

    def replicas(self) -> Replicas:
        return Replicas("http://worker:8002", resolve=self.resolve, clock=self.clock, refresh_s=2.0)


def fail(replicas: Replicas, replica: Replica, times: int = FAILURES_TO_EJECT) -> None:
    """Let calls to one replica fail."""
    for _ in range(times):
        replica.in_flight += 1
        replicas.release(replica, Outcome.FAILED)


def test_calls_spread_evenly_while_they_last():
    replicas = FakeNames("10.0.0.1", "10.0.0.2", "10.0.0.3").replicas()
    taken = [replicas.take().address for _ in range(30)]
    assert {taken.count(address) for address in taken} == {10}


def test_the_least_busy_replica_is_taken():
    replicas = FakeNames("10.0.0.1", "10.0.0.2").replicas()
    first, second = replicas.take(), replicas.take()
    assert first is not second
    replicas.release(first, Outcome.FINE)
    assert replicas.take() is first


def test_a_replica_to_avoid_is_taken_only_if_there_is_no_other():
    names = FakeNames("10.0.0.1", "10.0.0.2")
    replicas = names.replicas()
    one = replicas.take()
    other = replicas.take(avoid=[one])
    assert other is not one
    assert replicas.take(avoid=[one, other]) in (one, other)


def test_five_failures_in_a_row_eject_a_replica_for_a_while():
    names = FakeNames("10.0.0.1", "10.0.0.2")
    replicas = names.replicas()
    bad, _ = replicas.all()
    fail(replicas, bad, FAILURES_TO_EJECT - 1)
    assert replicas.states()["ejected"] == 0
    fail(replicas, bad, 1)
    assert replicas.states() == {"healthy": 1, "cooldown": 0, "ejected": 1}
    assert all(replicas.take() is not bad for _ in range(20))
    names.now += EJECT_S + 0.1
    assert replicas.states()["ejected"] == 0
    assert replicas.take() is bad


def test_each_ejection_lasts_twice_as_long_up_to_a_limit():
    names = FakeNames("10.0.0.1", "10.0.0.2")
    replicas = names.replicas()
    bad, _ = replicas.all()
    pauses = []
    for _ in range(9):
        fail(replicas, bad)
        pauses.append(bad.ejected_until - names.now)
        names.now = bad.ejected_until
    assert pauses[:3] == pytest.approx([EJECT_S, 2 * EJECT_S, 4 * EJECT_S])
    assert pauses[-1] == pytest.approx(EJECT_MAX_S)


def test_a_success_resets_the_count_of_failures():
    names = FakeNames("10.0.0.1", "10.0.0.2")
    replicas = names.replicas()
    bad, _ = replicas.all()
    fail(replicas, bad, FAILURES_TO_EJECT - 1)
    bad.in_flight += 1
    replicas.release(bad, Outcome.FINE)
    fail(replicas, bad, FAILURES_TO_EJECT - 1)
    assert replicas.states()["ejected"] == 0


def test_the_last_healthy_replica_is_never_ejected():
    replicas = FakeNames("10.0.0.1", "10.0.0.2").replicas()
    for replica in replicas.all():
        fail(replicas, replica, 3 * FAILURES_TO_EJECT)
    assert replicas.states()["ejected"] == 1
    assert replicas.take().address in ("10.0.0.1", "10.0.0.2")


def test_a_replica_that_refuses_at_once_does_not_get_every_call():
    names = FakeNames("10.0.0.1", "10.0.0.2")
    replicas = names.replicas()
    busy = replicas.take()
    replicas.release(busy, Outcome.BUSY)
    assert all(replicas.take() is not busy for _ in range(5))
    names.now += COOLDOWN_S + 0.1
    assert replicas.take() is busy


def test_new_replicas_are_added_and_missing_ones_removed():
    names = FakeNames("10.0.0.1")
    replicas = names.replicas()
    assert [one.address for one in replicas.all()] == ["10.0.0.1"]
    names.asked.acquire()
    names.addresses = ["10.0.0.2", "10.0.0.3"]
    names.now += 2.1
    replicas.take()
    assert names.asked.acquire(timeout=5)
    _until(lambda: {one.address for one in replicas.all()} == {"10.0.0.2", "10.0.0.3"})


def test_replicas_stay_while_the_name_server_is_away():
    names = FakeNames("10.0.0.1")
    replicas = names.replicas()
    replicas.all()
    names.asked.acquire()
    names.fails, names.now = True, names.now + 2.1
    replicas.take()
    assert names.asked.acquire(timeout=5)
    assert [one.address for one in replicas.all()] == ["10.0.0.1"]


def test_a_name_without_addresses_is_unresolved():
    names = FakeNames()
    names.fails = True
    with pytest.raises(Unresolved):
        names.replicas().take(wait_s=5)


def test_an_ip_address_is_never_looked_up():
    def refuse(host: str, port: int) -> list[str]:
        raise AssertionError("an address was looked up")

    assert Replicas("http://127.0.0.1:8002", resolve=refuse).take().address == "127.0.0.1"


def test_a_host_with_ipv4_and_ipv6_addresses_counts_once(monkeypatch):
    entries = [(10, 1, 6, "", ("::1", 80, 0, 0)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kwargs: entries)
    assert resolve("localhost", 80) == ["127.0.0.1"]


@pytest.mark.parametrize("url", ["https://worker:1", "worker:1", "http://"])
def test_other_urls_are_refused(url):
    with pytest.raises(ValueError, match="http://host:port"):
        Replicas(url)


def _until(condition) -> None:
    done = threading.Event()
    for _ in range(500):
        if condition():
            return
        done.wait(0.01)
    raise AssertionError("it did not become true within 5 s")
