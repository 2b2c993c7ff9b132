"""The replicas behind one host name: their addresses, load and health. Sends no requests.

A name server that rotates its answers does not balance keep-alive connections, so all addresses are used here.
"""

from __future__ import annotations

import ipaddress
import random
import socket
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from servicekit import logs
from servicekit.http_client import Pool

FAILURES_TO_EJECT = 5
EJECT_S, EJECT_MAX_S = 5.0, 300.0
COOLDOWN_S = 1.0
log = logs.get_logger(__name__)


class Outcome(Enum):
    """What the end of a call says about the replica."""

    FINE = "fine"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(eq=False)
class Replica:
    """One address of a service."""

    address: str
    pool: Pool = field(repr=False)
    in_flight: int = 0
    failures: int = 0
    ejections: int = 0
    ejected_until: float = 0.0
    cooldown_until: float = 0.0


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Unresolved(Exception):
    """The host name has no address."""


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host name, of one family, so that a replica with an address of each counts once.

    Raises:
        OSError: the name server knows none, or did not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family = min((entry[0] for entry in found), key=lambda kind: kind != socket.AF_INET)
    return sorted({str(entry[4][0]) for entry in found if entry[0] == family})


class Replicas:
    """The replicas of one service.

    Args:
        url: `http://host:port`.
        refresh_s: age of the addresses after which they are looked up again, in the background.
    """

    def __init__(
        self,
        url: str,
        *,
        max_connections: int = 64,
        refresh_s: float = 2.0,
        resolve: Callable[[str, int], list[str]] = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"an upstream's address must be http://host:port (it is {url!r})")
        self.host_header = parts.netloc
        self._host, self._port = parts.hostname, parts.port or 80
        self._max_connections = max_connections
        self._refresh_s = refresh_s
        self._resolve = resolve
        self._clock = clock
        self._lock = threading.Lock()
        self._replicas: dict[str, Replica] = {}
        self._resolved_at = float("-inf")
        self._resolving = False
        self._resolved = threading.Event()
        self._fixed = _is_address(self._host)
        if self._fixed:
            self._update([self._host])

    def take(self, avoid: Collection[Replica] = (), *, wait_s: float = 5.0) -> Replica:
        """The least busy healthy replica, if possible none of `avoid`. Call `release` after the call.

        Raises:
            Unresolved: the host name has no address, or none was found within `wait_s`.
        """
        self._resolve_if_stale()
        if not self._replicas:
            self._resolved.wait(wait_s)
        with self._lock:
            if not self._replicas:
                raise Unresolved(self._host)
            now = self._clock()
            candidates = self._healthy(now) or list(self._replicas.values())
            choice = [replica for replica in candidates if replica not in avoid] or candidates
            # The random number breaks ties, which would all go to the first replica.
            best = min(choice, key=lambda one: (one.cooldown_until > now, one.in_flight, random.random()))  # noqa: S311
            best.in_flight += 1
            return best

    def release(self, replica: Replica, outcome: Outcome) -> None:
        """End a call. Five failures in a row eject a replica, for longer each time; the last healthy one stays."""
        with self._lock:
            replica.in_flight -= 1
            now = self._clock()
            if outcome is Outcome.FINE:
                replica.failures = replica.ejections = 0
            else:
                # A replica that refuses at once has no calls in flight, and would get every new one.
                replica.cooldown_until = now + COOLDOWN_S
            if outcome is Outcome.FAILED:
                replica.failures += 1
                self._resolved_at = min(self._resolved_at, now - self._refresh_s + 0.5)
                if replica.failures >= FAILURES_TO_EJECT:
                    self._eject(replica, now)

    def another(self, tried: Collection[Replica]) -> bool:
        """Whether a replica that is healthy, not in cooldown and not in `tried` exists."""
        with self._lock:
            now = self._clock()
            return any(one not in tried and one.cooldown_until <= now for one in self._healthy(now))

    def all(self) -> list[Replica]:
        """Every known replica, looked up first if there is none; empty if the host name has no address."""
        self._resolve_if_stale()
        if not self._replicas:
            self._resolved.wait(1.0)
        with self._lock:
            return list(self._replicas.values())

    def states(self) -> dict[str, int]:
        """The number of replicas in each state."""
        with self._lock:
            now = self._clock()
            known = self._replicas.values()
            ejected = sum(one.ejected_until > now for one in known)
            cooldown = sum(one.cooldown_until > now >= one.ejected_until for one in known)
            return {"healthy": len(known) - ejected - cooldown, "cooldown": cooldown, "ejected": ejected}

    def _healthy(self, now: float) -> list[Replica]:
        return [replica for replica in self._replicas.values() if replica.ejected_until <= now]

    def _eject(self, replica: Replica, now: float) -> None:
        if not any(other is not replica for other in self._healthy(now)):
            return
        pause_s = min(EJECT_S * 2**replica.ejections, EJECT_MAX_S)
        replica.ejections, replica.failures = replica.ejections + 1, 0
        replica.ejected_until = now + pause_s
        log.warning("replica_ejected", host=self._host, address=replica.address, seconds=pause_s)

    def _resolve_if_stale(self) -> None:
        with self._lock:
            if self._fixed or self._resolving or self._clock() - self._resolved_at < self._refresh_s:
                return
            self._resolving = True
            if not self._replicas:
                self._resolved.clear()
        threading.Thread(target=self._resolve_now, daemon=True, name=f"resolve-{self._host}").start()

    def _resolve_now(self) -> None:
        try:
            addresses = self._resolve(self._host, self._port)
        except OSError as error:
            log.warning("host_unresolved", host=self._host, reason=type(error).__name__)
            addresses = []
        with self._lock:
            if addresses:  # replicas stay while the name server is away
                self._update(addresses)
            self._resolved_at = self._clock()
            self._resolving = False
        self._resolved.set()

    def _update(self, addresses: list[str]) -> None:
        for gone in set(self._replicas) - set(addresses):
            self._replicas.pop(gone).pool.close()
        for new in set(addresses) - set(self._replicas):
            pool = Pool(new, self._port, keep=self._max_connections)
            self._replicas[new] = Replica(new, pool)
