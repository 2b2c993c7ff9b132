"""`python3 deploy/locked.py FILE COMMAND ...`: runs a command while no other runs under the same lock file."""

import fcntl
import os
import sys

if __name__ == "__main__":
    lock = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o644)
    os.set_inheritable(lock, True)  # held until the command and whatever it starts have ended
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another make, which is installing ...", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the Makefile's own command
