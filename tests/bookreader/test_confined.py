"""A parser that has been taken over: it runs in the real child, and finds every way closed."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from bookreader.document import PageRead, decode
from bookreader.limits import Limits
from bookreader.parser import ROOT
from servicekit import sandbox

pytestmark = pytest.mark.skipif(sandbox.missing() is not None, reason=f"this kernel: {sandbox.missing()}")
HOSTILE = """
import os, socket, subprocess, sys
from pathlib import Path
from bookreader import child, formats
from bookreader.document import PageRead

def read(file, name, limits):
    ways = {
        "database": lambda: Path(name).read_bytes(),
        "connect": lambda: socket.create_connection(("127.0.0.1", 1)),
        "exec": lambda: os.execv("/bin/sh", ["sh", "-c", "true"]),
        "program": lambda: subprocess.run(["/bin/true"]),
        "environ": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "write": lambda: Path(file).write_bytes(b""),
    }
    yield PageRead(file.read_text())
    for way, attack in ways.items():
        try:
            attack()
            yield PageRead(f"{way} succeeded")
        except PermissionError:
            yield PageRead(f"{way} refused")

formats.read = read
sys.exit(child.main(sys.argv[1:]))
"""


def test_a_parser_that_was_taken_over_reads_its_input_and_nothing_else(tmp_path):
    book, database = tmp_path / "book", tmp_path / "catalog.sqlite3"
    book.write_text("the input")
    database.write_text("everybody's books")
    task = json.dumps({"task": "read", "path": str(book), "name": str(database)})
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE, json.dumps(asdict(Limits())), task],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=True,
    )
    events = [decode(line) for line in done.stdout.splitlines()]
    texts = [event.text for event in events if isinstance(event, PageRead)]
    ways = ("database", "connect", "exec", "program", "environ", "write")
    assert texts == ["the input", *(f"{way} refused" for way in ways)]
    assert database.read_text() == "everybody's books"
