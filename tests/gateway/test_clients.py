from __future__ import annotations

import ipaddress

import pytest

from gateway.clients import Client, client_of, host_name, means_loopback

TRUSTED = [ipaddress.ip_network(network) for network in ("10.0.0.0/8", "fd00::/8")]


def client(peer: str, **headers: str) -> Client:
    environ = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return client_of({"REMOTE_ADDR": peer, "SERVER_PROTOCOL": "HTTP/1.1", **environ}, TRUSTED)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("203.0.113.9:5123", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("[2001:db8::9]:5123", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("203.0.113.9, unknown", "10.0.0.1"),
        ("203.0.113.9, unknown, 10.3.3.3", "10.3.3.3"),
        ("", "10.0.0.1"),
        (",,,", "10.0.0.1"),
        ("203.0.113.9 evil", "10.0.0.1"),
        ("fe80::1%access_denied address=203.0.113.9", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(given: str, address: str) -> None:
    assert client("10.0.0.1", x_forwarded_for=given) == Client(address, direct=False)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("for=203.0.113.9", "203.0.113.9"),
        ('for=198.51.100.1, For="[2001:db8::9]:4711";proto=https;by=10.0.0.1', "2001:db8::9"),
        ("proto=https;for=203.0.113.9;host=books.example", "203.0.113.9"),
        ('for="unclosed, for=203.0.113.9', "203.0.113.9"),
        ("for=_hidden", "10.0.0.1"),
        ("before=203.0.113.9", "10.0.0.1"),
    ],
)
def test_forwarded_is_read_too(given: str, address: str) -> None:
    assert client("10.0.0.1", forwarded=given) == Client(address, direct=False)


def test_forwarded_does_not_count_beside_x_forwarded_for_which_the_proxy_set() -> None:
    assert client("10.0.0.1", forwarded="for=127.0.0.1", x_forwarded_for="203.0.113.9").address == "203.0.113.9"


@pytest.mark.parametrize("peer", ["203.0.113.1", "2001:db8::1", "127.0.0.1", "", "no address"])
def test_headers_of_untrusted_peers_are_ignored(peer: str) -> None:
    assert client(peer, x_forwarded_for="127.0.0.1", forwarded="for=127.0.0.1") == Client(peer, direct=False)


def test_a_proxy_in_ipv6_spelling_is_the_same_proxy() -> None:
    assert client("::ffff:10.0.0.1", x_forwarded_for="203.0.113.9").address == "203.0.113.9"


@pytest.mark.parametrize("name", ["via", "x_real_ip", "x_forwarded_host", "x_forwarded_proto", "cf_connecting_ip"])
def test_any_header_of_a_proxy_shows_that_a_request_is_not_direct(name: str) -> None:
    assert not client("127.0.0.1", **{name: "x"}).direct


def test_http_1_0_shows_a_proxy_and_nothing_shows_none() -> None:
    assert not client_of({"REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.0"}, ()).direct
    assert client_of({"REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1"}, ()).direct


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("books.example", "books.example"),
        ("Books.Example.:443", "books.example"),
        ("[::1]:80", "::1"),
        ("127.0.0.1:", "127.0.0.1"),
        ("a b", ""),
        ("a@b", ""),
        ("[::1", ""),
        ("a:b", ""),
        ("a/b", ""),
    ],
)
def test_a_host_is_known_by_one_spelling(header: str, name: str) -> None:
    assert host_name(header) == name


def test_loopback_is_a_name_or_an_address() -> None:
    assert all(map(means_loopback, ("localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1")))
    assert not any(map(means_loopback, ("", "localhost.example", "10.0.0.1", "::2", "2130706433", "0")))
