"""`python -m servicekit.healthcheck URL`: status 0 if it answers 200, for container health checks."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

TIMEOUT_S = 3.0


def main(url: str) -> int:
    """Request the URL once; the reason of a failure goes to stdout, where `docker inspect` shows it."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S):  # noqa: S310 - the service's own address
            return 0
    except urllib.error.HTTPError as error:
        with error:
            print(error.read(2000).decode(errors="replace"))
    except OSError as error:
        print(error)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
