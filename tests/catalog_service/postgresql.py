"""A PostgreSQL server of the tests' own, made of the binaries that this machine has."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def binaries() -> Path | None:
    """The folder that holds initdb and pg_ctl."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def address(self, name: str = "postgres") -> str:
        """The URL of a database."""
        return f"postgresql:///{name}?host={self._folder}&user=postgres"

    def create(self, name: str) -> str:
        """Make a database; its URL."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)


def empty(address: str) -> None:
    """Empty the catalog's tables."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("TRUNCATE books, pages, chapters, receipts, imports, parts RESTART IDENTITY CASCADE")
        connection.execute("UPDATE counters SET value = 0")


@contextmanager
def running() -> Iterator[Server]:
    """Start a server in a temporary folder, as another user where we are root, which PostgreSQL refuses."""
    tools = binaries()
    assert tools is not None
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if user:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)

    def run(*command: str) -> None:
        subprocess.run(
            command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, **user
        )

    data = str(folder / "data")
    try:
        run(str(tools / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8")
        run(str(tools / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log", "-o", f"{_OPTIONS} -k {folder}", "start")
        yield Server(folder)
        run(str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
