"""Which user owns the other end of a loopback connection. Linux only; elsewhere nothing is known.

Asks the kernel for that one socket (sock_diag(7)): reading /proc/net/tcp takes milliseconds for each connection.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import weakref

_SOCK_DIAG, _BY_FAMILY, _ERROR, _REQUEST = 4, 20, 2, 1
_ESTABLISHED = 1
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_QUERY = struct.Struct("=BBBxI")  # inet_diag_req_v2: family, protocol, extensions, states; then the socket's id
_SOCKET = struct.Struct(">HH16s16s12s")  # inet_diag_sockid: ports, addresses, then interface and cookie
_ANY = bytes(4) + b"\xff" * 8
_FOUND = struct.Struct("=BBBB48xIIII")  # inet_diag_msg: family, state, timer, retransmits; id; expires, queues, user
_known: weakref.WeakKeyDictionary[socket.socket, bool] = weakref.WeakKeyDictionary()


def same_user(connection: socket.socket) -> bool:
    """Whether the other end belongs to a program of this user or of root; True where the system does not say."""
    known = _known.get(connection)
    if known is None:
        known = _known[connection] = peer_uid(connection) in (None, os.getuid(), 0)
    return known


def peer_uid(connection: socket.socket) -> int | None:
    """The user at the other end of a loopback connection; -1 if that has closed, None where the system does not say."""
    if not hasattr(socket, "AF_NETLINK"):
        return None
    try:
        own, peer = connection.getsockname()[:2], connection.getpeername()[:2]
    except OSError:
        return -1
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as diagnostics:
            state, user = _find(diagnostics, peer, own)
            if state is None and _find(diagnostics, own, peer)[0] is None:
                return None  # not even our own end is found: this kernel does not support the question
    except OSError:
        return None
    return (
        user if state == _ESTABLISHED else -1
    )  # a socket that its program has closed has no user, which reads as root


def _find(
    diagnostics: socket.socket, here: tuple[str, int], there: tuple[str, int]
) -> tuple[int, int] | tuple[None, None]:
    """(state, user) of the connection with this end here and the other one there."""
    addresses = [ipaddress.ip_address(end[0]) for end in (here, there)]
    packed = [(getattr(one, "ipv4_mapped", None) or one).packed for one in addresses]
    family = socket.AF_INET if len(packed[0]) == 4 else socket.AF_INET6
    query = _QUERY.pack(family, socket.IPPROTO_TCP, 0, 0)
    query += _SOCKET.pack(here[1], there[1], *packed, _ANY)
    diagnostics.send(_HEADER.pack(_HEADER.size + len(query), _BY_FAMILY, _REQUEST, 0, 0) + query)
    answer = diagnostics.recv(4096)
    if _HEADER.unpack_from(answer)[1] == _ERROR:
        return None, None
    _, state, *_, user = _FOUND.unpack_from(answer, _HEADER.size)
    return state, user
