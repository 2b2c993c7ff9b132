"""Who may call what: API keys with scopes; without a key, only callers on this machine unless configured otherwise."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from flask import Request, g, request

from gateway.clients import Client, client_of, host_name, means_loopback
from gateway.config import Settings
from gateway.keys import SCOPES, Keys, Quotas, Scope
from gateway.limits import Limits
from servicekit import logs
from servicekit.app import PAGES, current_operation
from servicekit.problems import Forbidden, Misdirected, ProblemError, RateLimited, Unauthorized
from servicekit.socket_owner import same_user

WRONG_KEYS_A_MINUTE = 10
_SAFE = frozenset({"GET", "HEAD"})
log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Caller:
    """Who sent the current request."""

    name: str
    scopes: frozenset[Scope]
    quotas: Quotas = field(default_factory=Quotas)


def require(*scopes: str) -> None:
    """Check that the current caller has all these scopes.

    Raises:
        Forbidden: it lacks one.
    """
    for scope in scopes:
        if scope not in g.scopes:
            raise Forbidden(f"This key has {_listed(g.scopes)}; this request needs the scope {scope}.", needs=scope)


class Guard:
    """Lets a request pass or raises; to run before each one. Each operation names the scopes that it needs."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._anonymous: Literal["loopback", "everyone", "never"] = settings.anonymous
        self._hosts = settings.hosts()
        self._unpublished = all(map(means_loopback, self._hosts))
        self._proxies = settings.proxy_networks()
        self._origins = settings.allowed_origins()
        self._token = settings.internal_token.get_secret_value() if settings.internal_token else None
        self._keys = keys or Keys(settings.keys_path())
        self._limits = limits or Limits(settings.default_quotas())
        self._wrong_keys = Limits(Quotas(requests_per_minute=WRONG_KEYS_A_MINUTE))

    def __call__(self) -> None:
        """Check the current request.

        Raises:
            Misdirected: it names a host that is not allowed.
            Unauthorized: no key where one is needed, or one that is not known.
            Forbidden: the key lacks the scope; or a web page of another origin writes without a key.
            RateLimited: over the caller's quota of requests, or one wrong key too many.
        """
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        operation = current_operation(asked.endpoint)
        if operation is not None and not operation.scopes:
            return  # health, which orchestrators ask for by whatever address they know
        host = host_name(asked.headers.get("Host", ""))
        if host not in self._hosts and "*" not in self._hosts:
            raise Misdirected("This server does not answer to that host name: see GATEWAY_ALLOWED_HOSTS.")
        if asked.method == "OPTIONS" or asked.endpoint is None or asked.endpoint in PAGES:
            return
        needed = operation.scopes if operation else ("admin",)
        caller = self._caller(asked, host, needed)
        logs.bind(caller=caller.name)
        g.caller, g.scopes = caller.name, caller.scopes
        require(*needed)
        g.meter = self._limits.meter(caller.name, caller.quotas)
        g.meter.spend(requests=1)

    def _caller(self, asked: Request, host: str, needed: tuple[str, ...]) -> Caller:
        client = client_of(asked.environ, self._proxies)
        given = asked.headers.get("Authorization", "")
        if not given:
            return self._anonymous_caller(asked, client, host, needed)
        kind, _, presented = given.partition(" ")
        if kind.lower() == "bearer":
            if self._token and hmac.compare_digest(presented.encode(), self._token.encode()):
                return Caller("deployment", frozenset({"admin"}))
            if key := self._keys.find(presented.strip()):
                return Caller(key.id, frozenset(key.scopes), key.quotas)
        raise self._wrong_key(client)

    def _wrong_key(self, client: Client) -> ProblemError:
        """The refusal of a wrong key, logged. Valid ones still pass: many clients may share an address."""
        log.warning("access_denied", address=client.address, reason="wrong_key")
        try:
            self._wrong_keys.meter(client.prefix, Quotas()).spend(requests=1)
        except RateLimited as over:
            return RateLimited("Too many wrong keys came from your address.", headers=over.headers)
        return _unauthorized("This key is not known, or no longer valid. Send `Authorization: Bearer KEY`.")

    def _anonymous_caller(self, asked: Request, client: Client, host: str, needed: tuple[str, ...]) -> Caller:
        local = (
            client.direct
            and self._unpublished
            and means_loopback(client.address)
            and means_loopback(host)
            and _is_same_user(asked)
        )
        if self._anonymous == "never" or (self._anonymous == "loopback" and not local):
            raise _unauthorized(
                "Send `Authorization: Bearer KEY`; the operator makes keys with `python -m gateway keys`."
            )
        if (needed != ("read",) or asked.method not in _SAFE) and self._is_foreign(asked):
            raise Forbidden(
                "A page of another origin may not write here without a key. The operator can allow origins."
            )
        scopes = frozenset(SCOPES) if local else frozenset(SCOPES) - {"admin"}
        return Caller(f"anonymous:{client.address}", scopes)

    def _is_foreign(self, asked: Request) -> bool:
        """Whether a browser says that a page of an origin that is neither ours nor allowed sends the request."""
        origin = asked.headers.get("Origin")
        if origin is None:
            return asked.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
        return origin not in self._origins and _host_of(origin) != asked.host


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _is_same_user(asked: Request) -> bool:
    """Whether the client is a program of this user or root: a proxy that leaves no trace mostly has another user."""
    connection = asked.environ.get("gunicorn.socket")
    return connection is None or same_user(connection)


def _unauthorized(detail: str) -> Unauthorized:
    return Unauthorized(detail, headers={"WWW-Authenticate": 'Bearer realm="visis"'})


def _listed(scopes: frozenset[Scope]) -> str:
    return "the scopes " + ", ".join(scope for scope in SCOPES if scope in scopes)
