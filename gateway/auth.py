"""Who may call what: API keys with scopes; without a key, only callers on this machine unless configured otherwise."""

from __future__ import annotations

import functools
import hmac
import ipaddress
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import urlsplit

from flask import Request, g, request

from gateway.config import Settings
from gateway.keys import SCOPES, Keys, Quotas, Scope
from gateway.limits import Limits
from servicekit import logs
from servicekit.app import PAGES, current_operation
from servicekit.problems import Forbidden, Unauthorized

_SAFE = frozenset({"GET", "HEAD"})
_PROXIED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")


@dataclass(frozen=True)
class Caller:
    """Who sent the current request."""

    name: str
    scopes: frozenset[Scope]
    quotas: Quotas = field(default_factory=Quotas)


class Guard:
    """Lets a request pass or raises; to run before each one. Each operation names the scope that it needs."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._anonymous: Literal["loopback", "everyone", "never"] = settings.anonymous
        self._origins = settings.allowed_origins()
        self._token = settings.internal_token.get_secret_value() if settings.internal_token else None
        self._keys = keys or Keys(settings.keys_path())
        self._limits = limits or Limits(settings.default_quotas())

    def __call__(self) -> None:
        """Check the current request.

        Raises:
            Unauthorized: no key where one is needed, or one that is not known.
            Forbidden: the key lacks the scope; or a web page of another origin writes without a key.
            RateLimited: over the caller's quota of requests.
        """
        needed = self._needed()
        if needed is None:
            return
        caller = self._caller()
        logs.bind(caller=caller.name)
        if needed not in caller.scopes:
            raise Forbidden(
                f"This key has {_listed(caller.scopes)}; this route needs the scope {needed}.", needs=needed
            )
        g.meter = self._limits.meter(caller.name, caller.quotas)
        g.meter.spend(requests=1)

    def _needed(self) -> Scope | None:
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        if asked.method == "OPTIONS" or asked.endpoint is None or asked.endpoint in PAGES:
            return None
        operation = current_operation(asked.endpoint)
        return cast(Scope | None, operation.scope or None) if operation else "admin"

    def _caller(self) -> Caller:
        given = request.headers.get("Authorization", "")
        if not given:
            return self._anonymous_caller()
        kind, _, presented = given.partition(" ")
        if kind.lower() == "bearer":
            if self._token and hmac.compare_digest(presented.encode(), self._token.encode()):
                return Caller("deployment", frozenset({"admin"}))
            if key := self._keys.find(presented.strip()):
                return Caller(key.id, frozenset(key.scopes), key.quotas)
        raise _unauthorized("This key is not known, or no longer valid. Send `Authorization: Bearer KEY`.")

    def _anonymous_caller(self) -> Caller:
        local = _is_local()
        if self._anonymous == "never" or (self._anonymous == "loopback" and not local):
            raise _unauthorized(
                "Send `Authorization: Bearer KEY`; the operator makes keys with `python -m gateway keys`."
            )
        origin = request.headers.get("Origin")
        if request.method not in _SAFE and origin is not None and not self._is_own(origin):
            raise Forbidden(
                "A page of another origin may not write here without a key. The operator can allow origins."
            )
        scopes = frozenset(SCOPES) if local else frozenset(SCOPES) - {"admin"}
        return Caller(f"anonymous:{request.remote_addr}", scopes)

    def _is_own(self, origin: str) -> bool:
        return origin in self._origins or urlsplit(origin).netloc == request.host


def _is_local() -> bool:
    """Whether the caller is on this machine, came directly, and means this machine.

    A proxy here makes strangers look local; so does a foreign name that resolves to the loopback address (rebinding).
    """
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    if not asked.environ.keys().isdisjoint(_PROXIED):
        return False
    return _is_loopback(asked.remote_addr or "") and _means_loopback(asked.host)


@functools.lru_cache(maxsize=1024)
def _means_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or _is_loopback(name)


@functools.lru_cache(maxsize=1024)
def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def _unauthorized(detail: str) -> Unauthorized:
    return Unauthorized(detail, headers={"WWW-Authenticate": 'Bearer realm="visis"'})


def _listed(scopes: frozenset[Scope]) -> str:
    return "the scopes " + ", ".join(scope for scope in SCOPES if scope in scopes)
