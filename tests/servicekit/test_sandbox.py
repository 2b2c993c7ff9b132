"""A process that is confined reads what it may, and nothing else works."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from servicekit import sandbox

ROOT = Path(__file__).parents[2]
needs_kernel = pytest.mark.skipif(sandbox.missing() is not None, reason=f"this kernel: {sandbox.missing()}")
ATTACKS = {
    "read another file": "open(other).read()",
    "list a folder": "os.listdir(os.path.dirname(other))",
    "read the environment of its parent": "open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "read the memory of its parent": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "write its input": "open(own, 'r+')",
    "make a file": "open(other + '.new', 'w')",
    "remove a file": "os.unlink(own)",
    "change rights": "os.chmod(own, 0o777)",
    "open an internet socket": "socket.socket()",
    "open a local socket": "socket.socket(socket.AF_UNIX)",
    "connect": "socket.create_connection(('127.0.0.1', 80))",
    "run a program": "os.execv('/bin/true', ['true'])",
    "run a program as a child": "subprocess.run(['/bin/true'])",
    "fork": "os.fork()",
    "end its parent": "os.kill(os.getppid(), 9)",
    "change its parent's limits": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9, 9))",
    "trace its parent": "check(ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), None, None))",
}
SCRIPT = """
import ctypes, json, os, resource, socket, subprocess, sys
from pathlib import Path
from servicekit import sandbox

def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")

own, other, attacks = json.loads(sys.argv[1])
sandbox.enter([Path(own)])
assert open(own).read() == "input"
found = {}
for name, code in attacks.items():
    try:
        eval(code)
        found[name] = "succeeded"
    except OSError as error:
        found[name] = error.errno
print(json.dumps(found))
"""


def confined(tmp_path, code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


@needs_kernel
def test_nothing_but_reading_its_input_works(tmp_path):
    own, other = tmp_path / "own", tmp_path / "other"
    own.write_text("input")
    other.write_text("secret")
    found = json.loads(confined(tmp_path, SCRIPT, json.dumps([str(own), str(other), ATTACKS])))
    assert {name: errno for name, errno in found.items() if errno not in (1, 13)} == {}
    assert found.keys() == ATTACKS.keys()


@needs_kernel
def test_threads_imports_and_its_own_limits_go_on_working(tmp_path):
    code = """
import resource, threading
from servicekit import sandbox
sandbox.enter()
import sqlite3, zipfile, xml.etree.ElementTree
found = []
thread = threading.Thread(target=lambda: found.append(1))
thread.start(); thread.join()
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
print(found, resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    assert confined(tmp_path, code) == "[1] (64, 64)\n"


def test_a_kernel_without_protections_is_named(monkeypatch):
    monkeypatch.setattr(sandbox, "_landlock_version", lambda: 0)
    assert "Landlock" in sandbox.missing()
    monkeypatch.setattr(sandbox, "_has_seccomp", lambda: False)
    assert "Landlock" in sandbox.missing()
    assert "seccomp" in sandbox.missing()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_jumps_only_within_itself(machine):
    program = sandbox._program(machine)
    steps = [program[at : at + 8] for at in range(0, len(program), 8)]
    for at, step in enumerate(steps):
        if step[0] in (0x15, 0x35, 0x45):
            assert at + 1 + max(step[2], step[3]) < len(steps)
    assert steps[-1][0] == 0x06


def test_loaded_secrets_are_in_no_environment_that_a_child_can_read(tmp_path):
    code = """
import os, subprocess
from servicekit.settings import ProcessSettings
settings = ProcessSettings.load()
assert settings.internal_token.get_secret_value() == "s3cret-token"
settings.forget_secrets()
print("s3cret-token" in open(f"/proc/{os.getpid()}/environ").read())
print(subprocess.run(["env"], capture_output=True, text=True).stdout.count("s3cret-token"))
print("kept" in open(f"/proc/{os.getpid()}/environ").read())
"""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "VISIS_INTERNAL_TOKEN": "s3cret-token", "OTHER": "kept"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "0", "True"]
