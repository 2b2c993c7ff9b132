"""Confines a child process that reads hostile input: Landlock for files, seccomp for system calls. Linux alone.

It uses the system calls themselves: the packages that wrap them are pre-releases or need a C library in the image.
"""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import resource
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2  # of prctl.h and seccomp.h
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_EXECUTE, _READ_FILE, _READ_DIR = 1, 4, 8  # of linux/landlock.h
# Rights to files and to TCP, and scopes (abstract sockets, signals), that each version of Landlock knows.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_RIGHTS, _SCOPES = (4, 3), (6, 3)
_EPERM, _ENOSYS = 0x50001, 0x50026  # SECCOMP_RET_ERRNO with EPERM (1) and ENOSYS (38)
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_THREAD = 0x00010000  # CLONE_THREAD
# Numbers of system calls, from the kernel's tables: x86_64 and aarch64.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_FORBIDDEN = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "io_uring_setup": (425, 425),  # its own road to sockets
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "open_by_handle_at": (304, 265),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
}
_CLONE, _CLONE3, _PRLIMIT = (56, 220), (435, 435), (302, 261)


class SandboxError(Exception):
    """The kernel has a protection and refused to apply it: the process must not go on."""


def forget_variable(name: str) -> None:
    """Remove an environment variable, also from what the kernel shows of this process's first environment."""
    _LIBC.getenv.restype = ctypes.c_void_p
    if address := _LIBC.getenv(os.fsencode(name)):
        ctypes.memset(address, 0, len(ctypes.string_at(address)))
    os.environ.pop(name, None)


def missing() -> str | None:
    """Which protections this machine lacks, for the operator; None if it has all."""
    absent = []
    if not _landlock_version():
        absent.append("Landlock (files stay readable)")
    if not _has_seccomp():
        absent.append("seccomp (network and programs stay reachable)")
    return f"not confined by {' and '.join(absent)}" if absent else None


def report() -> None:
    """Log what is missing, once at the start of a service whose children read hostile input."""
    if reason := missing():
        logging.getLogger(__name__).warning("children_not_confined: %s", reason)


def enter(readable: Iterable[Path] = ()) -> None:
    """Confine this process for ever: it reads these paths and Python's own, writes nothing, and starts nothing.

    What the kernel lacks is left out (see `missing`).

    Raises:
        SandboxError: the kernel refused what it has.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _call("no_new_privs", _LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    if version := _landlock_version():
        _restrict_files(version, [path for path in (*readable, *_of_python()) if path.exists()])
    if _has_seccomp():
        _restrict_calls()


def _of_python() -> set[Path]:
    """Where the interpreter, the libraries and what they read at run time are."""
    paths = sysconfig.get_paths()
    code = {Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    code |= {Path(sys.base_prefix) / "lib", Path(sys.prefix) / "lib"}
    return code | {Path(path) for path in ("/lib", "/lib64", "/usr/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache")}


def _landlock_version() -> int:
    """The version of Landlock's interface, 0 if there is none."""
    return max(0, int(_LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def _restrict_files(version: int, readable: Iterable[Path]) -> None:
    rights = max(value for since, value in _FILE_RIGHTS.items() if since <= version)
    tcp = _TCP_RIGHTS[1] if version >= _TCP_RIGHTS[0] else 0
    scopes = _SCOPES[1] if version >= _SCOPES[0] else 0
    attributes = struct.pack("QQQ", rights, tcp, scopes)[: 8 * (1 + (version >= 4) + (version >= 6))]
    ruleset = _call("landlock", _LIBC.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        _call("landlock", _LIBC.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, path: Path) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = struct.pack("=Qi", _READ_FILE | (_READ_DIR if path.is_dir() else 0), handle)
        _call("landlock", _LIBC.syscall(_ADD_RULE, ruleset, 1, rule, 0))
    finally:
        os.close(handle)


def _has_seccomp() -> bool:
    """Whether filters can be set: a filter at address 0 is refused as a bad address, not as an unknown request."""
    known = platform.machine() in _ARCHITECTURES
    return known and _LIBC.prctl(_SET_SECCOMP, _FILTER, None, 0, 0) < 0 and ctypes.get_errno() == 14


def _restrict_calls() -> None:
    program = _program(platform.machine())
    buffer = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    _call("seccomp", _LIBC.prctl(_SET_SECCOMP, _FILTER, pointer, 0, 0))


def _program(machine: str) -> bytes:
    """A filter in classic BPF: everything is allowed but what is named, processes (not threads), and another ABI."""
    architecture, column = _ARCHITECTURES[machine]
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    number, which, argument = 0, 4, 16  # offsets in struct seccomp_data; the low half of the first argument

    def step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, otherwise, value)

    steps = [step(load, which), step(equal, architecture, 1, 0), step(answer, _KILL), step(load, number)]
    if machine == "x86_64":  # numbers of the x32 ABI
        steps += [step(at_least, 0x40000000, 0, 1), step(answer, _KILL)]
    numbers = [found[column] for found in _FORBIDDEN.values()]
    for one in numbers:
        if one is not None:
            steps += [step(equal, one, 0, 1), step(answer, _EPERM)]
    # clone3 has its flags in memory, where no filter can look: C libraries fall back to clone.
    steps += [step(equal, _CLONE3[column], 0, 1), step(answer, _ENOSYS)]
    steps += [step(equal, _CLONE[column], 0, 4), step(load, argument), step(any_bit, _THREAD, 1, 0)]
    steps += [step(answer, _EPERM), step(answer, _ALLOW)]
    steps += [step(equal, _PRLIMIT[column], 0, 3), step(load, argument), step(equal, 0, 1, 0), step(answer, _EPERM)]
    return b"".join([*steps, step(answer, _ALLOW)])


def _call(what: str, result: int) -> int:
    if result < 0:
        raise SandboxError(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result
