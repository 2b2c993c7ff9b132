"""A server on this machine that answers as a model hub does, and misbehaves on demand."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

REPO = "owner/tiny"


def commit_of(revision: str) -> str:
    """The commit that a revision of the server stands for: 40 hexadecimal digits, as git has it."""
    return hashlib.sha1(revision.encode()).hexdigest()


class FakeHub(ThreadingHTTPServer):
    """Serves the files of `.revisions[revision]`.

    `.cuts` downloads end after half of their body, `.statuses` are answered to the next requests, downloads of the
    `.damaged` have other bytes and those of the `.longer` more bytes than announced. `.asked` holds (method, path,
    Range) of every request.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.revisions: dict[str, dict[str, bytes]] = {}
        self.discussions: list[dict[str, object]] = []
        self.large: set[str] = set()
        self.cuts = 0
        self.ranges = True
        self.statuses: list[int] = []
        self.damaged: set[str] = set()
        self.longer: set[str] = set()
        self.not_a_hub = False
        self.asked: list[tuple[str, str, str | None]] = []
        self.tokens: set[str | None] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def downloads(self) -> list[tuple[str, str | None]]:
        """(file, Range) of each download."""
        return [
            (path.rpartition("/")[2], given)
            for method, path, given in self.asked
            if method == "GET" and "/resolve/" in path
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeHub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append((self.command, path, self.headers.get("Range")))
        self.server.tokens.add(self.headers.get("Authorization"))
        if self.server.statuses:
            self._send(self.server.statuses.pop(0), b"{}")
        elif self.server.not_a_hub:
            self._send(200, b"<html>please log in</html>")
        elif path.startswith(f"/api/models/{REPO}/revision/"):
            self._info(path.rpartition("/revision/")[2])
        elif path == f"/api/models/{REPO}/discussions":
            found = {"discussions": self.server.discussions, "count": len(self.server.discussions), "start": 0}
            self._send(200, json.dumps(found).encode())
        elif path.startswith(f"/{REPO}/resolve/"):
            self._file(*path.removeprefix(f"/{REPO}/resolve/").split("/", 1))
        else:
            self._send(404, b"{}", ("X-Error-Code", "RepoNotFound"))

    def _info(self, revision: str) -> None:
        if revision not in self.server.revisions:
            self._send(404, b"{}", ("X-Error-Code", "RevisionNotFound"))
            return
        siblings = [self._sibling(name, data) for name, data in self.server.revisions[revision].items()]
        found = {"id": REPO, "sha": commit_of(revision), "siblings": siblings}
        self._send(200, json.dumps(found).encode())

    def _sibling(self, name: str, data: bytes) -> dict[str, object]:
        found: dict[str, object] = {"rfilename": name, "size": len(data), "blobId": _blob(data)}
        if name in self.server.large:
            found["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
        return found

    def _file(self, commit: str, name: str) -> None:
        files = next(files for revision, files in self.server.revisions.items() if commit_of(revision) == commit)
        data = files[name]
        etag = hashlib.sha256(data).hexdigest() if name in self.server.large else _blob(data)
        body, start = data, 0
        if name in self.server.damaged:
            body = bytes(len(data))
        if name in self.server.longer:
            body += b"!"
        if self.server.ranges and self.headers.get("Range"):
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if start > len(body) or (start == len(body) and start):
            self._send(416, b"")
            return
        body = body[start:]
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", commit)
        self.send_header("Content-Length", str(len(data) if self.command == "HEAD" else len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.server.cuts:
            self.server.cuts -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _blob(data: bytes) -> str:
    """Git's SHA-1 of a file."""
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


@contextlib.contextmanager
def running() -> Iterator[FakeHub]:
    """A hub that answers until the block ends."""
    server = FakeHub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
