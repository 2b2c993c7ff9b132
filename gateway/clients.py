"""Where a request comes from: the client's address, also behind trusted proxies, and the host that it names."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PROXY_HEADERS = frozenset(
    f"HTTP_{name}"
    for name in (
        "CF_CONNECTING_IP",
        "FORWARDED",
        "TRUE_CLIENT_IP",
        "VIA",
        "X_CLIENT_IP",
        "X_FORWARDED_FOR",
        "X_FORWARDED_HOST",
        "X_FORWARDED_PORT",
        "X_FORWARDED_PROTO",
        "X_FORWARDED_SERVER",
        "X_REAL_IP",
    )
)
_FOR = re.compile(r'(?:^|[;,\s])for=("[^"]*"|[^;,\s"]*)', re.IGNORECASE)
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::[0-9]*)?", re.ASCII)
_PORT = re.compile(r":[0-9]+$")


@dataclass(frozen=True)
class Client:
    """Where a request comes from; `direct` if nothing shows that a proxy passed it on."""

    address: str
    direct: bool

    @property
    def prefix(self) -> str:
        """The address, or the network of an IPv6 address (/64): one client has as many as it likes in that."""
        parsed = parse_address(self.address)
        if parsed is None or parsed.version == 4:
            return self.address
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))


def client_of(environ: Mapping[str, Any], trusted: Sequence[Network]) -> Client:
    """The sender of a request: its peer or, behind `trusted` proxies, the last address that is not one of theirs.

    What a peer says of others counts only if it is a trusted proxy. `Forwarded` counts where there is no
    `X-Forwarded-For`: most proxies set the one and pass the other on as it came.
    """
    peer = str(environ.get("REMOTE_ADDR", ""))
    # nginx speaks HTTP/1.0 to the servers behind it unless configured otherwise, and sends nothing else that shows it.
    direct = _PROXY_HEADERS.isdisjoint(environ) and environ.get("SERVER_PROTOCOL") != "HTTP/1.0"
    if not trusted or not _within(parse_address(peer), trusted):
        return Client(peer, direct)
    client = parse_address(peer)
    for hop in map(parse_address, reversed(list(_hops(environ)))):
        if hop is None:
            break
        client = hop
        if not _within(hop, trusted):
            break
    return Client(str(client), direct=False)


def host_name(header: str) -> str:
    """The host of a `Host` header, without port and in one spelling; empty if it is not valid."""
    found = _HOST.fullmatch(header)
    if found is None:
        return ""
    address = parse_address(found[1] or found[2])
    return str(address) if address else (found[2] or "").lower().rstrip(".")


@functools.lru_cache(maxsize=1024)
def means_loopback(host: str) -> bool:
    """Whether a host name or an address stands for this machine."""
    address = parse_address(host)
    return address.is_loopback if address else host == "localhost"


@functools.lru_cache(maxsize=1024)
def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IP address, an IPv4 one in IPv6 spelling as what it is; None if it is none, or has a zone (`%eth0`)."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    if "%" in text:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _hops(environ: Mapping[str, Any]) -> Iterator[str]:
    """What the proxies say whom the request came from, the nearest last; ports are cut off."""
    given = environ.get("HTTP_X_FORWARDED_FOR")
    hops = given.split(",") if given is not None else _FOR.findall(environ.get("HTTP_FORWARDED", ""))
    for hop in hops:
        name = hop.strip().strip('"')
        if name.startswith("[") or name.count(":") == 1:
            name = _PORT.sub("", name)
        yield name.strip("[]")


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, networks: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in networks)
